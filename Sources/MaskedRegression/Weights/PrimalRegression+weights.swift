import LacunaAlgebra

extension PrimalRegression {
  /// Q = (S + λ diag(w))⁻¹, full and symmetric, and its diagonal.
  ///
  /// Inverted in coordinates over √w, where units do not count.
  /// - Parameter ridge: λ.
  /// - Parameter weights: w, each above 0.
  /// - Parameter q: d × d, overwritten by Q.
  /// - Throws: as the other.
  public func resolvent(
    ridge: Double, weights: [Double], scratch q: Device.Matrix
  ) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    if ridge == 0 && sampleCount < coordinateCount {
      throw RegressionError.singularGram(sampleCount: sampleCount, coordinateCount: coordinateCount)
    }
    let factors = try device.makeVector(elements(weights.map { 1 / $0.squareRoot() }))
    try device.copy(gram, to: q)
    try device.scale(q, rows: factors, columns: factors)
    try device.addDiagonal(Device.Element(ridge), to: q)
    let squares = try diagonal(of: q)
    try invertGram(q, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(q)
    let diagonal = try diagonal(of: q)
    let limit = 1 / (Double(coordinateCount) * Double(Device.Element.ulpOfOne))
    if let k = diagonal.indices.first(where: { !(squares[$0] * diagonal[$0] < limit) }) {
      throw RegressionError.numericallySingular(coordinate: k, ridge: ridge, precision: Device.Element.precision)
    }
    try device.scale(q, rows: factors, columns: factors)
    return (q, zip(diagonal, weights).map { $0 / $1 })
  }

  /// Both errors of each coordinate,
  ///
  ///     E_tr,k = (Q_kk − λ(Q diag(w) Q)_kk)/Q_kk²,   E_gen,k = (QΣQ)_kk/Q_kk².
  ///
  /// - Parameter ridge: λ.
  /// - Parameter weights: w.
  /// - Parameter q: Q of these; destroyed.
  /// - Parameter diagonal: diag Q.
  /// - Parameter covariance: Σ of new samples.
  public func errors(
    ridge: Double, weights: [Double], resolvent q: Device.Matrix, diagonal: [Double],
    covariance: any CovarianceOperator<Device>
  ) throws -> CoordinateErrors {
    var training = diagonal.map { 1 / $0 }
    if ridge > 0 {
      try device.rowDots(q, q, weights: try device.makeVector(elements(weights)), into: vector)
      let forms = doubles(try device.download(vector))
      training = zip(diagonal, forms).map { q, form in nonNegative(q - ridge * form) / (q * q) }
    }
    try covariance.forms(of: q, into: vector)
    let forms = doubles(try device.download(vector))
    return CoordinateErrors(training: training, generalization: zip(diagonal, forms).map { $1 / ($0 * $0) })
  }
}
