#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Folders and what lies in them: symbolic links are never followed, names are bytes.
package enum FolderTree {
  /// What a path names, itself and not what it may link to; nil where nothing is there.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return withSystemPath(path) { lstat($0, &status) } == 0 ? status : nil
  }

  static func isFolder(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

  /// The names in a folder in the order of their bytes; nil where it cannot be read.
  package static func names(in path: String) -> [String]? {
    guard let folder = withSystemPath(path, { opendir($0) }) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          PathText.text(
            UnsafeBufferPointer(
              start: bytes, count: strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))))
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Everything below a folder that is no folder, by its path within; nil where some of it cannot be read.
  package static func files(below path: String) -> [String]? {
    guard let names = names(in: path) else { return nil }
    var files: [String] = []
    for name in names {
      guard isFolder(path + "/" + name) else {
        files.append(name)
        continue
      }
      guard let inner = Self.files(below: path + "/" + name) else { return nil }
      files += inner.isEmpty ? [name + "/"] : inner.map { name + "/" + $0 }
    }
    return files
  }

  /// Makes a folder, for the owner's umask.
  /// - Returns: whether it was made; `errno` says why not.
  package static func make(_ path: String, mode: mode_t = 0o777) -> Bool {
    withSystemPath(path) { mkdir($0, mode) } == 0
  }

  /// Makes a folder and those above it that are not there.
  /// - Returns: those it made, the highest first.
  /// - Throws: `cannotCreate`.
  package static func makeAll(_ path: String) throws(DataFileError) -> [String] {
    var made: [String] = []
    var missing: [String] = []
    var rest = path
    while !rest.isEmpty, !fileExists(rest) {
      missing.append(rest)
      rest = parent(of: rest)
    }
    for folder in missing.reversed() {
      if make(folder) {
        made.append(folder)
      } else if errno != EEXIST {
        let code = errno
        for folder in made.reversed() { removeFolder(folder) }
        throw .cannotCreate(path: path, reason: systemMessage(code))
      }
    }
    return made
  }

  /// Takes an empty folder away.
  @discardableResult static func removeFolder(_ path: String) -> Bool { withSystemPath(path) { rmdir($0) } == 0 }

  /// Takes away whatever a path names, links themselves and not what they point to.
  package static func remove(_ path: String) {
    guard isFolder(path) else {
      removeFile(path)
      return
    }
    for name in names(in: path) ?? [] { remove(path + "/" + name) }
    removeFolder(path)
  }

  /// Takes away a file and the folders above it that it leaves empty, up to a base.
  static func remove(_ file: String, within base: String) {
    removeFile(base + "/" + file)
    var rest = file
    while let slash = rest.lastIndex(of: "/") {
      rest = String(rest[..<slash])
      guard removeFolder(base + "/" + rest) else { return }
    }
  }

  /// The folder that holds a path, which is no root: "." where the path has one part.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path of what is there, without links and dots; nil where nothing is.
  static func real(_ path: String) -> String? {
    guard let found = withSystemPath(path, { realpath($0, nil) }) else { return nil }
    defer { free(found) }
    return PathText.text(UnsafeBufferPointer(start: found, count: strlen(found)).map { UInt8(bitPattern: $0) })
  }

  /// Lets two paths change places in one step.
  /// - Returns: false where the system or the disk has no such step.
  static func exchange(_ path: String, _ other: String) -> Bool {
    #if canImport(Darwin)
      return withSystemPath(path) { a in withSystemPath(other) { b in renamex_np(a, b, UInt32(RENAME_SWAP)) } } == 0
    #else
      typealias Rename = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
      // Not in the headers that Swift sees.
      guard let symbol = dlsym(nil, "renameat2") else { return false }
      let rename = unsafeBitCast(symbol, to: Rename.self)
      let exchange: UInt32 = 2
      return withSystemPath(path) { a in withSystemPath(other) { b in rename(AT_FDCWD, a, AT_FDCWD, b, exchange) } }
        == 0
    #endif
  }
}
