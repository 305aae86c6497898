import LinearAlgebra

/// The errors of the joint predictor on its own data at one ridge.
public struct FitErrors: Sendable, Equatable {
  /// λ, on S = XᵀX/n.
  public var ridge: Double
  /// Mean squared residual of each coordinate.
  public var training: [Double]
  /// Mean squared residual of each coordinate, every sample predicted by the fit without it. Exact.
  public var leaveOneOut: [Double]
  /// Generalised cross-validation, mean over coordinates: E_tr / (1 − tr(SQ)/n)².
  public var gcv: Double

  public var meanTraining: Double { mean(training) }
  public var meanLeaveOneOut: Double { mean(leaveOneOut) }
}

/// Leave-one-coordinate-out regression on given data: errors at any ridge, and the predictor.
///
/// Leave-one-sample-out residuals of all n·d cells come from one inverse: with R = XQ and
/// h_ik = (x_iᵀQx_i − R_ik²/Q_kk)/n, the residual of cell (i, k) under the fit without sample i, whose objective is
/// the sum of squares + nλ|a|², is (R_ik/Q_kk)/(1 − h_ik). With an intercept (centring) 1/n joins h_ik, and the
/// identity stays exact: the intercept is refitted without sample i too.
public struct DataFit<Device: Backend> {
  public let sampleCount: Int
  public let coordinateCount: Int
  /// Whether an unpenalised intercept is fitted, by centring the columns.
  public let centered: Bool
  /// The column means that were taken off; zeros where not centred.
  public let means: [Double]
  /// Mean square of each column, after centring where asked: what an empty predictor would leave.
  public let variances: [Double]

  private let device: Device
  private let rows: [Device.Element]
  private let route: Route

  private enum Route {
    case primal(PrimalRegression<Device>, scratch: Device.Matrix)
    case dual(DualRegression<Device>)
  }

  /// - Parameter values: n × d, row-major, finite.
  public init(device: Device, values: consuming [Double], sampleCount n: Int, centered: Bool) throws {
    let d = values.count / n
    precondition(n > 0 && values.count == n * d)
    var means = [Double](repeating: 0, count: d)
    if centered {
      for i in 0..<n { for k in 0..<d { means[k] += values[i * d + k] } }
      for k in 0..<d { means[k] /= Double(n) }
      for i in 0..<n { for k in 0..<d { values[i * d + k] -= means[k] } }
    }
    var variances = [Double](repeating: 0, count: d)
    for i in 0..<n { for k in 0..<d { variances[k] += values[i * d + k] * values[i * d + k] } }
    self.device = device
    self.centered = centered
    self.means = means
    self.variances = variances.map { $0 / Double(n) }
    rows = values.map { Device.Element($0) }
    sampleCount = n
    coordinateCount = d
    if n < d {
      let samples = try device.makeMatrix(rows, rows: n, columns: d)
      let dual = try DualRegression(device: device, samples: samples)
      try dual.refresh()
      route = .dual(dual)
    } else {
      let gram = try device.makeMatrix(rows: d, columns: d)
      let scratch = try device.makeMatrix(rows: d, columns: d)
      try forEachBlock(of: rows, columns: d, device: device) { block, _ in
        try device.accumulateGram(of: block, scale: 1 / Device.Element(n), into: gram)
      }
      route = .primal(
        try PrimalRegression(device: device, gram: gram, sampleCount: n), scratch: scratch)
    }
  }

  /// 1 − h without the term of the hidden coordinate: the intercept's share of every leverage.
  private var interceptLeverage: Double { centered ? 1 / Double(sampleCount) : 0 }

  /// Training, leave-one-sample-out and generalised cross-validation errors.
  /// - Throws: `RegressionError` where the ridge is too small for the data; `BackendError`.
  public func errors(ridge: Double) throws -> FitErrors {
    try errors(ridge: ridge) { _ in }
  }

  /// Every leave-one-sample-out residual: the cell less its prediction by the fit without its sample.
  /// - Returns: n × d, row-major.
  /// - Throws: as `errors(ridge:)`.
  public func leaveOneOutResiduals(ridge: Double) throws -> [Device.Element] {
    var residuals: [Device.Element] = []
    residuals.reserveCapacity(sampleCount * coordinateCount)
    _ = try errors(ridge: ridge) { block in residuals += try device.download(block) }
    return residuals
  }

  /// - Parameter receive: is handed the residuals block by block, in the order of the samples.
  private func errors(ridge: Double, _ receive: (Device.Matrix) throws -> Void) throws -> FitErrors {
    switch route {
    case .primal(let primal, let scratch):
      try primalErrors(primal, scratch: scratch, ridge: ridge, receive)
    case .dual(let dual): try dualErrors(dual, ridge: ridge, receive)
    }
  }

