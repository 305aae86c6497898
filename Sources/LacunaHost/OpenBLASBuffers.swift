import COpenBLAS
import LacunaAlgebra
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// OpenBLAS's buffers: 128 MiB of addresses for each of its threads and for each thread that calls it.
///
/// Where a limit on the process (`ulimit -v`) refuses one, OpenBLAS 0.3.21 asks again for ever, from the moment that it is
/// loaded. So under such a limit they are asked for before anything is multiplied, and what is refused is said.
enum OpenBLASBuffers {
  /// Bytes of one, with what its `malloc` adds.
  private static let size = 128 << 20 + 1 << 16
  /// What a process comes to need beside them: stacks of its threads, for which Dispatch too would wait for ever, and small
  /// matrices.
  private static func standing(_ threads: Int) -> Int { (threads + 2) * 8 << 20 + 40 << 20 }
  /// For how many threads there are buffers.
  private static let ready = Atomic<Int>(0)
  private static let lock = Mutex<Bool>(false)

  /// Has OpenBLAS take the buffers of a backend with so many threads, which it keeps.
  ///
  /// T threads take up to 2T − 1: T − 1 of OpenBLAS's own, which keep theirs, and T that call it side by side.
  /// - Parameter threads: of the backend; those that the process starts with are counted in any case.
  /// - Throws: `device`, with the remedies, where the limit does not allow them.
  static func reserve(threads: Int) throws(BackendError) {
    guard ready.load(ordering: .acquiring) < threads else { return }
    let refused = lock.withLock { _ in take(threads) }
    if let refused { throw refused }
  }

  private static func take(_ threads: Int) -> BackendError? {
    guard ready.load(ordering: .acquiring) < threads else { return nil }
    guard HostMemory.addressLimit != nil else {
      ready.store(.max, ordering: .releasing)
      return nil
    }
    let most = max(threads, HostThreads().count)
    let count = 2 * most - 1
    typealias Allocate = @convention(c) (Int32) -> UnsafeMutableRawPointer?
    typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    if let allocate = dlsym(nil, "blas_memory_alloc"), let free = dlsym(nil, "blas_memory_free") {
      let (allocate, free) = (unsafeBitCast(allocate, to: Allocate.self), unsafeBitCast(free, to: Free.self))
      var buffers: [UnsafeMutableRawPointer] = []
      defer { for buffer in buffers { free(buffer) } }
      while buffers.count < count {
        guard hasRoom(size + standing(most)), let buffer = allocate(0) else {
          return refusal(threads: most, missing: count - buffers.count)
        }
        buffers.append(buffer)
      }
    } else if !hasRoom(count * size + standing(most)) {
      return refusal(threads: most, missing: count)
    }
    ready.store(most, ordering: .releasing)
    return nil
  }

  /// Waits for the threads that OpenBLAS started as it was loaded: one that has its buffer soon sleeps, one that was refused
  /// it never does, and cannot be ended.
  /// - Throws: `device`, with the remedies, where one was refused, or no room is left for threads at all.
  static func awaitPool() throws(BackendError) {
    guard HostMemory.addressLimit != nil else { return }
    // glibc's `malloc` else takes 64 MiB of addresses for each thread: M_ARENA_MAX, whose number Swift does not see.
    typealias SetOption = @convention(c) (Int32, Int32) -> Int32
    if let setOption = dlsym(nil, "mallopt") { _ = unsafeBitCast(setOption, to: SetOption.self)(-8, 1) }
    let threads = Int(openblas_get_num_threads())
    guard !hasRoom((threads - 1) * size + standing(threads)) else { return }
    // Processor time, so that other work on the machine does not count: a thread that has nothing to do spins for 25 ms.
    let deadline = Int(clock()) + 1_000_000 + threads * 100_000
    while anotherThreadRuns() {
      guard Int(clock()) < deadline else { throw refusal(threads: threads, missing: 2 * threads - 1) }
      usleep(5000)
    }
    guard hasRoom(standing(threads)) else { throw refusal(threads: threads, missing: threads) }
  }

  /// Whether the process may have so many bytes more.
  private static func hasRoom(_ bytes: Int) -> Bool {
    guard let pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pages != MAP_FAILED
    else { return false }
    munmap(pages, bytes)
    return true
  }

  private static func anotherThreadRuns() -> Bool {
    guard let folder = opendir("/proc/self/task") else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let thread = Int32(name), thread != getpid() else { continue }
      if HostMemory.words(of: "/proc/self/task/\(name)/status", after: "State:")?.first == "R" { return true }
    }
    return false
  }

  /// - Parameter missing: buffers that are still to be had.
  private static func refusal(threads: Int, missing: Int) -> BackendError {
    let limit = HostMemory.addressLimit ?? 0
    let needed = (HostMemory.addresses ?? limit) + missing * size + standing(threads) + 32 << 20
    return .device(
      call: "asking for OpenBLAS's buffers", status: Int(ENOMEM),
      log:
        "for \(threads) thread\(threads == 1 ? "" : "s") they are up to \(2 * threads - 1) of 128 MiB, and the process may have "
        + "\(limit >> 20) MiB of addresses in all; raise the limit (ulimit -v \(needed >> 10))"
        + (threads > 1 ? " or compute with one thread (OPENBLAS_NUM_THREADS=1)" : ""))
  }
}
