import LacunaAlgebra
import LacunaFits
import LacunaHost
import MaskedRegression
import RealModule

/// Samples to find directions in.
struct SpectrumSamples {
  static let host = HostBackend<Double>()

  var n, d: Int
  /// Of the noise: geometric from 0.2 to this many times 0.2.
  var ratio = 15.0
  var law = EntryLaw.gaussian
  /// θ_j over random directions.
  var strengths: [Double] = []

  var variances: [Double] { (0..<d).map { 0.2 * Double.pow(ratio, Double($0) / Double(max(d - 1, 1))) } }

  /// u_j, unit.
  var directions: [[Double]] {
    strengths.indices.map { j in
      let stream = RandomStream(seed: 31, purpose: .spikeDirections, index: j)
      let u = (0..<d).map { EntryLaw.gaussian.value(at: UInt64($0), of: stream) }
      let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return u.map { $0 / length }
    }
  }

  /// n × d, row-major.
  func drawn(_ draw: Int) -> [Double] {
    let stream = RandomStream(seed: 32, purpose: .samples, index: draw)
    let r = strengths.count
    let roots = variances.map { $0.squareRoot() }
    let directions = directions
    var rows: [Double] = []
    rows.reserveCapacity(n * d)
    for i in 0..<n {
      let first = UInt64(i * (d + r))
      let factors = (0..<r).map {
        strengths[$0].squareRoot() * EntryLaw.gaussian.value(at: first + UInt64(d + $0), of: stream)
      }
      for k in 0..<d {
        var value = roots[k] * law.value(at: first + UInt64(k), of: stream)
        for j in 0..<r { value += factors[j] * directions[j][k] }
        rows.append(value)
      }
    }
    return rows
  }

  func fit(_ draw: Int, ridge: RidgeChoice, centered: Bool = false) throws -> FitResult<HostBackend<Double>> {
    try FitRequest(ridge: ridge, centered: centered).fit(drawn(draw), sampleCount: n, on: Self.host)
  }
}
