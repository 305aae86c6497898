/// How the trials of a stage share the host's threads: one a thread, or one on all of them.
///
/// A trial of at most `small` operations always keeps to one thread: sharing it out would cost more than it saves, and its
/// numbers are then the same bits for every number of threads and of trials side by side. Larger ones run side by side where
/// that is expected to end at least a tenth sooner than one after the other and their storage fits.
public struct TrialArrangement: Sendable, Equatable {
  /// How many trials run at the same time.
  public let width: Int
  /// Whether each keeps to one thread.
  public let singleThreaded: Bool

  /// Operations up to which a trial keeps to one thread.
  static let small = 2e9

  /// - Parameter forecast: of one trial.
  /// - Parameter trials: how many are to run.
  /// - Parameter threads: threads, or what else the device runs side by side.
  /// - Parameter memory: bytes that may be taken.
  /// - Parameter speedup: how many times sooner a trial ends on all threads than on one; asked for only where it counts.
  public init(
    _ forecast: TrialForecast, trials: Int, concurrency threads: Int, memory: Int, speedup: @autoclosure () -> Double
  ) {
    let width = Self.width(forecast, trials, threads, memory)
    guard forecast.operations > Self.small else {
      self.init(width: width, singleThreaded: true)
      return
    }
    let rounds = (trials + width - 1) / width
    let isSideBySide = width > 1 && Double(rounds) * speedup() < 0.9 * Double(trials)
    self.init(width: isSideBySide ? width : 1, singleThreaded: isSideBySide)
  }

  /// As it was settled: side by side where each keeps to one thread.
  init(_ forecast: TrialForecast, trials: Int, concurrency threads: Int, memory: Int, isSingleThreaded: Bool) {
    self.init(
      width: isSingleThreaded ? Self.width(forecast, trials, threads, memory) : 1, singleThreaded: isSingleThreaded)
  }

  private static func width(_ forecast: TrialForecast, _ trials: Int, _ threads: Int, _ memory: Int) -> Int {
    let fitting = forecast.bytes > 0 ? memory / forecast.bytes : threads
    return max(1, min(threads, trials, fitting))
  }

  private init(width: Int, singleThreaded: Bool) {
    self.width = width
    self.singleThreaded = singleThreaded
  }
}
