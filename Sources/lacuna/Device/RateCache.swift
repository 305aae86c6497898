import DataFiles
import FoundationEssentials

/// Measured rates by device and driver, in `lacuna/rates.json` of the user's cache folder.
///
/// A cache that cannot be read or written only costs the measurement again.
struct RateCache {
  private var rates: [String: Double] = [:]
  private let folder: String?
  /// Whether there are rates that were not saved.
  private(set) var isChanged = false

  init() {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["HOME"].map { $0 + "/.cache" }
    folder = base.map { $0 + "/lacuna" }
    if let folder, let data = FileManager.default.contents(atPath: folder + "/rates.json") {
      rates = (try? JSONDecoder().decode([String: Double].self, from: data)) ?? [:]
    }
  }

  /// The cached rate, or a fresh measurement; nil where that fails, which is not kept.
  mutating func rate(of key: String, measure: () throws -> Double) -> Double? {
    if let known = rates[key] { return known }
    guard let rate = try? measure(), rate > 0 else { return nil }
    rates[key] = rate
    isChanged = true
    return rate
  }

  mutating func save() {
    isChanged = false
    guard let folder, let data = try? JSONEncoder().encode(rates) else { return }
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? AtomicFile.write([UInt8](data), to: folder + "/rates.json")
  }
}
