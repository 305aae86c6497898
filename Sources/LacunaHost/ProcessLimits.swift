#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What control groups, a scheduler and the affinity leave to a process of the machine.
///
/// Read from the texts of the system: `/proc/self/cgroup` names the group of each hierarchy, `/proc/self/mountinfo` where
/// hierarchies are mounted, and the files of a group and of those above it hold limits; the least holds. Versions 1 and 2 are read
/// alike, and both where a system has both.
package struct ProcessLimits: Sendable, Equatable {
  /// Bytes that may be had beside what the group holds already; nil where nothing limits them.
  package private(set) var memory: Int?
  /// Cores that work may take, of the quota of the group and of the affinity; nil where nothing limits them.
  package private(set) var cores: Int?

  /// Of this process, now.
  package static var current: ProcessLimits {
    ProcessLimits(environment: { name in getenv(name).map { String(cString: $0) } }, file: text)
  }

  /// The cores of this process, a tenth of a second ago at most.
  static var recentCores: Int? { recent.value { current.cores } }
  private static let recent = Recent<Int?>()

  /// - Parameter environment: a variable by its name.
  /// - Parameter file: the text of a file of the system by its path; nil where there is none.
  package init(environment: (String) -> String?, file: (String) -> String?) {
    func allow(bytes: Int?) { if let bytes { memory = min(memory ?? .max, max(0, bytes)) } }
    func allow(cores count: Int?) { if let count { cores = min(cores ?? .max, max(1, count)) } }
    for group in Self.groups(file("/proc/self/cgroup") ?? "", mounts: file("/proc/self/mountinfo") ?? "") {
      for folder in group.folders {
        func number(_ name: String, _ place: Int = 0) -> Int? {
          let words = file(folder + "/" + name)?.split(whereSeparator: \.isWhitespace) ?? []
          return words.count > place ? Int(words[place]) : nil
        }
        let names =
          group.isUnified
          ? (limit: "memory.max", use: "memory.current", cache: "inactive_file")
          : (limit: "memory.limit_in_bytes", use: "memory.usage_in_bytes", cache: "total_inactive_file")
        if group.holds("memory"), let limit = number(names.limit), limit < 1 << 60 {
          // What is kept of files is given up before anything is refused.
          let cache = Self.value(of: names.cache, in: file(folder + "/memory.stat") ?? "") ?? 0
          allow(bytes: limit - max(0, (number(names.use) ?? 0) - cache))
        }
        if group.holds("cpu") {
          let quota = group.isUnified ? number("cpu.max") : number("cpu.cfs_quota_us")
          let period = group.isUnified ? number("cpu.max", 1) : number("cpu.cfs_period_us")
          if let quota, let period, quota > 0, period > 0 { allow(cores: (quota + period - 1) / period) }
        }
      }
    }
    allow(cores: Self.value(of: "Cpus_allowed_list:", in: file("/proc/self/status") ?? "", Self.count))
    allow(bytes: environment("SLURM_MEM_PER_NODE").flatMap(Self.slurmBytes))
  }

  /// A group that the process is in, of one hierarchy.
  struct Group: Equatable {
    var isUnified: Bool
    /// Of version 1: what it controls.
    var controllers: [Substring] = []
    /// Its folder and those above it, up to where the hierarchy is mounted.
    var folders: [String]

    func holds(_ controller: Substring) -> Bool { isUnified || controllers.contains(controller) }
  }

  /// - Parameter memberships: lines `id:controllers:path`; version 2 has no controllers.
  /// - Parameter mounts: as mountinfo(5) of proc has them: the fourth word is what of a hierarchy is mounted, the fifth where.
  static func groups(_ memberships: String, mounts: String) -> [Group] {
    let mounted = mounts.split(separator: "\n").compactMap {
      line -> (root: String, point: String, options: [Substring], isUnified: Bool)? in
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), dash >= 5, dash + 3 < words.count,
        ["cgroup", "cgroup2"].contains(words[dash + 1])
      else { return nil }
      return (
        unescaped(words[3]), unescaped(words[4]), words[dash + 3].split(separator: ","), words[dash + 1] == "cgroup2"
      )
    }
    return memberships.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      let controllers = parts[1].split(separator: ",")
      let mount = mounted.first { mount in
        mount.isUnified ? controllers.isEmpty : !controllers.isEmpty && controllers.allSatisfy(mount.options.contains)
      }
      guard let mount else { return nil }
      // Within a container the path may be told from elsewhere than from what is mounted.
      let root = mount.root == "/" ? "" : mount.root
      let isBelow = parts[2] == root || parts[2].hasPrefix(root + "/")
      var rest = isBelow ? String(parts[2].dropFirst(root.count)) : ""
      var folders: [String] = []
      while let slash = rest.lastIndex(of: "/") {
        if rest.count > 1 { folders.append(mount.point + rest) }
        rest = String(rest[..<slash])
      }
      return Group(isUnified: mount.isUnified, controllers: controllers, folders: folders + [mount.point])
    }
  }

  /// Blanks and the like are written as three octal digits.
  private static func unescaped(_ word: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(word.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What stands after a word at the start of a line.
  private static func value(
    of word: String, in text: String, _ read: (Substring) -> Int? = { Int($0) }
  ) -> Int? {
    for line in text.split(separator: "\n") {
      let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
      if words.count == 2, words[0] == word { return read(words[1]) }
    }
    return nil
  }

  /// How many processors a list such as `0-3,8` names.
  static func count(_ list: Substring) -> Int? {
    var count = 0
    for part in list.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, ends.count <= 2, last >= first else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }

  /// Mebibytes, or with the letter of another unit; 0 is all of the node.
  private static func slurmBytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    let shift = text.last.flatMap { units[$0] }
    guard let number = Int(shift == nil ? text : String(text.dropLast())), number > 0, number < 1 << 40 else {
      return nil
    }
    return number << min(shift ?? 20, 62 - (Int.bitWidth - number.leadingZeroBitCount))
  }

  /// The text of a small file.
  private static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 22 {
      let count = read(file, &block, block.count)
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
