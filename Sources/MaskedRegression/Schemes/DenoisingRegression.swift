import LacunaAlgebra

/// Hands blocks of samples with the number of their first one to a body, from the first sample to the last; each call passes
/// over the data once more.
public typealias SampleSource<Device: Backend> = (_ body: (Device.Matrix, Int) throws -> Void) throws -> Void

/// Regression over drawn masks with the loss over all coordinates, hidden or not.
///
/// With the mask-aggregated Gram and cross moment of the n·M masked samples,
///
///     G = (1/(nM)) Σ_i Σ_m (m ∘ x)(m ∘ x)ᵀ,   C = (1/(nM)) Σ_i Σ_m x (m ∘ x)ᵀ,   P = (G + λI)⁻¹,
///
/// every row without constraint is that of CP; no coordinate reading itself (Â_kk = 0), row k is
/// (CP)_k − ((CP)_kk/P_kk) P_k. One inverse gives all rows.
public struct DenoisingRegression<Device: Backend> {
  private let device: Device
  private let gram: Device.Matrix
  private let cross: Device.Matrix
  private let variances: [Double]

  /// Passes over the samples once.
  public init(
    device: Device, masks: MaskPattern, sampleCount n: Int, coordinateCount d: Int, samples: SampleSource<Device>
  ) throws {
    self.device = device
    let gram = try device.makeMatrix(rows: d, columns: d)
    let cross = try device.makeMatrix(rows: d, columns: d)
    let squares = try device.makeVector(d)
    var sums = [Double](repeating: 0, count: d)
    let scale = 1 / Device.Element(n * masks.count)
    try samples { block, first in
      try device.accumulateMaskedGram(of: block, masks: masks, firstSample: first, scale: scale, into: gram)
      try device.accumulateMaskedCross(of: block, masks: masks, firstSample: first, scale: scale, into: cross)
      try device.columnDots(block, block, weights: nil, into: squares)
      for (k, sum) in try device.download(squares).enumerated() { sums[k] += Double(sum) }
    }
    self.gram = gram
    self.cross = cross
    variances = sums.map { $0 / Double(n) }
  }

  /// - Parameter ridge: λ.
  /// - Parameter hollow: forbid that a coordinate reads itself; false gives CP, the linear denoiser.
  /// - Throws: `RegressionError.numericallySingular`.
  public func fit(ridge: Double, hollow: Bool = true) throws -> SchemePredictor<Device> {
    let d = gram.rows
    try device.symmetrize(gram)
    let local = try device.makeMatrix(rows: d, columns: d)
    try device.copy(gram, to: local)
    try device.addDiagonal(Device.Element(ridge), to: local)
    let inverse = try device.makeMatrix(rows: d, columns: d)
    try device.copy(local, to: inverse)
    try invertGram(inverse, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(inverse)
    let vector = try device.makeVector(d)
    try device.diagonal(of: local, into: vector)
    let condition = try device.condition(of: inverse, squares: doubles(try device.download(vector)))
    let predictor = try device.makeMatrix(rows: d, columns: d)
    try device.multiply(
      cross, transposeA: false, inverse, transposeB: false, alpha: 1, beta: 0, into: predictor)
    if hollow {
      try device.diagonal(of: predictor, into: vector)
      let own = try device.doubles(vector)
      try device.diagonal(of: inverse, into: vector)
      let diagonal = try device.doubles(vector)
      try device.scale(
        inverse, rows: try device.makeVector(own.indices.map { Device.Element(own[$0] / diagonal[$0]) }), columns: nil)
      try device.add(inverse, alpha: -1, beta: 1, to: predictor)
      try device.setDiagonal(of: predictor, to: try device.makeVector(d))
    }
    // What the rows leave of their equations; that of its own coordinate, which a hollow row need not meet, meets its 0.
    let rest = inverse
    try device.copy(cross, to: rest)
    try device.multiply(predictor, transposeA: false, local, transposeB: false, alpha: -1, beta: 1, into: rest)
    let explained = try device.doubleRowDots(predictor, cross)
    let unsolved = try device.doubleRowDots(predictor, rest)
    let squares = try device.doubleRowDots(predictor, predictor)
    // That of this predictor, solved to the last digit or not. A mean square: what is below 0 is rounding.
    return SchemePredictor(
      matrix: predictor,
      training: variances.indices.map {
        nonNegative(variances[$0] - explained[$0] - unsolved[$0] - ridge * squares[$0])
      }, condition: condition)
  }
}
