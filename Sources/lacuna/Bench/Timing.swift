import Dispatch
import RealModule

/// Seconds of repeated runs.
struct Timing: Sendable {
  /// In the order they were run in.
  let seconds: [Double]
  private let sorted: [Double]

  var count: Int { sorted.count }
  var minimum: Double { sorted[0] }
  var median: Double {
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Half the width of the interval that holds the median with about 95% probability (order statistics), over the median;
  /// nil for fewer than five runs.
  var uncertainty: Double? {
    guard count >= 5 else { return nil }
    let reach = Double.sqrt(Double(count))
    let low = max(0, Int((Double(count) / 2 - reach).rounded(.down)))
    let high = min(count - 1, Int((Double(count) / 2 + reach).rounded(.up)))
    return (sorted[high] - sorted[low]) / 2 / median
  }

  /// Runs until the median is known to 2%, but `runs` times at least and no longer than `limit` seconds.
  /// - Parameter reset: goes before each run and is no part of its time.
  init(warmup: Int, runs: Int, limit: Double, reset: () throws -> Void = {}, _ body: () throws -> Void) rethrows {
    func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
    let start = now()
    for index in 0..<warmup where index == 0 || now() - start < limit / 4 {
      try reset()
      try body()
    }
    var seconds: [Double] = []
    let begin = now()
    repeat {
      try reset()
      let before = now()
      try body()
      seconds.append(now() - before)
      if seconds.count >= runs, let uncertainty = Timing(seconds).uncertainty, uncertainty < 0.02 { break }
    } while now() - begin < limit && seconds.count < 10_000
    self.init(seconds)
  }

  private init(_ seconds: [Double]) {
    self.seconds = seconds
    sorted = seconds.sorted()
  }
}
