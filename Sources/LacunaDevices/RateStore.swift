import LacunaAlgebra
import Synchronization

/// Measured rates by device and driver, kept in `rates.json` of the cache: one for the process, so that devices measured at
/// the same time keep each other's.
final class RateStore: Sendable {
  private static let file = "rates.json"
  private let cache: MeasurementCache
  /// Nil before the file is read.
  private let known = Mutex<[String: Double]?>(nil)

  init(_ cache: MeasurementCache) { self.cache = cache }

  /// The kept rate, or a fresh measurement; nil where that fails, which is not kept.
  func rate(of key: String, measure: () throws(BackendError) -> Double) -> Double? {
    known.withLock { known in
      var rates = known ?? cache.entries(Self.file, of: Double.self)
      defer { known = rates }
      if let rate = rates[key], rate > 0 { return rate }
      guard let rate = try? measure(), rate > 0 else { return nil }
      rates[key] = rate
      cache.keep([key: rate], in: Self.file)
      return rate
    }
  }
}
