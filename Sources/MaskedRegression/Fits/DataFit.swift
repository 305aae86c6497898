import LacunaAlgebra

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
///
/// λ = 0 is the ridgeless limit λ → 0: with n < d (or n = d, centred) the regressions of least norm.
public struct DataFit<Device: Backend> {
  public let sampleCount: Int
  public let coordinateCount: Int
  /// Whether an unpenalised intercept is fitted, by centring the columns.
  public let centered: Bool
  /// The column means that were taken off; zeros where not centred.
  public let means: [Double]
  /// Mean square of each column, after centring where asked: what an empty predictor would leave.
  public let variances: [Double]

  let device: Device
  let route: Route

  enum Route {
    /// The samples stay on the host; Q goes to the scratch.
    case primal(PrimalRegression<Device>, rows: [Double], scratch: Device.Matrix)
    /// The samples are on the device alone.
    case dual(DualRegression<Device>)
  }

  /// Where n < d (or n = d, centred) the values are given up once they are on the device: the fit then takes nd + 2n²
  /// numbers there, and two blocks of columns. Hand them over rather than keep them: a copy is another nd.
  /// - Parameter values: n × d, row-major, finite.
  public init(device: Device, values: consuming [Double], sampleCount n: Int, centered: Bool) throws {
    let d = values.count / n
    precondition(n > 0 && values.count == n * d)
    let means = centered ? Self.center(&values, columns: d) : [Double](repeating: 0, count: d)
    var variances = [Double](repeating: 0, count: d)
    for i in 0..<n { for k in 0..<d { variances[k] += values[i * d + k] * values[i * d + k] } }
    self.device = device
    self.centered = centered
    self.means = means
    self.variances = variances.map { $0 / Double(n) }
    sampleCount = n
    coordinateCount = d
    if n < d || (n == d && centered) {
      let samples = try device.makeMatrix(rows: n, columns: d)
      try upload(values, columns: d, to: samples, device: device)
      values = []
      let scale = self.variances.reduce(0, +)
      let dual = try DualRegression(
        device: device, samples: samples, deflation: centered ? (scale > 0 ? scale / Double(n) : 1) : 0)
      try dual.refresh()
      route = .dual(dual)
    } else {
      let gram = try device.makeMatrix(rows: d, columns: d)
      let scratch = try device.makeMatrix(rows: d, columns: d)
      try forEachBlock(of: values, columns: d, device: device) { block, _ in
        try device.accumulateGram(of: block, scale: 1 / Device.Element(n), into: gram)
      }
      route = .primal(
        try PrimalRegression(device: device, gram: gram, sampleCount: n), rows: values, scratch: scratch)
    }
  }

  /// Takes the mean off every column.
  private static func center(_ values: inout [Double], columns d: Int) -> [Double] {
    let n = values.count / d
    var means = [Double](repeating: 0, count: d)
    for i in 0..<n { for k in 0..<d { means[k] += values[i * d + k] } }
    for k in 0..<d { means[k] /= Double(n) }
    for i in 0..<n { for k in 0..<d { values[i * d + k] -= means[k] } }
    return means
  }

  /// 1 − h without the term of the hidden coordinate: the intercept's share of every leverage.
  private var interceptLeverage: Double { centered ? 1 / Double(sampleCount) : 0 }

  /// Training, leave-one-sample-out and generalised cross-validation errors.
  /// - Throws: `RegressionError` where the ridge is too small for the data; `BackendError`.
  public func errors(ridge: Double) throws -> FitErrors {
    try errors(ridge: ridge) { _, _, _ in }
  }

  /// Every leave-one-sample-out residual: the cell less its prediction by the fit without its sample.
  /// - Returns: n × d, row-major.
  /// - Throws: as `errors(ridge:)`.
  public func leaveOneOutResiduals(ridge: Double) throws -> [Device.Element] {
    var residuals = [Device.Element](repeating: 0, count: sampleCount * coordinateCount)
    _ = try errors(ridge: ridge) { block, firstSample, firstCoordinate in
      let cells = try device.download(block)
      for i in 0..<block.rows {
        let start = (firstSample + i) * coordinateCount + firstCoordinate
        residuals.replaceSubrange(
          start..<start + block.columns, with: cells[i * block.columns..<(i + 1) * block.columns])
      }
    }
    return residuals
  }

  /// A block of leave-one-sample-out residuals, its first sample and its first coordinate.
  private typealias ResidualReceiver = (Device.Matrix, Int, Int) throws -> Void

  /// - Parameter receive: is handed all residuals, block by block.
  private func errors(ridge: Double, _ receive: ResidualReceiver) throws -> FitErrors {
    switch route {
    case .primal(let primal, let rows, let scratch):
      try primalErrors(primal, rows: rows, scratch: scratch, ridge: ridge, receive)
    case .dual(let dual): try dualErrors(dual, ridge: ridge, receive)
    }
  }

