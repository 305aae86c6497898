import LacunaAlgebra

/// Leave-one-coordinate-out regression through the n × n Gram of the samples, K = XXᵀ/n: the route for n < d.
///
/// With M = (K + λI)⁻¹ and Y = MX = XQ, the resolvent is λQ = I − XᵀY/n. Its diagonal p = λ diag Q, all errors and the
/// predictor Â_kj = x_kᵀy_j/(n p_k) come from M and blocks of columns of X; no d × d matrix is formed, no second n × d one,
/// and nothing here cancels as Q ~ 1/λ makes the primal route do when n < d.
///
/// λ = 0 is the ridgeless limit λ → 0: λQ becomes the projector I − X⁺X, and each row of Â the regression of least norm.
public struct DualRegression<Device: Backend> {
  public let device: Device
  /// X, n × d. Set it and call `refresh` before each use. Has no rows where the columns come from elsewhere.
  public let samples: Device.Matrix
  public let sampleCount: Int
  public let coordinateCount: Int
  private let source: (any SampleColumns<Device>)?
  /// K + μ11ᵀ/n, lower triangle.
  let gram: Device.Matrix
  let inverse: Device.Matrix
  /// μ > 0 where the columns of X sum to zero. Then 1 is K's null vector and no part of X: giving it an eigenvalue leaves
  /// Y as it is, and keeps M from growing as 1/λ.
  let deflation: Double
  private let ones: Device.Matrix?
  private let sampleVector: Device.Matrix
  private let columnStorage: [Device.Matrix]

  /// Takes 2n² numbers and two blocks of columns beside the samples.
  /// - Parameter device: where the work is done.
  /// - Parameter samples: n × d.
  /// - Parameter deflation: μ ≥ 0, of the size of K's eigenvalues where the columns sum to zero, else 0.
  public init(device: Device, samples: Device.Matrix, deflation: Double = 0) throws {
    try self.init(
      device: device, samples: samples, source: nil, sampleCount: samples.rows, coordinateCount: samples.columns,
      deflation: deflation)
  }

  /// The same of columns that are no matrix on the device.
  init(device: Device, columns: any SampleColumns<Device>, deflation: Double) throws {
    try self.init(
      device: device, samples: try device.makeMatrix(rows: 0, columns: columns.coordinateCount), source: columns,
      sampleCount: columns.sampleCount, coordinateCount: columns.coordinateCount, deflation: deflation)
  }

  private init(
    device: Device, samples: Device.Matrix, source: (any SampleColumns<Device>)?, sampleCount n: Int,
    coordinateCount d: Int, deflation: Double
  ) throws {
    self.device = device
    self.samples = samples
    self.source = source
    sampleCount = n
    coordinateCount = d
    self.deflation = deflation
    gram = try device.makeMatrix(rows: n, columns: n)
    inverse = try device.makeMatrix(rows: n, columns: n)
    ones = deflation > 0 ? try device.makeMatrix([Device.Element](repeating: 1, count: n), rows: n, columns: 1) : nil
    sampleVector = try device.makeVector(n)
    let width = dualBlockColumns(sampleCount: n, coordinateCount: d)
    columnStorage = [
      try device.makeMatrix(rows: n, columns: width), try device.makeMatrix(rows: n, columns: width),
    ]
  }

  /// Forms K from the samples as they are now.
  public func refresh() throws {
    let n = Device.Element(sampleCount)
    try Interruption.check()
    if let source {
      try source.formSampleGram(scale: 1 / Double(sampleCount), in: gram)
    } else {
      try device.clear(gram)
      if isLong {
        try forEachColumns { try device.accumulateSampleGram(of: $1, scale: 1 / n, into: gram) }
      } else {
        try device.accumulateSampleGram(of: samples, scale: 1 / n, into: gram)
      }
    }
    if let ones { try device.accumulateSampleGram(of: ones, scale: Device.Element(deflation) / n, into: gram) }
  }

  /// Sets M, full, at a ridge λ ≥ 0.
  /// - Returns: diag M.
  /// - Throws: `RegressionError.numericallySingular` where what is left of a sample after the others is rounding error.
  func invert(ridge: Double) throws -> [Double] {
    try Interruption.check()
    try device.copy(gram, to: inverse)
    try device.addDiagonal(Device.Element(ridge), to: inverse)
    let squares = try diagonal(of: inverse)
    try invertGram(inverse, ridge: ridge, on: device) { _ in nil }
    try device.symmetrize(inverse)
    let diagonal = try diagonal(of: inverse)
    try requireRegular(squares: squares.map { $0 - ridge }, diagonal: diagonal, ridge: ridge)
    return diagonal
  }

