import LacunaAlgebra
import LacunaHost
import MaskedRegression

/// A Σ written out, for regressions that ask for it; it can hide that it is isotropic with spikes.
struct KnownCovariance: CovarianceOperator {
  typealias Device = HostBackend<Double>
  let device: Device
  let matrix: [[Double]]
  let isotropicSpikes: IsotropicSpikes?

  var variances: [Double] { matrix.indices.map { matrix[$0][$0] } }

  private func product(_ y: Device.Matrix) throws(BackendError) -> Device.Matrix {
    let sigma = try device.makeMatrix(matrix.flatMap { $0 }, rows: matrix.count, columns: matrix.count)
    let out = try device.makeMatrix(rows: y.rows, columns: y.columns)
    try device.multiply(y, transposeA: false, sigma, transposeB: false, alpha: 1, beta: 0, into: out)
    return out
  }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    try device.rowDots(q, try product(q), weights: nil, into: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) { try device.copy(try product(y), to: y) }
}

extension KnownCovariance {
  /// cI + Σ θ_s u_s u_sᵀ with random directions.
  static func spiked(_ d: Int, level: Double, strengths: [Double], device: Device) -> (
    shown: KnownCovariance, hidden: KnownCovariance
  ) {
    let stream = RandomStream(seed: 77, purpose: .samples, index: d)
    let directions = strengths.indices.map { s in
      let raw = (0..<d).map { EntryLaw.gaussian.value(at: UInt64(s * d + $0), of: stream) }
      let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return raw.map { $0 / norm }
    }
    let matrix = (0..<d).map { i in
      (0..<d).map { j in
        strengths.indices.reduce(i == j ? level : 0) { $0 + strengths[$1] * directions[$1][i] * directions[$1][j] }
      }
    }
    let spikes = IsotropicSpikes(level: level, strengths: strengths, directions: directions)
    return (
      KnownCovariance(device: device, matrix: matrix, isotropicSpikes: spikes),
      KnownCovariance(device: device, matrix: matrix, isotropicSpikes: nil)
    )
  }
}
