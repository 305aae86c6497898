import LacunaAlgebra

/// Which device `auto` takes: the one that multiplies fastest, by a measurement that is kept.
///
/// A trial is multiplications almost alone, so the rate of one predicts the time of the other. Processors behind a driver are
/// never taken: the host's own library on the same cores is faster.
public struct DeviceRanking: Sendable {
  public let reason: String
  /// The device to take; nil for the host.
  let entry: DeviceRegistry.Entry?
  /// Its backend, where it had to be opened to be rated.
  let opened: (any Backend)?
  fileprivate let hostID: String

  /// What names the device to take.
  public var id: String { entry?.device.id ?? hostID }
}

extension DeviceRegistry {
  /// Compares the devices by their rates; what was not rated yet is opened and measured.
  public func rank(precision: Precision, threads: Int? = nil) -> DeviceRanking {
    let here = host.list()[0]
    func onHost(_ reason: String) -> DeviceRanking {
      DeviceRanking(reason: reason, entry: nil, opened: nil, hostID: here.id)
    }
    let entries = entries()
    guard !entries.isEmpty else { return onHost("no device beside the host") }
    let candidates = entries.filter { $0.device.kind != .cpu && $0.device.supports(precision) }
    guard !candidates.isEmpty else {
      return onHost("no usable device beside the host but processors, on which it computes itself")
    }
    let hostRate =
      multiplyRate(host.rateKey(here, precision: precision, threads: threads), by: host) { () throws(BackendError) in
        try host.open(here, precision: precision, threads: threads, cache: cache)
      } ?? 0
    var fastest: (entry: Entry, rate: Double, opened: (any Backend)?)?
    for entry in candidates {
      var opened: (any Backend)?
      let key = entry.provider.rateKey(entry.device, precision: precision, threads: threads)
      let rate = multiplyRate(key, by: entry.provider) { () throws(BackendError) in
        let backend = try entry.provider.open(entry.device, precision: precision, threads: threads, cache: cache)
        opened = backend
        return backend
      }
      if let rate, rate > (fastest?.rate ?? 0) { fastest = (entry, rate, opened) }
    }
    func gigaflops(_ rate: Double?) -> Int { Int(min(rate ?? 0, 1e24) * 1e-9) }
    guard let fastest, fastest.rate > hostRate else {
      return onHost(
        "the host multiplies faster (\(gigaflops(hostRate)) against \(gigaflops(fastest?.rate)) GFLOP/s)")
    }
    return DeviceRanking(
      reason: "\(fastest.entry.device.name) multiplies fastest (\(gigaflops(fastest.rate)) against the host's "
        + "\(gigaflops(hostRate)) GFLOP/s)",
      entry: fastest.entry, opened: fastest.opened, hostID: here.id)
  }
}