  /// Refuses a K + λI that is singular to working precision, by what of a sample is left after the others.
  /// - Parameter squares: diag K.
  /// - Parameter diagonal: diag M.
  func requireRegular(squares: [Double], diagonal: [Double], ridge: Double) throws {
    let limit = 1 / (Double(sampleCount) * Double(Device.Element.ulpOfOne))
    for i in diagonal.indices where !((squares[i] + ridge) * diagonal[i] < limit) {
      throw RegressionError.numericallySingular(coordinate: nil, ridge: ridge, precision: Device.Element.precision)
    }
  }

  func diagonal(of matrix: Device.Matrix) throws -> [Double] {
    try device.diagonal(of: matrix, into: sampleVector)
    return try device.doubles(sampleVector)
  }

  /// Some columns of X and what one n × n matrix makes of them; they lie in storage that the next block takes over.
  struct ColumnBlock {
    /// The coordinate of the first column.
    var first: Int
    /// X_b and its product, n × columns.
    var samples, product: Device.Matrix
    /// A vector of as many columns.
    var vector: Device.Matrix
  }

  /// Whether a product of X with n × n numbers may take a processor a second and more: it is then made in blocks, so that work which is
  /// to end is not waited for.
  private var isLong: Bool { Double(sampleCount) * Double(sampleCount) * Double(coordinateCount) > 0x1p32 }

  /// Goes over X in blocks of columns, n × columns, with the coordinate of the first.
  func forEachColumns(_ body: (Int, Device.Matrix) throws -> Void) throws {
    let width = columnStorage[0].columns
    for first in stride(from: 0, to: coordinateCount, by: width) {
      try Interruption.check()
      let x = columnStorage[0].reshaped(rows: sampleCount, columns: min(width, coordinateCount - first))
      try copyColumns(from: first, to: x)
      try body(first, x)
    }
  }

  /// Sets x to columns of X.
  func copyColumns(from first: Int, to x: Device.Matrix) throws {
    if let source {
      try source.copy(from: first, to: x)
    } else {
      try device.copyColumns(of: samples, from: first, to: x)
    }
  }

  /// The sums over samples of Y = MX for every coordinate, with M at the last ridge.
  func residualSums(terms: ResidualTerms) throws -> CoordinateResidualSums {
    try Interruption.check()
    guard source != nil || isLong else {
      return try device.coordinateResidualSums(of: samples, resolvent: inverse, terms: terms)
    }
    var sums = CoordinateResidualSums(coordinateCount: 0)
    try forEachColumns { _, x in
      sums.append(try device.coordinateResidualSums(of: x, resolvent: inverse, terms: terms))
    }
    return sums
  }

  /// Goes over X in blocks of columns, each with `matrix` · X_b.
  func forEachBlock(times matrix: Device.Matrix, _ body: (ColumnBlock) throws -> Void) throws {
    try forEachColumns { first, x in
      let y = columnStorage[1].reshaped(rows: sampleCount, columns: x.columns)
      try device.multiply(matrix, transposeA: false, x, transposeB: false, alpha: 1, beta: 0, into: y)
      try body(ColumnBlock(first: first, samples: x, product: y, vector: try device.makeVector(x.columns)))
    }
  }

  /// p_k = λQ_kk = 1 − x_kᵀy_k/n and ‖y_k‖² of the columns of a block of Y.
  func diagonals(of block: ColumnBlock, ridge: Double) throws -> (scaled: [Double], squares: [Double]) {
    try device.columnDots(block.samples, block.product, weights: nil, into: block.vector)
    let explained = try device.doubles(block.vector)
    try device.columnDots(block.product, block.product, weights: nil, into: block.vector)
    let squares = try device.doubles(block.vector)
    return (try scaledDiagonal(explained: explained, first: block.first, ridge: ridge), squares)
  }

  /// p_k = 1 − x_kᵀMx_k/n.
  /// - Throws: `numericallySingular` where rounding is all that is left.
  func scaledDiagonal(explained: [Double], first: Int, ridge: Double) throws -> [Double] {
    let limit = Double(coordinateCount) * Double(Device.Element.ulpOfOne)
    let n = Double(sampleCount)
    let p = explained.map { 1 - $0 / n }
    if let index = p.firstIndex(where: { !($0 > limit) }) {
      throw RegressionError.numericallySingular(
        coordinate: first + index, ridge: ridge, precision: Device.Element.precision)
    }
    return p
  }
}

/// Columns of a block of X: enough work for a product, small beside X.
package func dualBlockColumns(sampleCount n: Int, coordinateCount d: Int) -> Int {
  min(d, max(256, (1 << 21) / max(n, 1)))
}