  private func primalErrors(
    _ primal: PrimalRegression<Device>, scratch: Device.Matrix, ridge: Double,
    _ receive: (Device.Matrix) throws -> Void
  ) throws -> FitErrors {
    if centered && ridge == 0 && sampleCount == coordinateCount {
      throw RegressionError.singularGram(sampleCount: sampleCount, coordinateCount: coordinateCount)
    }
    let n = Double(sampleCount)
    let (q, diagonal) = try primal.resolvent(ridge: ridge, scratch: scratch)
    let training = try primal.trainingErrors(ridge: ridge, resolvent: q, diagonal: diagonal)
    let diagonalVector = try device.makeVector(diagonal.map { Device.Element($0) })
    let sums = try device.makeVector(coordinateCount)
    var total = [Double](repeating: 0, count: coordinateCount)
    var residuals: Device.Matrix?
    try forEachBlock(of: rows, columns: coordinateCount, device: device) { block, _ in
      let buffer = try residuals ?? device.makeMatrix(rows: block.rows, columns: block.columns)
      residuals = buffer
      let r = buffer.firstRows(block.rows)
      try device.multiply(block, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      let leverages = try device.makeVector(block.rows)
      try device.rowDots(block, r, weights: nil, into: leverages)
      let complements = try device.download(leverages).map { 1 - Double($0) / n - interceptLeverage }
      try addSquares(of: r, complements: complements, diagonal: diagonalVector, sums: sums, to: &total)
      try receive(r)
    }
    let trace = Double(coordinateCount) - ridge * diagonal.reduce(0, +)
    return fitErrors(ridge: ridge, training: training, sums: total, complement: 1 - trace / n)
  }

  /// In the dual, 1 − x_iᵀQx_i/n = λM_ii, and the factor λ divides out of every residual.
  private func dualErrors(
    _ dual: DualRegression<Device>, ridge: Double, _ receive: (Device.Matrix) throws -> Void
  ) throws -> FitErrors {
    let n = Double(sampleCount)
    let solution = try dual.solve(ridge: ridge)
    let p = solution.scaledDiagonal
    let training = zip(p, solution.productSquares).map { p, square in ridge * ridge * square / (n * p * p) }
    try device.diagonal(of: dual.inverse, into: dual.sampleVector)
    let inverseDiagonal = try device.download(dual.sampleVector).map(Double.init)
    let complements = inverseDiagonal.map { $0 - interceptLeverage / ridge }
    let diagonalVector = try device.makeVector(p.map { Device.Element($0) })
    let sums = try device.makeVector(coordinateCount)
    var total = [Double](repeating: 0, count: coordinateCount)
    try addSquares(of: dual.product, complements: complements, diagonal: diagonalVector, sums: sums, to: &total)
    try receive(dual.product)
    return fitErrors(
      ridge: ridge, training: training, sums: total, complement: ridge * inverseDiagonal.reduce(0, +) / n)
  }

  private func addSquares(
    of r: Device.Matrix, complements: [Double], diagonal: Device.Matrix, sums: Device.Matrix, to total: inout [Double]
  ) throws {
    let vector = try device.makeVector(complements.map { Device.Element($0) })
    try device.leaveSamplesOut(r, complements: vector, diagonal: diagonal, sampleCount: sampleCount)
    try device.columnDots(r, r, weights: nil, into: sums)
    for (k, sum) in try device.download(sums).enumerated() { total[k] += Double(sum) }
  }

  private func fitErrors(ridge: Double, training: [Double], sums: [Double], complement: Double) -> FitErrors {
    let share = complement - interceptLeverage
    return FitErrors(
      ridge: ridge, training: training, leaveOneOut: sums.map { $0 / Double(sampleCount) },
      gcv: mean(training) / (share * share))
  }

  /// Â, d × d, row-major: row k predicts coordinate k from the others; its diagonal is zero.
  public func predictor(ridge: Double) throws -> [Device.Element] {
    let a: Device.Matrix
    let factors: [Double]
    switch route {
    case .primal(let primal, let scratch):
      let (q, diagonal) = try primal.resolvent(ridge: ridge, scratch: scratch)
      a = q
      factors = diagonal.map { -1 / $0 }
    case .dual(let dual):
      let solution = try dual.solve(ridge: ridge)
      a = try device.makeMatrix(rows: coordinateCount, columns: coordinateCount)
      try device.multiply(
        dual.samples, transposeA: true, dual.product, transposeB: false,
        alpha: 1 / Device.Element(sampleCount), beta: 0, into: a)
      factors = solution.scaledDiagonal.map { 1 / $0 }
    }
    try device.scale(a, rows: try device.makeVector(factors.map { Device.Element($0) }), columns: nil)
    try device.setDiagonal(of: a, to: try device.makeVector(coordinateCount))
    return try device.download(a)
  }
}

/// Uploads rows block by block into one buffer and hands each block on.
private func forEachBlock<Device: Backend>(
  of values: [Device.Element], columns: Int, device: Device,
  _ body: (Device.Matrix, Int) throws -> Void
) throws {
  let rows = values.count / columns
  let size = min(rows, max(256, (1 << 22) / columns))
  let buffer = try device.makeMatrix(rows: size, columns: columns)
  var first = 0
  while first < rows {
    let count = min(size, rows - first)
    let block = buffer.firstRows(count)
    try device.upload(Array(values[first * columns..<(first + count) * columns]), to: block, firstRow: 0)
    try body(block, first)
    first += count
  }
}
