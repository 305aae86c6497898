import LacunaAlgebra
import LacunaHost
import LacunaVerification

/// The backend a run computes on, and the one it may retreat to.
public struct DeviceSelection: Sendable {
  public let backend: any Backend
  /// The host, where `auto` took something else; one at most.
  private let others: [DeviceSelection]
  /// Why this device.
  public let reason: String
  /// Bytes of memory, and of the largest buffer, that the device offers.
  public let memory: Int
  public let largestAllocation: Int
  /// Rates of the device, and of its `singleThreaded` copy: kept ones, and what is missing is measured when asked for; nominal
  /// ones of a device that is spread over processes.
  public let rates, singleThreadedRates: DeviceRates
  /// Operations a second of a product, on the device and on the host where that is another; measured where they are not kept;
  /// none of a device that is spread over processes.
  public let multiplyRates: @Sendable () -> [(device: String, rate: Double)]
  private let report: @Sendable (DeviceEvent) -> Void

  /// The host, where `auto` took something else.
  public var retreat: DeviceSelection? { others.first }

  /// The host after a failure under `auto`, reported once; nil where a device was named.
  public func retreat(after error: BackendError) -> DeviceSelection? {
    guard let retreat else { return nil }
    report(.left(device: backend.description, error: error))
    return retreat
  }

  init(
    registry: DeviceRegistry, provider: any DeviceProvider, device: ComputeDevice, backend: any Backend,
    retreat: DeviceSelection?, reason: String, precision: Precision, threads: Int?, verifies: Bool
  ) {
    let own = provider.rateKey(device, precision: precision, threads: threads)
    let isHost = provider.word == registry.host.word
    // The host's own library is what all else is compared with.
    self.backend = verifies && !isHost && !provider.isSpread ? Self.verified(backend) : backend
    others = retreat.map { [$0] } ?? []
    self.reason = reason
    memory = isHost ? HostMemory.recentlyAvailable : device.memory - Self.reserve(device)
    largestAllocation = min(
      device.largestAllocation ?? .max, device.largestMatrix.map { $0 * precision.byteCount } ?? .max)
    report = registry.cache.report
    if provider.isSpread {
      (rates, singleThreadedRates, multiplyRates) = (.nominal, .nominal, { [] })
      return
    }
    rates = registry.deviceRates(of: backend, key: own, by: provider, kind: device.kind)
    singleThreadedRates = registry.deviceRates(
      of: backend.singleThreaded, key: provider.rateKey(device, precision: precision, threads: 1), by: provider,
      kind: device.kind)
    multiplyRates = {
      var rates: [(device: String, rate: Double)] = []
      if let rate = registry.multiplyRate(own, by: provider, open: { () throws(BackendError) in backend }) {
        rates.append((backend.description, rate))
      }
      if !isHost {
        let here = registry.host.list()[0]
        let key = registry.host.rateKey(here, precision: precision, threads: threads)
        if let host = try? registry.host.open(here, precision: precision, threads: threads, cache: registry.cache),
          let rate = registry.multiplyRate(key, by: registry.host, open: { () throws(BackendError) in host })
        {
          rates.append((host.description, rate))
        }
      }
      return rates
    }
  }

  /// Bytes of a device's memory that its driver and a display may hold.
  private static func reserve(_ device: ComputeDevice) -> Int {
    device.kind == .cpu ? 0 : min(1 << 30, max(256 << 20, device.memory / 32), device.memory / 4)
  }

  private static func verified(_ backend: some Backend) -> any Backend { VerifiedBackend(backend) }
}
