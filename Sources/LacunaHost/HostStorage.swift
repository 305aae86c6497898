import LacunaAlgebra
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A piece of the host's memory, zeroed where nothing else is asked, freed with its last owner.
///
/// Large pieces come from the system page by page as they are first touched, or are ones freed shortly before; small ones from the heap.
final class HostStorage {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// Bytes that came from the system; 0 for a piece of the heap.
  private let mappedCount: Int

  private static let alignment = 64
  private static let largePage = 1 << 21

  /// - Parameter byteCount: nil where the number of bytes overflowed.
  /// - Parameter zeroes: whether the bytes are to be 0.
  /// - Throws: `outOfMemory` where the machine cannot hold that much now.
  init(byteCount: Int?, zeroes: Bool = true) throws(BackendError) {
    guard let byteCount else {
      throw .outOfMemory(requested: .max, available: HostMemory.available, device: "host")
    }
    self.byteCount = byteCount
    if byteCount >= Self.largePage {
      // The system aligns a mapping to large pages only where it is a multiple of them.
      let (rounded, overflow) = byteCount.addingReportingOverflow(Self.largePage - 1)
      mappedCount = rounded / Self.largePage * Self.largePage
      guard !overflow else { throw .outOfMemory(requested: byteCount, available: HostMemory.available, device: "host") }
      if let freed = FreedPages.shared.take(mappedCount) {
        if zeroes { memset(freed, 0, byteCount) }
        pointer = freed
        return
      }
      guard HostMemory.allows(byteCount),
        let pages = mmap(nil, mappedCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        pages != MAP_FAILED
      else { throw .outOfMemory(requested: byteCount, available: HostMemory.available, device: "host") }
      #if os(Linux)
        // Fewer faults, and fewer misses in the products. Of many pages the last, in part unused, is left to small ones.
        let isMany = byteCount >= 8 * Self.largePage
        madvise(pages, isMany ? byteCount / Self.largePage * Self.largePage : mappedCount, MADV_HUGEPAGE)
      #endif
      pointer = pages
    } else {
      mappedCount = 0
      let size = max(byteCount, 1)
      pointer = .allocate(byteCount: size, alignment: Self.alignment)
      if zeroes { memset(pointer, 0, size) }
    }
  }

  deinit {
    if mappedCount > 0 { FreedPages.shared.give(pointer, count: mappedCount) } else { pointer.deallocate() }
  }
}

/// Mappings freed shortly before, 8 MiB at most: the system clears each page before it gives it away again, which takes a small fit
/// longer than all else but its products.
private final class FreedPages: Sendable {
  static let shared = FreedPages()

  private struct Mapping: @unchecked Sendable {
    let pages: UnsafeMutableRawPointer
    let count: Int
  }

  private static let most = 1 << 23
  private let mappings = Mutex<[Mapping]>([])

  /// Pages of any contents; nil where there are none of this many bytes, when all are given back to the system.
  func take(_ count: Int) -> UnsafeMutableRawPointer? {
    mappings.withLock { mappings in
      if let index = mappings.lastIndex(where: { $0.count == count }) { return mappings.remove(at: index).pages }
      for mapping in mappings { munmap(mapping.pages, mapping.count) }
      mappings.removeAll()
      return nil
    }
  }

  func give(_ pages: UnsafeMutableRawPointer, count: Int) {
    mappings.withLock { mappings in
      if mappings.reduce(count, { $0 + $1.count }) <= Self.most {
        mappings.append(Mapping(pages: pages, count: count))
      } else {
        munmap(pages, count)
      }
    }
  }
}

extension UnsafeMutablePointer where Pointee: HostScalar {
  /// Stores zeros, whose bits are all 0, in one piece: a generic loop would call out for each element.
  func clear(count: Int) { memset(self, 0, count * MemoryLayout<Pointee>.stride) }
}
