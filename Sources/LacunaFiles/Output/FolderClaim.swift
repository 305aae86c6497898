#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Who works on an output folder: a file `claim` with host, process and the time that it started, held under a lock.
///
/// It lies in a folder of its own that is renamed into place whole, so that one of several processes gets it, with its
/// content, on local and network disks alike. A claim is stale when its process on this host is gone; one of another
/// host never is.
final class FolderClaim: Sendable {
  /// The folder that holds it.
  let folder: String
  private let descriptor: Int32

  private init(folder: String, descriptor: Int32) {
    self.folder = folder
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// What a claim was found to be.
  enum Outcome {
    case held(FolderClaim)
    /// Somebody's who lives, as said in a message.
    case taken(String)
    /// Of a process that is gone; ours now, with what that one left in the folder.
    case inherited(FolderClaim)
  }

  /// Takes a claim, or says who has it.
  /// - Parameter folder: where it will lie; its parent is there.
  /// - Throws: `cannotCreate` where the parent takes no folder.
  static func take(_ folder: String) throws(DataFileError) -> Outcome {
    removeAbandoned(beside: folder)
    for _ in 0..<1000 {
      let aside = "\(folder)-\(uniqueWord())"
      guard FolderTree.make(aside) else {
        guard errno == EEXIST else { throw .cannotCreate(path: folder, reason: systemMessage(errno)) }
        continue
      }
      guard let descriptor = write(to: aside + "/claim") else {
        let code = errno
        FolderTree.remove(aside)
        if code == ENOENT { continue }
        throw .cannotCreate(path: folder, reason: systemMessage(code))
      }
      if renameFile(aside, to: folder) { return .held(FolderClaim(folder: folder, descriptor: descriptor)) }
      let code = errno
      FolderTree.remove(aside)
      close(descriptor)
      // Gone: another process took it for litter between two of its steps.
      if code == ENOENT { continue }
      guard code == ENOTEMPTY || code == EEXIST else {
        throw .cannotCreate(path: folder, reason: systemMessage(code))
      }
      if let outcome = examine(folder) { return outcome }
      usleep(1000)
    }
    return .taken("other processes come and go")
  }

  /// Gives the claim up: what is left in its folder first, the claim last.
  func release() {
    // Again while another thread of ours still makes files there.
    for _ in 0..<1000 {
      let rest = (FolderTree.names(in: folder) ?? []).filter { $0 != "claim" }
      if rest.isEmpty { break }
      for name in rest { FolderTree.remove(folder + "/" + name) }
    }
    removeFile(folder + "/claim")
    FolderTree.removeFolder(folder)
  }

  /// Gives the claim up and leaves what is in its folder to the next process that takes it.
  func leave() {
    _ = ftruncate(descriptor, 0)
    _ = flock(descriptor, LOCK_UN)
  }

  /// Looks at a claim that is there; nil where it was gone before it could be read.
  private static func examine(_ folder: String) -> Outcome? {
    let path = folder + "/claim"
    let descriptor = withSystemPath(path) { open($0, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      default: return .taken("\(path) cannot be read: \(systemMessage(errno))")
      }
    }
    let owner = Owner(descriptor)
    let locked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    let isHeld = !locked && errno == EWOULDBLOCK
    var own = stat()
    let there = FolderTree.status(path)
    let isSame = fstat(descriptor, &own) == 0 && there?.st_ino == own.st_ino && there?.st_dev == own.st_dev
    guard isSame else {
      close(descriptor)
      return nil
    }
    let isOwn = owner.host == Owner.current.host
    guard !isHeld, (isOwn && !owner.isAlive) || (owner.host.isEmpty && locked) else {
      close(descriptor)
      return .taken(owner.description + (isOwn ? "" : "; if that one is gone, remove \(folder)"))
    }
    // Nobody else gets past the lock meanwhile.
    let text = Array(Owner.current.text.utf8)
    guard text.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == text.count,
      ftruncate(descriptor, off_t(text.count)) == 0
    else {
      close(descriptor)
      return .taken("\(path) cannot be written: \(systemMessage(errno))")
    }
    return .inherited(FolderClaim(folder: folder, descriptor: descriptor))
  }

  /// Writes a new claim.
  /// - Returns: its descriptor, with the lock where the disk has locks; nil with `errno` where it cannot be written.
  private static func write(to path: String) -> Int32? {
    let descriptor = withSystemPath(path) { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { return nil }
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    let text = Array(Owner.current.text.utf8)
    guard text.withUnsafeBytes({ systemWrite(descriptor, $0) }) == text.count else {
      let code = errno
      close(descriptor)
      errno = code == 0 ? ENOSPC : code
      return nil
    }
    return descriptor
  }

  /// Takes away what processes that were killed while they made a claim left beside it.
  private static func removeAbandoned(beside folder: String) {
    let parent = FolderTree.parent(of: folder)
    let prefix = folder.split(separator: "/").last.map { $0 + "-" } ?? ""
    for name in FolderTree.names(in: parent) ?? [] where name.hasPrefix(prefix) {
      let path = parent + "/" + name
      let descriptor = withSystemPath(path + "/claim") { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
      guard descriptor >= 0 else {
        // Between two steps of a process, which does them again, or of one that was killed there.
        FolderTree.removeFolder(path)
        continue
      }
      defer { close(descriptor) }
      let owner = Owner(descriptor)
      let isPartial = owner.host.isEmpty && flock(descriptor, LOCK_EX | LOCK_NB) == 0
      if isPartial || (owner.host == Owner.current.host && !owner.isAlive) { FolderTree.remove(path) }
    }
  }
}

/// A process, told apart from all others.
private struct Owner {
  var host = ""
  var process: pid_t = 0
  /// When it started, as the system counts it, and in which run of the system; empty where that is not known.
  var start = ""

  static let current = Owner(host: hostName(), process: getpid(), start: startTime(of: getpid()) ?? "")

  private init(host: String, process: pid_t, start: String) {
    self.host = host
    self.process = process
    self.start = start
  }

  /// Reads a claim; without a host where it says none.
  init(_ descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
    func value(_ key: String) -> String {
      lines.first { $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) } ?? ""
    }
    host = value("host")
    process = pid_t(value("process")) ?? 0
    start = value("start")
  }

  var text: String { "host \(host)\nprocess \(process)\nstart \(start)\n" }

  var description: String {
    host.isEmpty ? "a process unknown" : "process \(process) on \(escaped(host))"
  }

  /// Whether this process of this host is there still: the one of that start, not a later one of its number. One that has ended is
  /// not, though nobody has asked for its status: in a container that may be never.
  var isAlive: Bool {
    guard process > 0, kill(process, 0) == 0 || errno == EPERM else { return false }
    if let state = Self.fields(of: process)?[1], state == "Z" || state == "X" { return false }
    guard !start.isEmpty, let now = Self.startTime(of: process) else { return true }
    return now == start
  }

  /// Clock ticks from the start of the system, and which start of it.
  private static func startTime(of process: pid_t) -> String? {
    guard let fields = fields(of: process), let boot = contents("/proc/sys/kernel/random/boot_id") else { return nil }
    return fields[20] + "/" + boot.prefix { !$0.isNewline }
  }

  /// What the system says of a process, from the end of its name, which may hold anything: the state is 1, the start 20.
  private static func fields(of process: pid_t) -> [Substring]? {
    #if os(Linux)
      guard let status = contents("/proc/\(process)/stat"), let name = status.lastIndex(of: ")") else { return nil }
      let fields = status[name...].split(separator: " ")
      return fields.count > 20 ? fields : nil
    #else
      return nil
    #endif
  }

  private static func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0) }
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
