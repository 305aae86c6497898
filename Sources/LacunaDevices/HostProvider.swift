import LacunaAlgebra
import LacunaHost

/// The machine's own cores: one device, always there, to which others retreat.
public struct HostProvider: DeviceProvider {
  public init() {}

  public var word: String { "host" }

  public func list() -> [ComputeDevice] {
    let backend = HostBackend<Double>()
    return [
      ComputeDevice(
        id: word, index: 0, kind: .cpu, name: backend.description, memory: HostMemory.recentlyAvailable,
        units: backend.threadCount)
    ]
  }

  public func absence() -> String? { nil }

  public func open(
    _ device: ComputeDevice, precision: Precision, threads: Int?, cache: MeasurementCache
  ) throws(BackendError) -> any Backend {
    switch precision {
    case .float64: HostBackend<Double>(threads: threads)
    case .float32: HostBackend<Float>(threads: threads)
    }
  }

  public func rateKey(_ device: ComputeDevice, precision: Precision, threads: Int?) -> String {
    "\(HostBackend<Double>(threads: threads).description) \(precision.rawValue)"
  }

  public func prepareProcess() throws(BackendError) { try shortenOpenBLASWaits() }

  /// The host in float64: what theory solves its eigenproblems on, and what others are compared with.
  public func reference(threads: Int? = nil) -> any Backend<Double> { HostBackend<Double>(threads: threads) }

  /// Bytes that processes of this machine may still take.
  public static var availableMemory: Int { HostMemory.available }

  /// Bytes that this process held at most so far; nil where the system does not say.
  public static var peakMemory: Int? { HostMemory.peak }
}
