import LacunaAlgebra

/// What the eigenvalues of a fit's predictor, and of its Gram, are those of.
extension DataFit {
  /// B = I − D^(−½)QD^(−½) with D = diag Q, similar to the predictor: its columns are those on the device, divided by √w.
  /// - Parameter ridge: λ.
  /// - Returns: B, d × d, to be destroyed, and D up to a factor.
  package func symmetrizedPredictor(ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    try symmetrizedPredictor(ridge: ridge, of: route)
  }

  /// The greatest eigenvalues of B without B itself, where it has many times the samples' order; nil elsewhere.
  /// - Parameter ridge: λ.
  package func leadingSpectrum(ridge: Double) throws -> LeadingSpectrum<Device>? {
    try leadingSpectrum(ridge: ridge, of: route)
  }

  /// B's order up to which all of its eigenvalues are had for less than a search for the ridge takes: twice the samples', and
  /// beside few samples this.
  private static var leastLeadingOrder: Int { 500 }

  /// The same of other samples.
  func leadingSpectrum(ridge: Double, of route: Route) throws -> LeadingSpectrum<Device>? {
    guard case .dual(let dual) = route, coordinateCount > max(Self.leastLeadingOrder, 2 * sampleCount),
      let ridge = deviceRidge(ridge), ridge > 0
    else { return nil }
    return try LeadingSpectrum(dual, ridge: ridge)
  }

  /// The eigenvalues of S, w taken off on both sides, in the units of the data; those that are surely 0 left out.
  package func gramEigenvalues() throws -> [Double] { try spectrum().map { $0 / ridgeUnit } }

  /// Mean squares of the columns over w.
  package var weightedVariances: [Double] { zip(variances, penalty).map { $0 / $1 } }

  /// What a coordinate's part in a direction of the device's columns is multiplied by in those of the data.
  package var columnUnits: [Double] { divisors }

  /// The same of other samples.
  func symmetrizedPredictor(
    ridge: Double, of route: Route
  ) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    let ridge = try keptRidge(ridge)
    let d = coordinateCount
    let matrix: Device.Matrix
    let diagonal: [Double]
    switch route {
    case .primal(let primal):
      (matrix, diagonal) = try primal.spentResolvent(ridge: ridge)
    case .dual(let dual):
      // λQ = I − XᵀMX/n, whose entries beside the diagonal cancel nothing.
      let regression = dual.regression
      diagonal = try dual.scales(ridge: ridge).map { 1 / (Double(sampleCount) * $0) }
      let product = try device.makeMatrix(rows: sampleCount, columns: d)
      try device.multiply(
        regression.inverse, transposeA: false, regression.samples, transposeB: false, alpha: 1, beta: 0, into: product)
      matrix = try device.makeMatrix(rows: d, columns: d)
      try device.multiply(
        regression.samples, transposeA: true, product, transposeB: false, alpha: -1 / Device.Element(sampleCount),
        beta: 0, into: matrix)
    }
    try symmetrize(matrix, diagonal: diagonal)
    return (matrix, diagonal)
  }

  /// I − D^(−½)QD^(−½) in the place of Q, or of a multiple of it.
  /// - Parameter diagonal: of D, or the same multiple.
  func symmetrize(_ matrix: Device.Matrix, diagonal: [Double]) throws {
    let roots = diagonal.map { 1 / $0.squareRoot() }
    try device.scale(
      matrix, rows: try device.makeVector(elements(roots.map { -$0 })), columns: try device.makeVector(elements(roots)))
    try device.setDiagonal(of: matrix, to: try device.makeVector(coordinateCount))
  }

  /// A ridge in the device's units.
  /// - Throws: `RegressionError.lostDigits` where it has no digits there.
  func keptRidge(_ ridge: Double) throws -> Double {
    guard let kept = deviceRidge(ridge) else {
      throw RegressionError.lostDigits(
        sample: nil, coordinate: nil, ridge: ridge, precision: Device.Element.precision)
    }
    return kept
  }
}
