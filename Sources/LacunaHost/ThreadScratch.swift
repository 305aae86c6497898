import Synchronization

/// Storage for the threads of one loop: whoever comes takes one that is free, or a new one.
///
/// What it holds is undefined when it is taken.
final class ThreadScratch<Element>: Sendable {
  private struct Buffer: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  private let count: Int
  private let free = Mutex<[Buffer]>([])

  /// - Parameter count: elements for each thread.
  init(count: Int) { self.count = count }

  deinit { free.withLock { for buffer in $0 { buffer.pointer.deallocate() } } }

  func during(_ body: (UnsafeMutablePointer<Element>) -> Void) {
    let taken = free.withLock { $0.popLast() }
    let buffer =
      taken
      ?? Buffer(
        pointer: .allocate(byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64))
    body(buffer.pointer.bindMemory(to: Element.self, capacity: count))
    free.withLock { $0.append(buffer) }
  }
}
