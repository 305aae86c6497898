import COpenCL
import LacunaAlgebra

/// Status codes of OpenCL and CLBlast, by name, and the errors they become.
enum Status {
  /// Statuses that mean memory ran out rather than that the call or the device is broken.
  static func isOutOfMemory(_ status: cl_int) -> Bool {
    [CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_HOST_MEMORY, CL_INVALID_BUFFER_SIZE].contains(status)
  }

  /// A name for people; empty where none is known.
  static func name(_ status: Int) -> String {
    switch status {
    case -1: "device not found"
    case -2: "device not available"
    case -3: "compiler not available"
    case -4: "memory object allocation failure"
    case -5: "out of resources (a kernel fault, a lost device or too large a launch)"
    case -6: "out of host memory"
    case -11: "program build failure"
    case -36: "invalid command queue (the device may be lost)"
    case -45: "invalid program executable"
    case -46: "invalid kernel name"
    case -48: "invalid kernel"
    case -52: "invalid kernel arguments"
    case -54: "invalid work-group size"
    case -61: "invalid buffer size"
    case -1017: "a dimension is zero (CLBlast)"
    case -1011: "a buffer is too small (CLBlast)"
    case -2039: "kernel run error (CLBlast)"
    case -2044: "no float64 (CLBlast)"
    default: ""
    }
  }

  /// What a kernel answered that none can: the device's fault.
  static func nonsense(_ kernel: String, _ answer: String) -> BackendError {
    .device(call: kernel, status: 0, log: "it answered \(answer); the device is at fault")
  }

  /// Throws unless the call succeeded.
  static func check(_ status: cl_int, _ call: @autoclosure () -> String) throws(BackendError) {
    if status != CL_SUCCESS { throw .device(call: call(), status: Int(status), log: name(Int(status))) }
  }
}
