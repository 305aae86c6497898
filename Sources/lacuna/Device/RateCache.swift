/// Measured rates by device and driver, in `rates.json` of the cache folder.
struct RateCache {
  private var file = CacheFile<Double>("rates.json")
  /// Whether there are rates that were not saved.
  private(set) var isChanged = false

  /// The cached rate, or a fresh measurement; nil where that fails, which is not kept.
  mutating func rate(of key: String, measure: () throws -> Double) -> Double? {
    if let known = file.entries[key] { return known }
    guard let rate = try? measure(), rate > 0 else { return nil }
    file.entries[key] = rate
    isChanged = true
    return rate
  }

  mutating func save() {
    isChanged = false
    file.save()
  }
}
