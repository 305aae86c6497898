#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The folder in which PoCL keeps compiled kernels; without it PoCL lists no device.
enum PoCLCache {
  /// PoCL's name of its platform.
  static let platform = "Portable Computing Language"

  /// The folder, where it cannot be made or written to.
  static func unwritableFolder() -> String? {
    // Bytes and not text: a path need not be UTF-8.
    func value(_ name: String, _ rest: String = "") -> [CChar]? {
      guard let value = getenv(name), value[0] != 0 else { return nil }
      return Array(UnsafeBufferPointer(start: value, count: strlen(value))) + rest.utf8.map { CChar(bitPattern: $0) }
    }
    guard
      let folder = value("POCL_CACHE_DIR") ?? value("XDG_CACHE_HOME", "/pocl/kcache")
        ?? value("HOME", "/.cache/pocl/kcache")
    else { return nil }
    let name = String(decoding: folder.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // As PoCL does: the folders that are missing, one after the other.
    let slash = CChar(bitPattern: UInt8(ascii: "/"))
    for end in folder.indices.dropFirst() + [folder.endIndex] where end == folder.endIndex || folder[end] == slash {
      let path = folder[..<end] + [0]
      if mkdir(Array(path), 0o700) != 0 && access(Array(path), X_OK) != 0 { return name }
    }
    return access(folder + [0], W_OK) == 0 ? nil : name
  }
}
