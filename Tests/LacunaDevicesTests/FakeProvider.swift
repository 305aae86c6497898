import LacunaAlgebra
import LacunaDevices
import LacunaHost

/// A third kind of device: claims what a test makes it claim, and computes on one thread of the host.
struct FakeProvider: DeviceProvider {
  var word: String { "fake" }
  var devices: [ComputeDevice] = [FakeProvider.device()]
  /// Operations a second of everything.
  var claimedRate = 1e18
  /// Beyond it there is no memory to measure a rate.
  var largestOrder = Int.max
  /// Thrown by `open` and `join`.
  var failure: BackendError?
  var isSpread = false
  /// What `join` returns.
  var leads = true

  static func device(
    index: Int = 0, kind: ComputeDevice.Kind = .gpu, hasFloat64: Bool = true, obstacle: String? = nil
  ) -> ComputeDevice {
    ComputeDevice(
      id: "fake:\(index)", index: index, kind: kind, name: "Pretender \(index)", platform: "Tests", driver: "1",
      memory: 1 << 30, largestAllocation: 1 << 28, hasFloat64: hasFloat64, obstacle: obstacle)
  }

  func list() -> [ComputeDevice] { devices }

  func absence() -> String? { devices.isEmpty ? "no fake was made" : nil }

  func open(
    _ device: ComputeDevice, precision: Precision, threads: Int?, cache: MeasurementCache
  ) throws(BackendError) -> any Backend {
    if let failure { throw failure }
    switch precision {
    case .float64: return HostBackend<Double>(threads: 1)
    case .float32: return HostBackend<Float>(threads: 1)
    }
  }

  func join() throws(BackendError) -> Bool {
    if let failure { throw failure }
    return leads
  }

  func rate(_ work: DeviceRates.Work, order: Int, on backend: any Backend) throws(BackendError) -> Double {
    if order > largestOrder { throw .outOfMemory(requested: 8 * order * order, available: 0, device: "Pretender") }
    return claimedRate
  }
}
