import COpenCL
import Synchronization

/// Memory on the device, given back when the last matrix over it goes.
///
/// Work that was queued keeps the memory until it is done, so a buffer may go while kernels on it still wait.
final class DeviceBuffer {
  let memory: cl_mem
  let byteCount: Int
  private let ledger: Ledger

  init(memory: cl_mem, byteCount: Int, ledger: Ledger) {
    self.memory = memory
    self.byteCount = byteCount
    self.ledger = ledger
    ledger.add(byteCount)
  }

  deinit {
    clReleaseMemObject(memory)
    ledger.add(-byteCount)
  }
}

/// The bytes that a context's buffers hold.
final class Ledger: Sendable {
  private let bytes = Mutex(0)

  func add(_ count: Int) { bytes.withLock { $0 += count } }
  var total: Int { bytes.withLock { $0 } }
}
