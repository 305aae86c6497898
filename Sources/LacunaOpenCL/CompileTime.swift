import Synchronization

/// How long this process has waited for drivers to compile kernels.
public enum CompileTime {
  private static let total = Mutex(Duration.zero)

  /// So far, on all devices: of own programs as measured, of CLBlast's with the first products that need them.
  public static var sum: Duration { total.withLock { $0 } }

  /// Counts the time that a body takes, but for what it counts itself.
  static func counting<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let (start, before) = (ContinuousClock.now, sum)
    defer {
      let inside = sum - before
      let spent = ContinuousClock.now - start
      total.withLock { $0 += max(spent - inside, .zero) }
    }
    return try body()
  }
}
