import LacunaAlgebra

extension DataFit {
  /// The greatest z = 1/(1 − μ) of B, and the greatest eigenvalue of S, of copies whose columns are permuted, each in an order of its
  /// own: of data in which the coordinates have nothing to do with each other, whatever the law of their entries.
  ///
  /// Takes nd numbers on the host, with n < d as many on the device, and a few matrices of order d, or n. The columns of a copy are those
  /// of the one before it in new orders.
  /// - Parameter ridge: λ.
  /// - Parameter streams: of the orders, one a copy; at least one.
  package func permutedExtremes(ridge: Double, streams: [RandomStream]) throws -> (place: Double, gram: Double) {
    var columns = try ShuffledColumns<Device.Element>(rowCount: sampleCount, columnCount: coordinateCount) { receive in
      switch route {
      case .primal(let primal): try primal.samples.forEachBlock { block, _ in receive(try device.download(block)) }
      case .dual(let dual): try device.forEachRows(of: dual.regression.samples, receive)
      }
    }
    var copies: any PermutedCopies<Device> =
      switch route {
      case .primal: try PrimalCopies(self, ridge: ridge)
      case .dual(let dual): try DualCopies(self, dual, ridge: ridge)
      }
    for stream in streams {
      try Interruption.check()
      columns.shuffle(by: stream, threads: device.concurrency)
      try copies.take(columns)
    }
    return copies.greatest
  }
}

/// The greatest eigenvalues of the copies seen.
private protocol PermutedCopies<Device> {
  associatedtype Device: Backend
  mutating func take(_ columns: ShuffledColumns<Device.Element>) throws
  var greatest: (place: Double, gram: Double) { get }
}

private struct PrimalCopies<Device: Backend>: PermutedCopies {
  private let fit: DataFit<Device>
  private let ridge: Double
  /// Some samples as columns.
  private let block: Device.Matrix
  private let gram, inverse, spare: Device.Matrix
  private var predictor, gramian: GreatestOfCopies<Device>
  private var device: Device { fit.device }

  init(_ fit: DataFit<Device>, ridge: Double) throws {
    let (device, d) = (fit.device, fit.coordinateCount)
    self.fit = fit
    self.ridge = try fit.keptRidge(ridge)
    block = try device.makeMatrix(rows: d, columns: min(fit.sampleCount, device.rowBlock(columns: d)))
    gram = try device.makeMatrix(rows: d, columns: d)
    inverse = try device.makeMatrix(rows: d, columns: d)
    spare = try device.makeMatrix(rows: d, columns: d)
    predictor = GreatestOfCopies(device: device)
    gramian = GreatestOfCopies(device: device)
  }

  mutating func take(_ columns: ShuffledColumns<Device.Element>) throws {
    let n = fit.sampleCount
    try device.clear(gram)
    for first in stride(from: 0, to: n, by: block.columns) {
      let rows = first..<min(first + block.columns, n)
      let part = block.reshaped(rows: block.rows, columns: rows.count)
      try device.upload(columns.columns(rows: rows), to: part, firstRow: 0)
      try device.accumulateSampleGram(of: part, scale: 1 / Device.Element(n), into: gram)
    }
    let (q, diagonal) = try PrimalRegression(device: device, gram: gram, sampleCount: n)
      .resolvent(ridge: ridge, scratch: inverse)
    try fit.symmetrize(q, diagonal: diagonal)
    try predictor.take(q, spare: spare)
    try gramian.take(gram, spare: spare)
  }

  var greatest: (place: Double, gram: Double) { (predictor.place, gramian.value / fit.ridgeUnit) }
}

private struct DualCopies<Device: Backend>: PermutedCopies {
  private let fit: DataFit<Device>
  private let ridge: Double
  private let regression: DualRegression<Device>
  private let squares: [Double]
  private let spare: Device.Matrix
  private var predictor, gramian: GreatestOfCopies<Device>
  /// z, where B is not formed.
  private var place = 0.0
  private var device: Device { fit.device }

  init(_ fit: DataFit<Device>, _ dual: DualEvaluation<Device>, ridge: Double) throws {
    let (device, n) = (fit.device, fit.sampleCount)
    self.fit = fit
    self.ridge = ridge
    regression = try DualRegression(
      device: device, samples: try device.makeMatrix(rows: n, columns: fit.coordinateCount),
      deflation: dual.regression.deflation)
    squares = dual.columnSquares
    spare = try device.makeMatrix(rows: n, columns: n)
    predictor = GreatestOfCopies(device: device)
    gramian = GreatestOfCopies(device: device)
  }

  mutating func take(_ columns: ShuffledColumns<Device.Element>) throws {
    let (n, d) = (fit.sampleCount, fit.coordinateCount)
    let height = max(1, (1 << 20) / d)
    for first in stride(from: 0, to: n, by: height) {
      try device.upload(columns.rows(first..<min(first + height, n)), to: regression.samples, firstRow: first)
    }
    let route = DataFit<Device>.Route.dual(try DualEvaluation(regression, squares: squares))
    if let leading = try fit.leadingSpectrum(ridge: ridge, of: route) {
      if try leading.exceeds(place) { place = max(place, try leading.place(rank: 0) ?? .infinity) }
    } else {
      let matrix = try fit.symmetrizedPredictor(ridge: ridge, of: route).matrix
      try predictor.take(matrix, spare: try device.makeMatrix(rows: d, columns: d))
      place = predictor.place
    }
    // The eigenvalue of the null vector, the mean of the others at most, is never the greatest.
    try device.copy(regression.gram, to: regression.inverse)
    try gramian.take(regression.inverse, spare: spare)
  }

  var greatest: (place: Double, gram: Double) { (place, gramian.value / fit.ridgeUnit) }
}

/// The greatest eigenvalue of several symmetric matrices.
///
/// Whether one exceeds those before it a Cholesky factorisation of the difference says; eigenvalues are computed of those that do, which
/// of P independent ones of a kind ln P + 0.6 do.
private struct GreatestOfCopies<Device: Backend> {
  let device: Device
  private(set) var value = -Double.infinity

  init(device: Device) { self.device = device }

  /// 1/(1 − μ).
  var place: Double { value < 1 ? 1 / (1 - value) : .infinity }

  /// - Parameter matrix: its lower triangle is read; destroyed.
  /// - Parameter spare: of its shape.
  mutating func take(_ matrix: Device.Matrix, spare: Device.Matrix) throws {
    if value.isFinite {
      try device.add(matrix, alpha: -1, beta: 0, to: spare)
      try device.addDiagonal(Device.Element(value), to: spare)
      if try device.factorsPositiveDefinite(spare) { return }
    }
    value = max(value, try device.eigenvalues(of: matrix).last ?? value)
  }
}

extension Backend {
  /// Factors as `factorPositiveDefinite` does; false where the matrix is not positive definite.
  func factorsPositiveDefinite(_ a: Matrix) throws(BackendError) -> Bool {
    do {
      _ = try factorPositiveDefinite(a)
      return true
    } catch {
      if case .notPositiveDefinite = error { return false }
      throw error
    }
  }
}
