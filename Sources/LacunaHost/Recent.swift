import Synchronization

/// A value that takes long to read and changes slowly, read again once it is older than a tenth of a second.
final class Recent<Value: Sendable>: Sendable {
  private let kept = Mutex<(time: ContinuousClock.Instant, value: Value)?>(nil)

  /// - Parameter read: outside of the lock, which a fork may find taken.
  func value(_ read: () -> Value) -> Value {
    let now = ContinuousClock.now
    if let kept = kept.withLock({ $0 }), kept.time.duration(to: now) < .milliseconds(100) { return kept.value }
    let value = read()
    kept.withLock { $0 = (now, value) }
    return value
  }
}
