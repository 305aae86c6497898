#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the machine and the process' limits allow, asked before the standard library would trap.
enum Memory {
  /// Bytes of the machine.
  static let total: Int = {
    let bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return bytes > 0 ? bytes : Int.max
  }()

  /// - Throws: `io` if so many bytes are more than the machine has.
  static func allow(_ bytes: Int, for path: String) throws(DataFileError) {
    guard bytes <= total else {
      throw .io(path: path, reason: "its numbers are more than the \(total >> 20) MiB of memory")
    }
  }

  /// - Throws: `io` if so many bytes are more than the machine has or than the process may take (`ulimit -v`).
  static func allowArray(_ bytes: Int, for path: String) throws(DataFileError) {
    try allow(bytes, for: path)
    // No `malloc` and `free`, which the optimiser takes away, and holds to have succeeded.
    let probe = mmap(nil, max(bytes, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let probe, probe != MAP_FAILED else {
      throw .io(path: path, reason: "the system refuses the \((bytes >> 20) + 1) MiB that its numbers take")
    }
    munmap(probe, max(bytes, 1))
  }
}

/// Float64 numbers in a stretch of memory of their own, given back to the system when released.
///
/// The pages are taken when they are first written, so that a generous capacity costs nothing.
final class NumberBlock: @unchecked Sendable {
  let numbers: UnsafeMutablePointer<Double>
  var count = 0
  private var bytes: Int

  /// - Throws: `io` if the system refuses the memory.
  init(capacity: Int, path: String) throws(DataFileError) {
    bytes = max(capacity, 1) * 8
    let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let place, place != MAP_FAILED else {
      throw .io(path: path, reason: "the system refuses \((bytes >> 20) + 1) MiB of memory")
    }
    numbers = place.bindMemory(to: Double.self, capacity: max(capacity, 1))
  }

  deinit { munmap(numbers, bytes) }

  /// Gives back what lies beyond `count` numbers.
  func trim() {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let kept = max((count * 8 + page - 1) / page * page, page)
    guard kept < bytes else { return }
    munmap(UnsafeMutableRawPointer(numbers) + kept, bytes - kept)
    bytes = kept
  }

  /// All numbers of the blocks, in memory once: each block is given back when it has been copied.
  /// - Throws: `io` if the machine has no room for them.
  static func joined(_ blocks: inout [NumberBlock], path: String) throws(DataFileError) -> [Double] {
    let total = blocks.reduce(0) { $0 + $1.count }
    try Memory.allowArray(total * 8, for: path)
    return [Double](unsafeUninitializedCapacity: total) { target, count in
      blocks.reverse()
      while let block = blocks.popLast() {
        (target.baseAddress! + count).initialize(from: block.numbers, count: block.count)
        count += block.count
      }
    }
  }
}
