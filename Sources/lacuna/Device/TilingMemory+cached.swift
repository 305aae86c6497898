import LacunaOpenCL

extension TilingMemory {
  /// Kept in `tilings.json` of the cache folder.
  static let cached = TilingMemory(
    load: { CacheFile<String>("tilings.json").entries[$0] },
    save: { key, text in
      var file = CacheFile<String>("tilings.json")
      file.entries[key] = text
      file.save()
    },
    note: { log.notice("\($0)") })
}
