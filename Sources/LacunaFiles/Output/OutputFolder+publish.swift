#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension OutputFolder {
  /// Puts the files in their place and gives the claim up.
  /// - Parameter partial: the run was cut short: an earlier run's files stay, but for those of the same names.
  /// - Throws: `cannotCreate` if the folder cannot take its place; what was there before then is there still.
  public func publish(partial: Bool = false) throws(DataFileError) {
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard !state.isEnded else { throw .cannotCreate(path: path, reason: "the run was given up") }
        let earlier = partial || existing == .extended ? Self.manifestFiles(target) : []
        try writeManifest(Set(try files() + earlier + state.adopted), in: staging)
        if earlier.isEmpty, Self.isWhollyOurs(target, claim: claim.folder) {
          try exchange()
        } else {
          try moveOver()
        }
        state.isEnded = true
        state.isPublished = true
        claim.release()
      }
    }
    try outcome.get()
  }

  /// The files made so far, by their paths within.
  private func files() throws(DataFileError) -> [String] {
    guard let files = FolderTree.files(below: staging) else {
      throw .io(path: path, reason: "the folder aside cannot be read")
    }
    return files.filter { $0 != Self.manifest }
  }

  /// Says which files are the run's.
  func writeManifest(_ files: Set<String>, in folder: String) throws(DataFileError) {
    let lines = files.filter { !$0.contains("\n") }.sorted().map { $0 + "\n" }.joined()
    try AtomicFile.write(PathText.bytes(lines), to: folder + "/" + Self.manifest)
  }

  /// Lets the whole folder take the target's place, which is absent, empty or an earlier run's.
  private func exchange() throws(DataFileError) {
    if let old = FolderTree.status(target) { _ = withSystemPath(staging) { chmod($0, old.st_mode & 0o7777) } }
    guard fileExists(target) else {
      guard renameFile(staging, to: target) else { throw .cannotCreate(path: path, reason: systemMessage(errno)) }
      return
    }
    if FolderTree.exchange(staging, target) { return }
    // In two steps; `recover` takes the second where the process ends between them.
    let old = claim.folder + "/old"
    guard renameFile(target, to: old) else { return try moveOver() }
    guard renameFile(staging, to: target) else {
      let code = errno
      _ = renameFile(old, to: target)
      throw .cannotCreate(path: path, reason: systemMessage(code))
    }
  }

  /// Moves the files one by one, so that the target and what else it holds stay.
  private func moveOver() throws(DataFileError) {
    for file in try files() where FolderTree.isFolder(target + "/" + file) {
      throw .cannotCreate(path: path + "/" + file, reason: "a folder of that name is in the way")
    }
    try AtomicFile.write("", to: claim.folder + "/complete")
    guard Self.move(from: staging, to: target) else {
      throw .cannotCreate(path: path, reason: systemMessage(errno))
    }
  }

  /// Moves all files of a complete folder over those of an earlier run; may be done again where it was cut short.
  /// - Returns: false, with `errno`, at the first that cannot be moved.
  private static func move(from staging: String, to target: String) -> Bool {
    // The list goes last: where it is gone, all is done.
    guard fileExists(staging + "/" + manifest) else { return true }
    let new = FolderTree.files(below: staging) ?? []
    let staying = Set(new + manifestFiles(staging))
    // Until the new list is there, the old one says what has to go.
    for file in manifestFiles(target) where !staying.contains(file) { FolderTree.remove(file, within: target) }
    for file in new.filter({ $0 != manifest }) + [manifest] where fileExists(staging + "/" + file) {
      if let slash = file.lastIndex(of: "/") {
        let folder = target + "/" + file[..<slash]
        var rest = folder
        // A link or file of an earlier day where a folder is wanted.
        while rest.utf8.count > target.utf8.count {
          if FolderTree.status(rest) != nil, !FolderTree.isFolder(rest) { removeFile(rest) }
          rest = FolderTree.parent(of: rest)
        }
        guard (try? FolderTree.makeAll(folder)) != nil else { return false }
      }
      guard renameFile(staging + "/" + file, to: target + "/" + file) else { return false }
    }
    return true
  }

  /// Finishes what a process that is gone had begun, or takes it away; the claim is ours.
  static func recover(_ target: String, from folder: String) {
    let staging = folder + "/new"
    if fileExists(folder + "/old"), !fileExists(target) {
      if !renameFile(staging, to: target) { _ = renameFile(folder + "/old", to: target) }
    } else if fileExists(folder + "/complete") {
      _ = move(from: staging, to: target)
    }
    for name in FolderTree.names(in: folder) ?? [] where name != "claim" { FolderTree.remove(folder + "/" + name) }
  }

  /// Whether nothing would be lost with a folder: it is absent, empty or holds an earlier run's files alone, and nobody stands
  /// in it.
  private static func isWhollyOurs(_ target: String, claim: String) -> Bool {
    guard fileExists(target) else { return true }
    // A claim within: the folder cannot be renamed.
    guard !claim.hasPrefix(target == "/" ? "/" : target + "/") else { return false }
    if let current = FolderTree.real("."), current == target || current.hasPrefix(target + "/") { return false }
    guard let files = FolderTree.files(below: target) else { return false }
    let own = Set(manifestFiles(target) + [manifest])
    return files.allSatisfy { own.contains($0) && !$0.hasSuffix("/") }
  }

  /// What the list of a folder says; nothing where there is none.
  private static func manifestFiles(_ folder: String) -> [String] {
    let path = folder + "/" + manifest
    guard let status = FolderTree.status(path), status.st_mode & S_IFMT == S_IFREG, let file = try? InputFile(path),
      let bytes = contents(of: file, atMost: 1 << 26)
    else { return [] }
    let names: [String] = bytes.split(separator: UInt8(ascii: "\n")).map { PathText.text($0) }
    // A list that somebody else wrote reaches nothing outside.
    return names.filter { name in
      !name.hasPrefix("/") && !name.split(separator: "/").contains { $0 == ".." || $0 == "." }
    }
  }

  private static func contents(of file: InputFile, atMost limit: Int) -> [UInt8]? {
    guard file.byteCount <= limit else { return nil }
    var bytes = [UInt8](repeating: 0, count: file.byteCount)
    guard (try? bytes.withUnsafeMutableBytes({ try file.fill($0, from: 0) })) != nil else { return nil }
    return bytes
  }
}
