import LacunaAlgebra
import MaskedRegression
import RealModule

/// Σ = D + UΘUᵀ, D diagonal and U of r columns (r may be 0).
///
/// With D^(−½)U = QR, Q orthonormal, and the Cholesky factor FFᵀ = I + RΘRᵀ (r × r), Σ = LLᵀ for
/// L = D^½(I + Q(F − I)Qᵀ): two products with r columns and a scaling a row. Negative strengths are legal while Σ ≻ 0.
struct SpikedOperator<Device: Backend>: SampledCovariance {
  let variances: [Double]
  let isotropicSpikes: IsotropicSpikes?
  private let device: Device
  private let scratch: Scratch<Device>
  private let scratch2: Scratch<Device>
  /// D and D^½; nil where D = I.
  private let noise: Device.Matrix?
  private let noiseRoot: Device.Matrix?
  private let spikes: Spikes?

  private struct Spikes {
    /// Rows: the directions u_j, the orthonormal basis Qᵀ, and ((F − I)ᵀQᵀ).
    var directions, basis, update: Device.Matrix
    var strengths: Device.Matrix
  }

  /// - Parameter directions: r unit vectors of length d.
  init(device: Device, noise: [Double], strengths: [Double], directions: [[Double]]) throws(BackendError) {
    self.device = device
    scratch = Scratch(device)
    scratch2 = Scratch(device)
    var variances = noise
    for (strength, u) in zip(strengths, directions) {
      for k in u.indices { variances[k] += strength * u[k] * u[k] }
    }
    self.variances = variances
    isotropicSpikes =
      noise.allSatisfy { $0 == noise[0] }
      ? IsotropicSpikes(level: noise[0], strengths: strengths, directions: directions) : nil
    let isUnit = noise.allSatisfy { $0 == 1 }
    self.noise = isUnit ? nil : try device.makeVector(Device.Element.nearest(noise))
    noiseRoot = isUnit ? nil : try device.makeVector(Device.Element.nearest(noise.map { $0.squareRoot() }))
    guard !strengths.isEmpty else {
      spikes = nil
      return
    }
    let factor = LowRankRoot(noise: noise, strengths: strengths, directions: directions)
    func matrix(_ rows: [[Double]]) throws(BackendError) -> Device.Matrix {
      try device.makeMatrix(Device.Element.nearest(rows.flatMap(\.self)), rows: rows.count, columns: noise.count)
    }
    spikes = Spikes(
      directions: try matrix(directions), basis: try matrix(factor.basis), update: try matrix(factor.update),
      strengths: try device.makeVector(Device.Element.nearest(strengths)))
  }

  func sample(into x: Device.Matrix, law: EntryLaw, stream: RandomStream, firstSample: Int) throws(BackendError) {
    try device.fill(x, law: law, stream: stream, offset: UInt64(firstSample * x.columns))
    if let spikes {
      let parts = try scratch.matrix(rows: x.rows, columns: spikes.basis.rows)
      try device.multiply(x, transposeA: false, spikes.basis, transposeB: true, alpha: 1, beta: 0, into: parts)
      try device.multiply(parts, transposeA: false, spikes.update, transposeB: false, alpha: 1, beta: 1, into: x)
    }
    if let noiseRoot { try device.scale(x, rows: nil, columns: noiseRoot) }
  }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    try device.rowDots(q, q, weights: noise, into: out)
    guard let spikes else { return }
    let parts = try scratch.matrix(rows: q.rows, columns: spikes.directions.rows)
    let sums = try scratch2.matrix(rows: 1, columns: q.rows)
    try device.multiply(q, transposeA: false, spikes.directions, transposeB: true, alpha: 1, beta: 0, into: parts)
    try device.rowDots(parts, parts, weights: spikes.strengths, into: sums)
    try device.add(sums, alpha: 1, beta: 1, to: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) {
    var parts: Device.Matrix?
    if let spikes {
      let products = try scratch.matrix(rows: y.rows, columns: spikes.directions.rows)
      try device.multiply(y, transposeA: false, spikes.directions, transposeB: true, alpha: 1, beta: 0, into: products)
      try device.scale(products, rows: nil, columns: spikes.strengths)
      parts = products
    }
    if let noise { try device.scale(y, rows: nil, columns: noise) }
    if let spikes, let parts {
      try device.multiply(parts, transposeA: false, spikes.directions, transposeB: false, alpha: 1, beta: 1, into: y)
    }
  }
}

struct SpikedStructure: CovarianceStructure {
  var noise: [Double]
  var strengths: [Double]
  var directions: [[Double]]
  var isIsotropicSpiked: Bool { noise.allSatisfy { $0 == noise[0] } }

  func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    try SpikedOperator(device: device, noise: noise, strengths: strengths, directions: directions)
  }
}
