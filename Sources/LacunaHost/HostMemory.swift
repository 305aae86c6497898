#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the machine has left to give.
package enum HostMemory {
  /// Bytes that could be had without swapping: what the kernel calls available, within the limits of the process, of its control
  /// groups and of the scheduler; the physical memory where the system does not say.
  package static var available: Int {
    var bytes = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    if let available = firstNumber(of: "/proc/meminfo", after: "MemAvailable:") { bytes = min(bytes, available << 10) }
    if let limit = addressLimit, let used = addresses { bytes = min(bytes, max(0, limit - used)) }
    if let limit = ProcessLimits.current.memory { bytes = min(bytes, limit) }
    return bytes
  }

  /// The same, a tenth of a second old at most: to read it takes as long as a small fit.
  package static var recentlyAvailable: Int { recent.value { available } }
  private static let recent = Recent<Int>()

  /// Whether so many bytes can be had: read anew where they are many of those that could be had a moment ago.
  static func allows(_ byteCount: Int) -> Bool {
    byteCount <= recentlyAvailable / 16 || byteCount <= available
  }

  /// Bytes of addresses that the process may have (`ulimit -v`); nil where that is not limited.
  static let addressLimit: Int? = firstNumber(of: "/proc/self/limits", after: "Max address space")

  /// Bytes of addresses that the process has.
  static var addresses: Int? { firstNumber(of: "/proc/self/status", after: "VmSize:").map { $0 << 10 } }

  /// Bytes that this process held at most so far; nil where the system does not say.
  package static var peak: Int? { firstNumber(of: "/proc/self/status", after: "VmHWM:").map { $0 << 10 } }

  /// Bytes that this process holds in memory now; nil where the system does not say.
  package static var resident: Int? { firstNumber(of: "/proc/self/status", after: "VmRSS:").map { $0 << 10 } }

  /// Gives the system what the heap keeps and nobody uses, where the C library can.
  package static func trim() {
    typealias Trim = @convention(c) (Int) -> CInt
    if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: Trim.self)(0) }
  }

  /// The first whole number of a small file after a label.
  private static func firstNumber(of path: String, after label: String) -> Int? {
    words(of: path, after: label).flatMap { Int($0.prefix { $0.isNumber }) }
  }

  /// What follows a label on its line in a small file.
  static func words(of path: String, after label: String) -> Substring? {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 2048)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    // By bytes, since every fit asks.
    for line in bytes[..<count].split(separator: UInt8(ascii: "\n")) where line.starts(with: label.utf8) {
      let rest = line.dropFirst(label.utf8.count).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      return Substring(decoding: rest, as: UTF8.self)
    }
    return nil
  }
}
