import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A zeroed piece of the host's memory, freed with its last owner.
///
/// Large pieces come from the system page by page as they are first touched, small ones from the heap.
final class HostStorage {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  private let mapped: Bool

  private static let alignment = 64
  private static let mappedFrom = 1 << 20

  /// - Parameter byteCount: nil where the number of bytes overflowed.
  /// - Throws: `outOfMemory` where the machine cannot hold that much now.
  init(byteCount: Int?) throws(BackendError) {
    guard let byteCount else {
      throw .outOfMemory(requested: .max, available: HostMemory.available, device: "host")
    }
    self.byteCount = byteCount
    mapped = byteCount >= Self.mappedFrom
    if mapped {
      let available = HostMemory.available
      guard byteCount <= available,
        let pages = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        pages != MAP_FAILED
      else { throw .outOfMemory(requested: byteCount, available: available, device: "host") }
      pointer = pages
    } else {
      let size = max(byteCount, 1)
      pointer = .allocate(byteCount: size, alignment: Self.alignment)
      memset(pointer, 0, size)
    }
  }

  deinit {
    if mapped { munmap(pointer, byteCount) } else { pointer.deallocate() }
  }
}