  private func primalErrors(
    _ primal: PrimalRegression<Device>, rows: [Double], scratch: Device.Matrix, ridge: Double,
    _ receive: ResidualReceiver
  ) throws -> FitErrors {
    let n = Double(sampleCount)
    let (q, diagonal) = try primal.resolvent(ridge: ridge, scratch: scratch)
    let training = try primal.trainingErrors(ridge: ridge, resolvent: q, diagonal: diagonal)
    var total = [Double](repeating: 0, count: coordinateCount)
    var residuals: Device.Matrix?
    try forEachBlock(of: rows, columns: coordinateCount, device: device) { block, first in
      let buffer = try residuals ?? device.makeMatrix(rows: block.rows, columns: block.columns)
      residuals = buffer
      let r = buffer.firstRows(block.rows)
      try device.multiply(block, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      let leverages = try device.makeVector(block.rows)
      try device.rowDots(block, r, weights: nil, into: leverages)
      let complements = try device.download(leverages).map { 1 - Double($0) / n - interceptLeverage }
      for (k, sum) in try squares(of: r, complements: complements, diagonal: diagonal).enumerated() { total[k] += sum }
      try receive(r, first, 0)
    }
    let trace = Double(coordinateCount) - ridge * diagonal.reduce(0, +)
    let share = 1 - trace / n - interceptLeverage
    return FitErrors(
      ridge: ridge, training: training, leaveOneOut: total.map { $0 / n }, gcv: mean(training) / (share * share))
  }

  /// In the dual, 1 − x_iᵀQx_i/n = λM_ii, and the factor λ divides out of every residual and of the cross-validation.
  private func dualErrors(
    _ dual: DualRegression<Device>, ridge: Double, _ receive: ResidualReceiver
  ) throws -> FitErrors {
    let n = Double(sampleCount)
    // With columns that sum to zero the intercept's share cancels the null vector's part of M.
    let share = dual.deflation > 0 ? 1 / (n * (dual.deflation + ridge)) : 0
    let complements = try dual.invert(ridge: ridge).map { $0 - share }
    var leaveOneOut: [Double] = []
    // E_tr/λ².
    var scaled: [Double] = []
    try dual.forEachBlock(times: dual.inverse) { block in
      let (p, squares) = try dual.diagonals(of: block, ridge: ridge)
      scaled += zip(p, squares).map { p, square in square / (n * p * p) }
      leaveOneOut += try self.squares(of: block.product, complements: complements, diagonal: p).map { $0 / n }
      try receive(block.product, 0, block.first)
    }
    let complement = complements.reduce(0, +) / n
    return FitErrors(
      ridge: ridge, training: scaled.map { ridge * ridge * $0 }, leaveOneOut: leaveOneOut,
      gcv: mean(scaled) / (complement * complement))
  }

  /// The sums over samples of squared leave-one-sample-out residuals, one a column of r, which becomes the residuals.
  private func squares(of r: Device.Matrix, complements: [Double], diagonal: [Double]) throws -> [Double] {
    try device.leaveSamplesOut(
      r, complements: try device.makeVector(complements.map { Device.Element($0) }),
      diagonal: try device.makeVector(diagonal.map { Device.Element($0) }), sampleCount: sampleCount)
    let sums = try device.makeVector(r.columns)
    try device.columnDots(r, r, weights: nil, into: sums)
    return try device.download(sums).map(Double.init)
  }
}

/// Uploads rows block by block into one buffer and hands each block on with the number of its first row.
func forEachBlock<Device: Backend>(
  of values: [Double], columns: Int, device: Device, _ body: (Device.Matrix, Int) throws -> Void
) throws {
  let rows = values.count / columns
  let size = min(rows, max(256, (1 << 22) / columns))
  let buffer = try device.makeMatrix(rows: size, columns: columns)
  var first = 0
  while first < rows {
    let count = min(size, rows - first)
    let block = buffer.firstRows(count)
    try upload(values[first * columns..<(first + count) * columns], columns: columns, to: block, device: device)
    try body(block, first)
    first += count
  }
}

/// Uploads rows, a few at a time in the device's precision.
func upload<Device: Backend>(
  _ values: some RandomAccessCollection<Double>, columns: Int, to matrix: Device.Matrix, device: Device
) throws {
  let step = max(1, (1 << 20) / columns)
  for first in stride(from: 0, to: matrix.rows, by: step) {
    let count = min(step, matrix.rows - first)
    let start = values.index(values.startIndex, offsetBy: first * columns)
    let part = values[start..<values.index(start, offsetBy: count * columns)]
    try device.upload(part.map { Device.Element($0) }, to: matrix, firstRow: first)
  }
}
