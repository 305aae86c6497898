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
    func value(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard
      let folder = value("POCL_CACHE_DIR") ?? value("XDG_CACHE_HOME").map({ $0 + "/pocl/kcache" })
        ?? value("HOME").map({ $0 + "/.cache/pocl/kcache" })
    else { return nil }
    // As PoCL does: the folders that are missing, one after the other.
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/" + part
      if mkdir(path, 0o700) != 0 && access(path, X_OK) != 0 { return folder }
    }
    return access(folder, W_OK) == 0 ? nil : folder
  }
}
