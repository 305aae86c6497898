import Dispatch
import LacunaAlgebra
import LacunaHost
import LacunaOpenCL

/// Which device `auto` takes: the one that multiplies fastest, by a measurement kept in the user's cache folder.
///
/// A trial is multiplications almost alone, so the rate of one predicts the time of the other. OpenCL devices of the
/// type CPU are never taken: OpenBLAS on the same cores is faster.
struct DeviceRanking {
  /// The OpenCL device to take; nil means the host.
  let best: OpenCLDevice?
  let reason: String

  init<Element: HostScalar & OpenCLScalar>(host: HostBackend<Element>) {
    let devices = OpenCLDevice.all()
    guard !devices.isEmpty else {
      best = nil
      reason = "no OpenCL device"
      return
    }
    let needsFloat64 = Element.precision == .float64
    let candidates = devices.filter { $0.isUsable && $0.kind != .cpu && ($0.hasFloat64 || !needsFloat64) }
    guard !candidates.isEmpty else {
      best = nil
      reason = "no OpenCL device but processors, where OpenBLAS is faster"
      return
    }
    var rates = RateCache()
    let hostRate = rates.rate(of: rateKey(host)) { try multiplyRate(host) } ?? 0
    var fastest: (device: OpenCLDevice, rate: Double)?
    for device in candidates {
      let rate = rates.rate(of: rateKey(device, Element.precision)) {
        try multiplyRate(try OpenCLBackend<Element>(device: device, tilings: .cached))
      }
      if let rate, rate > (fastest?.rate ?? 0) { fastest = (device, rate) }
    }
    rates.save()
    guard let fastest, fastest.rate > hostRate else {
      best = nil
      reason = "the host multiplies faster (\(Int(hostRate)) against \(Int(fastest?.rate ?? 0)) GFLOP/s)"
      return
    }
    best = fastest.device
    reason =
      "\(fastest.device.name) multiplies fastest (\(Int(fastest.rate)) against the host's \(Int(hostRate)) GFLOP/s)"
  }
}

/// Under which the rate of the host is kept.
func rateKey<Element>(_ host: HostBackend<Element>) -> String { "\(host.description) \(Element.precision.rawValue)" }

/// Under which the rate of a device is kept.
func rateKey(_ device: OpenCLDevice, _ precision: Precision) -> String {
  "\(device.platform) \(device.name) \(device.driver) \(precision.rawValue)"
}

/// GFLOP/s of a square multiply of 1024, best of three after a warm-up.
func multiplyRate<Device: Backend>(_ device: Device) throws -> Double {
  let size = 1024
  let a = try device.makeMatrix(rows: size, columns: size)
  let c = try device.makeMatrix(rows: size, columns: size)
  try device.fill(a, law: .gaussian, stream: RandomStream(seed: 1, purpose: .probes, index: 0), offset: 0)
  let probe = try device.makeVector(size)
  var best = UInt64.max
  for _ in 0..<4 {
    let start = DispatchTime.now().uptimeNanoseconds
    try device.multiply(a, transposeA: false, a, transposeB: true, alpha: 1, beta: 0, into: c)
    try device.diagonal(of: c, into: probe)
    _ = try device.download(probe)
    best = min(best, DispatchTime.now().uptimeNanoseconds - start)
  }
  return 2 * Double(size * size * size) / Double(best)
}
