import CCLBlast
import COpenCL
import LacunaAlgebra

/// CLBlast as this backend uses it: one thread at a time in the whole process, and only its matrix product.
///
/// Its first use from several threads races, so a process-wide lock serialises every call. Its programs are cached by
/// context, so all backends of a device share one context, made on first use and kept.
enum CLBlast {
  static let lock = RecursiveLock()
  private nonisolated(unsafe) static var contexts: [cl_device_id: cl_context] = [:]
  private nonisolated(unsafe) static var trusted: Set<String> = []
  private nonisolated(unsafe) static var tilings: [String: GemmParameters] = [:]
  private nonisolated(unsafe) static var ways: [String: ProductWays] = [:]

  /// The process's context on a device.
  static func sharedContext(_ device: OpenCLDevice) throws(BackendError) -> cl_context {
    try lock.held { () throws(BackendError) in
      if let kept = contexts[device.id] { return kept }
      var status: cl_int = 0
      var id: cl_device_id? = device.id
      guard let context = clCreateContext(nil, 1, &id, nil, nil, &status) else {
        throw .device(call: "clCreateContext", status: Int(status), log: Status.name(Int(status)))
      }
      contexts[device.id] = context
      return context
    }
  }

  /// Whether products passed their self-test in this process; once is enough, the parameters being the same.
  static func isTrusted(_ device: OpenCLDevice, precision: Precision) -> Bool {
    lock.held { trusted.contains("\(device.id) \(precision)") }
  }

  static func distrust(_ device: OpenCLDevice, precision: Precision) {
    lock.held { _ = trusted.remove("\(device.id) \(precision)") }
  }

  static func trust(_ device: OpenCLDevice, precision: Precision) {
    lock.held { _ = trusted.insert("\(device.id) \(precision)") }
  }

  /// The tiling that products of a device run with; nil before one was set.
  static func tiling(_ device: OpenCLDevice, precision: Precision) -> GemmParameters? {
    lock.held { tilings["\(device.id) \(precision)"] }
  }

  static func note(_ tiling: GemmParameters, _ device: OpenCLDevice, precision: Precision) {
    lock.held { tilings["\(device.id) \(precision)"] = tiling }
  }

  /// By what large products and rank updates of a device that was measured are computed; nil for any other.
  static func ways(_ device: OpenCLDevice, precision: Precision) -> ProductWays? {
    lock.held { ways["\(device.id) \(precision)"] }
  }

  static func note(_ ways: ProductWays, _ device: OpenCLDevice, precision: Precision) {
    lock.held { self.ways["\(device.id) \(precision)"] = ways }
  }

  static func check(_ status: CLBlastStatusCode, _ call: String, _ device: OpenCLDevice) throws(BackendError) {
    let code = Int(status.rawValue)
    if code == 0 { return }
    if Status.isOutOfMemory(cl_int(truncatingIfNeeded: code)) {
      throw .outOfMemory(requested: 0, available: 0, device: device.name)
    }
    throw .device(call: call, status: code, log: Status.name(code))
  }
}
