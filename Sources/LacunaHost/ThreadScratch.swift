import LacunaAlgebra
import Synchronization

/// Storage for the threads of one loop: whoever comes takes one that is free.
///
/// What it holds is undefined when it is taken. Pieces that are large are the system's again with the last of them, as the heap's
/// may not be.
final class ThreadScratch<Element>: Sendable {
  private struct Buffer: @unchecked Sendable {
    let storage: HostStorage
  }

  private let count: Int
  private let free: Mutex<[Buffer]>

  /// - Parameter count: elements for each thread.
  /// - Parameter threads: that take one at a time, at most.
  /// - Throws: `outOfMemory`.
  init(count: Int, threads: Int) throws(BackendError) {
    self.count = count
    var buffers: [Buffer] = []
    for _ in 0..<threads {
      buffers.append(
        Buffer(storage: try HostStorage(byteCount: count * MemoryLayout<Element>.stride, zeroes: false)))
    }
    free = Mutex(buffers)
  }

  func during(_ body: (UnsafeMutablePointer<Element>) -> Void) {
    guard let taken = free.withLock({ $0.popLast() }) else { preconditionFailure("more threads than were told of") }
    body(taken.storage.pointer.bindMemory(to: Element.self, capacity: count))
    free.withLock { $0.append(taken) }
  }
}
