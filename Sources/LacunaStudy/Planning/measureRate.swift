import Dispatch
import LacunaAlgebra

extension DeviceRates {
  /// Operations a second of one kind of work at one order, the best of up to four runs within half a second, from queueing
  /// the work until a number of its result is on the host.
  public static func measure<Device: Backend>(_ work: Work, order d: Int, on device: Device) throws -> Double {
    let source = try device.makeMatrix(rows: d, columns: d)
    let target = try device.makeMatrix(rows: d, columns: d)
    let probe = try device.makeVector(d)
    let stream = RandomStream(seed: 1, purpose: .probes, index: 0)
    try device.fill(source, law: .gaussian, stream: stream, offset: 0)
    var tridiagonal: SymmetricTridiagonal?
    var forms: Device.Matrix?
    switch work {
    case .multiply, .fill: break
    case .forms:
      tridiagonal = SymmetricTridiagonal(
        diagonal: [Double](repeating: 3, count: d), offDiagonal: [Double](repeating: 1, count: max(d - 1, 0)))
      forms = try device.makeMatrix(rows: 16, columns: d)
    case .invert, .tridiagonalize, .eigendecompose:
      let gram = try device.makeMatrix(rows: d, columns: d)
      try device.accumulateGram(of: source, scale: 1 / Device.Element(d), into: gram)
      try device.addDiagonal(1, to: gram)
      try device.copy(gram, to: source)
    }
    var operations = work.operations(order: Double(d))
    var best = UInt64.max
    var spent: UInt64 = 0
    for _ in 0..<4 where spent < 500_000_000 {
      switch work {
      case .invert, .tridiagonalize, .eigendecompose: try device.copy(source, to: target)
      case .multiply, .fill, .forms: break
      }
      try device.diagonal(of: target, into: probe)
      _ = try device.download(probe)
      let start = DispatchTime.now().uptimeNanoseconds
      switch work {
      case .multiply:
        try device.multiply(source, transposeA: false, source, transposeB: true, alpha: 1, beta: 0, into: target)
      case .invert: _ = try device.invertPositiveDefinite(target)
      case .tridiagonalize: _ = try device.tridiagonalize(target)
      case .eigendecompose: _ = try device.eigendecompose(target)
      case .fill: try device.fill(target, law: .gaussian, stream: stream, offset: 0)
      case .forms:
        guard let tridiagonal, let forms else { preconditionFailure("forms are prepared above") }
        let shifts = [Double](repeating: 1, count: 8)
        try device.resolventForms(of: source, tridiagonal: tridiagonal, shifts: shifts, probes: [], into: forms)
        operations = Double(shifts.count) * work.operations(order: Double(d))
        _ = try device.download(forms)
      }
      try device.diagonal(of: target, into: probe)
      _ = try device.download(probe)
      let time = DispatchTime.now().uptimeNanoseconds - start
      best = min(best, time)
      spent += time
    }
    return operations / (Double(max(best, 1)) * 1e-9)
  }
}
