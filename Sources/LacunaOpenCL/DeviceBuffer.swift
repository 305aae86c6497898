import COpenCL
import LacunaAlgebra
import Synchronization

/// Memory on the device, given back when the last matrix over it goes.
///
/// Work that was queued keeps the memory until it is done, so a buffer may go while kernels on it still wait.
final class DeviceBuffer {
  let memory: cl_mem
  let byteCount: Int
  /// Where its bytes are counted; nil for a view.
  private let ledger: Ledger?

  init(memory: cl_mem, byteCount: Int, ledger: Ledger?) {
    self.memory = memory
    self.byteCount = byteCount
    self.ledger = ledger
    ledger?.add(byteCount)
  }

  /// The bytes from an offset on as a buffer over the same memory.
  /// - Parameter offset: a multiple of the device's alignment, which is 512 bytes at most for the devices known.
  func view(from offset: Int) throws(BackendError) -> DeviceBuffer {
    var region = cl_buffer_region(origin: offset, size: byteCount - offset)
    var status: cl_int = 0
    let view = clCreateSubBuffer(memory, 0, cl_buffer_create_type(CL_BUFFER_CREATE_TYPE_REGION), &region, &status)
    guard let view, status == CL_SUCCESS else {
      throw .device(call: "clCreateSubBuffer", status: Int(status), log: Status.name(Int(status)))
    }
    return DeviceBuffer(memory: view, byteCount: byteCount - offset, ledger: nil)
  }

  deinit {
    clReleaseMemObject(memory)
    ledger?.add(-byteCount)
  }
}

/// The bytes that a context's buffers hold.
final class Ledger: Sendable {
  private let bytes = Mutex(0)

  func add(_ count: Int) { bytes.withLock { $0 += count } }
  var total: Int { bytes.withLock { $0 } }
}
