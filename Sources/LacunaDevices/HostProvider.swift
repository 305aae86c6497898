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

  public var cacheBound: Set<DeviceRates.Work> { [.tridiagonalize] }

  /// Of tridiagonal forms at large orders, the rate at the largest of the common ones less what its passes over the matrix take
  /// longer: a fraction of the time of a whole one.
  public func rate(_ work: DeviceRates.Work, order: Int, on backend: any Backend) throws(BackendError) -> Double {
    // What was timed would count to the memory of the trials after it.
    defer { HostMemory.trim() }
    let common = DeviceRates.orders[DeviceRates.orders.count - 1]
    guard work == .tridiagonalize, order > common else {
      return try DeviceRates.measure(work, order: order, on: backend)
    }
    let known = try DeviceRates.measure(work, order: common, on: backend)
    switch backend {
    case let host as HostBackend<Double>: return try host.tridiagonalizationRate(order: order, known: known, at: common)
    case let host as HostBackend<Float>: return try host.tridiagonalizationRate(order: order, known: known, at: common)
    default: return known
    }
  }

  public func prepareProcess() throws(BackendError) { try shortenOpenBLASWaits() }

  /// The host in float64: what theory solves its eigenproblems on, and what others are compared with.
  public func reference(threads: Int? = nil) -> any Backend<Double> { HostBackend<Double>(threads: threads) }

  /// Bytes that processes of this machine may still take.
  public static var availableMemory: Int { HostMemory.available }

  /// Bytes that this process held at most so far; nil where the system does not say.
  public static var peakMemory: Int? { HostMemory.peak }
}
