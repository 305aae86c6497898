import LinearAlgebra

/// Leave-one-coordinate-out regression through the n × n Gram of the samples, K = XXᵀ/n: the route for n < d.
///
/// With M = (K + λI)⁻¹ and Y = MX = XQ, the resolvent is λQ = I − XᵀY/n. Its diagonal p = λ diag Q and all errors come
/// from products with n × n and n × d matrices; no d × d matrix is formed, and nothing here cancels as Q ~ 1/λ makes the
/// primal route do when n < d.
public struct DualRegression<Device: Backend> {
  public let device: Device
  /// X, n × d. Set it and call `refresh` before each use.
  public let samples: Device.Matrix
  let gram: Device.Matrix
  let inverse: Device.Matrix
  let product: Device.Matrix
  let coordinates: Device.Matrix
  let sampleVector: Device.Matrix

  public var sampleCount: Int { samples.rows }
  public var coordinateCount: Int { samples.columns }

  /// Takes 2n² + nd numbers beside the samples.
  public init(device: Device, samples: Device.Matrix) throws {
    self.device = device
    self.samples = samples
    gram = try device.makeMatrix(rows: samples.rows, columns: samples.rows)
    inverse = try device.makeMatrix(rows: samples.rows, columns: samples.rows)
    product = try device.makeMatrix(rows: samples.rows, columns: samples.columns)
    coordinates = try device.makeVector(samples.columns)
    sampleVector = try device.makeVector(samples.rows)
  }

  /// Forms K from the samples as they are now.
  public func refresh() throws {
    try device.clear(gram)
    try device.accumulateSampleGram(of: samples, scale: 1 / Device.Element(sampleCount), into: gram)
  }

  /// The parts of the solution at one ridge. `inverse` holds M and `product` holds Y until the next call.
  struct Solution {
    /// p_k = λQ_kk = 1 − x_kᵀMx_k/n, x_k the k-th column of X.
    var scaledDiagonal: [Double]
    /// ‖Y_k‖² of each column.
    var productSquares: [Double]
  }

  /// Solves at one ridge λ > 0.
  func solve(ridge: Double) throws -> Solution {
    guard ridge > 0 else {
      throw RegressionError.singularGram(sampleCount: sampleCount, coordinateCount: coordinateCount)
    }
    let n = Double(sampleCount)
    let precision = Device.Element.precision
    try device.copy(gram, to: inverse)
    try device.addDiagonal(Device.Element(ridge), to: inverse)
    try invertGram(inverse, ridge: ridge, on: device) { _ in nil }
    try device.symmetrize(inverse)
    try device.multiply(
      inverse, transposeA: false, samples, transposeB: false, alpha: 1, beta: 0, into: product)
    try device.columnDots(samples, product, weights: nil, into: coordinates)
    let explained = try device.download(coordinates)
    try device.columnDots(product, product, weights: nil, into: coordinates)
    let squares = try device.download(coordinates)
    let scaledDiagonal = explained.map { 1 - Double($0) / n }
    let limit = Double(coordinateCount) * Double(Device.Element.ulpOfOne)
    for k in scaledDiagonal.indices where !(scaledDiagonal[k] > limit) {
      throw RegressionError.numericallySingular(coordinate: k, ridge: ridge, precision: precision)
    }
    return Solution(scaledDiagonal: scaledDiagonal, productSquares: squares.map(Double.init))
  }

  /// Training and generalisation error of every coordinate at one ridge.
  ///
  ///     E_tr,k  = λ²‖Y_k‖²/(n p_k²)
  ///     E_gen,k = (Σ_kk − 2(Σ P)_kk + (PΣP)_kk) / p_k²,   P = XᵀY/n,
  ///     (PΣ)_kk = x_kᵀ(YΣ)_k/n,   (PΣP)_kk = x_kᵀ (YΣYᵀ) x_k / n²
  ///
  /// - Parameter covariance: Σ, or nil where it is unknown.
  /// - Parameter scratch: n × d, destroyed.
  public func errors(
    ridge: Double, covariance: (any CovarianceOperator<Device>)?, scratch: Device.Matrix
  ) throws -> CoordinateErrors {
    let n = Double(sampleCount)
    let solution = try solve(ridge: ridge)
    let p = solution.scaledDiagonal
    let training = zip(p, solution.productSquares).map { p, square in ridge * ridge * square / (n * p * p) }
    guard let covariance else { return CoordinateErrors(training: training, generalization: nil) }

    try device.copy(product, to: scratch)
    try covariance.multiply(scratch)
    try device.columnDots(samples, scratch, weights: nil, into: coordinates)
    let crossed = try device.download(coordinates)
    let core = inverse
    try device.multiply(scratch, transposeA: false, product, transposeB: true, alpha: 1, beta: 0, into: core)
    try device.multiply(core, transposeA: false, samples, transposeB: false, alpha: 1, beta: 0, into: scratch)
    try device.columnDots(samples, scratch, weights: nil, into: coordinates)
    let squared = try device.download(coordinates)
    let generalization = p.indices.map { k in
      let form = covariance.variances[k] - 2 * Double(crossed[k]) / n + Double(squared[k]) / (n * n)
      return form / (p[k] * p[k])
    }
    return CoordinateErrors(training: training, generalization: generalization)
  }
}
