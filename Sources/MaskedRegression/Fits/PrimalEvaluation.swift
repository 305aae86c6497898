import LacunaAlgebra

/// A block of leave-one-sample-out residuals, its first sample and its first coordinate.
typealias ResidualReceiver<Device: Backend> = (Device.Matrix, Int, Int) throws -> Void

/// One ridge at a time on given samples through the d × d Gram: n ≥ d.
///
/// With R = XQ and h_ik = (x_iᵀQx_i − R_ik²/Q_kk)/n, the residual of cell (i, k) under the fit without sample i, whose
/// objective is the sum of squares + nλ|a|², is (R_ik/Q_kk)/(1 − h_ik). With an intercept (centring) 1/n joins h_ik, and the
/// identity stays exact: the intercept is refitted without sample i too.
struct PrimalEvaluation<Device: Backend> {
  let device: Device
  let samples: SampleBlocks<Device>
  let centered: Bool
  private let matrices: GramMatrices<Device>
  private let solved = Solved()
  /// diag S.
  let squares: [Double]
  /// What columns were divided by, where sums over the residuals of each sample are made together with the errors.
  private let divisors: [Double]?

  /// Of which ridge there is Q, and its diagonal.
  private final class Solved {
    var ridge: Double?
    var diagonal: [Double] = []
    /// Sums over each sample's residuals, and at which ridge.
    var rows: (ridge: Double, sums: ResidualRowSums)?
  }

  /// - Parameter samples: columns centred where asked.
  /// - Parameter divisors: what columns were divided by, where `rows(ridge:)` will be asked for; nil where not.
  /// - Parameter sparesMemory: whether Q is made in the place of S, which is summed anew when it is asked for again.
  init(
    device: Device, samples: SampleBlocks<Device>, coordinateCount d: Int, centered: Bool, divisors: [Double]? = nil,
    sparesMemory: Bool = false
  ) throws {
    self.divisors = divisors
    self.device = device
    self.samples = samples
    self.centered = centered
    matrices = GramMatrices(device: device, samples: samples, coordinateCount: d, areOne: sparesMemory)
    let diagonal = try device.makeVector(d)
    let gram = try matrices.gram()
    try device.diagonal(of: gram, into: diagonal)
    squares = doubles(try device.download(diagonal))
  }

  /// The regression on S, for as long as nothing else is asked of this value.
  func regression() throws -> PrimalRegression<Device> {
    let gram = try matrices.gram()
    if matrices.areOne { solved.ridge = nil }
    return try PrimalRegression(device: device, gram: gram, sampleCount: samples.sampleCount)
  }

  /// Q = (S + λI)⁻¹ and its diagonal, not to be changed: errors, residuals and predictor of one ridge share an inverse.
  func resolvent(ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    if solved.ridge == ridge, let matrix = matrices.other { return (matrix, solved.diagonal) }
    solved.ridge = nil
    try Interruption.check()
    let regression = try regression()
    let (matrix, diagonal) = try regression.resolvent(ridge: ridge, scratch: try matrices.placeOfResolvent())
    (solved.diagonal, solved.ridge) = (diagonal, ridge)
    return (matrix, diagonal)
  }

  /// The same, to be spent.
  func spentResolvent(ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    defer { solved.ridge = nil }
    return try resolvent(ridge: ridge)
  }

  /// The Gram, in the place of the inverse, to be spent.
  func spentGram() throws -> Device.Matrix {
    solved.ridge = nil
    return try matrices.spentGram()
  }

  /// A place of d × d numbers beside the Gram.
  func scratch() throws -> Device.Matrix {
    solved.ridge = nil
    return try matrices.scratch()
  }

  /// Errors from the residuals themselves, and what rounding may have made of them.
  ///
  ///     E_tr,k = Σ_i R_ik²/(n Q_kk²),    GCV_k = E_tr,k / (Σ_i c_i/n + E_tr,k Q_kk/n)²
  func errors(ridge: Double) throws -> EstimatedErrors {
    let (q, diagonal) = try resolvent(ridge: ridge)
    let terms = try divisors.map { try rowTerms(of: q, diagonal: diagonal, ridge: ridge, divisors: $0) }
    let sums = try self.sums(of: q, diagonal: diagonal, sizes: squares.map { $0 + ridge }, rows: terms)
    solved.rows = sums.rows.map { (ridge, $0) }
    return sums.errors(squares: squares)
  }

  /// Sums over each sample's residuals, in the columns' own units, from the pass that errors were made in; nil where that was not of
  /// this ridge.
  func rows(ridge: Double) -> ResidualRowSums? {
    solved.rows.flatMap { $0.ridge == ridge ? $0.sums : nil }
  }

  /// Residuals are compared in units of E by generalised cross-validation, which Q alone tells up to rounding, and that is no more
  /// than a column's square.
  private func rowTerms(
    of q: Device.Matrix, diagonal: [Double], ridge: Double, divisors: [Double]
  ) throws -> ResidualRowTerms {
    let (n, d) = (Double(samples.sampleCount), diagonal.count)
    let vector = try device.makeVector(d)
    try device.rowDots(q, q, weights: nil, into: vector)
    // (QSQ)_kk = Q_kk − λ(Q²)_kk.
    let forms = zip(diagonal, doubles(try device.download(vector))).map { $0 - ridge * $1 }
    // Σ c_i/n = 1 − tr(SQ)/n.
    let complement = 1 - (Double(d) - ridge * diagonal.reduce(0, +)) / n - (centered ? 1 / n : 0)
    let units = (0..<d).map { k in
      let share = complement + forms[k] / (n * diagonal[k])
      let error = forms[k] / (diagonal[k] * diagonal[k] * share * share)
      let (least, most) = (squares[k] * Double.ulpOfOne, squares[k])
      return most > 0 ? 1 / (error > least ? min(error, most) : least).squareRoot() : 0
    }
    return ResidualRowTerms(
      squares: divisors.map { $0 * $0 }, shares: squares.map { $0 > 0 ? 1 / $0 : 0 }, units: units)
  }

  /// Errors of Q with any diagonal penalty.
  /// - Parameter sizes: diag S plus the penalty.
  func errors(of q: Device.Matrix, diagonal: [Double], sizes: [Double]) throws -> EstimatedErrors {
    try sums(of: q, diagonal: diagonal, sizes: sizes).errors(squares: squares)
  }

  /// One pass over the samples.
  private func sums(
    of q: Device.Matrix, diagonal: [Double], sizes: [Double], rows: ResidualRowTerms? = nil
  ) throws -> ResidualErrors<Device> {
    var sums = try ResidualErrors(
      of: q, diagonal: diagonal, sizes: sizes, sampleCount: samples.sampleCount, centered: centered, rows: rows,
      device: device)
    try samples.forEachBlock { try sums.add($0, firstRow: $1) }
    return sums
  }

  /// Errors at several ridges from one pass over the samples; nil where the Gram cannot be inverted.
  func errors(ridges: [Double]) throws -> [EstimatedErrors?] {
    let regression = try regression()
    var sums: [ResidualErrors<Device>?] = []
    for ridge in ridges {
      try Interruption.check()
      sums.append(
        try EstimatedErrors.ifInvertible {
          let place = try device.makeMatrix(rows: squares.count, columns: squares.count)
          let (q, diagonal) = try regression.resolvent(ridge: ridge, scratch: place)
          return try ResidualErrors(
            of: q, diagonal: diagonal, sizes: squares.map { $0 + ridge }, sampleCount: samples.sampleCount,
            centered: centered, device: device)
        })
    }
    try samples.forEachBlock { block, first in
      for index in sums.indices { try sums[index]?.add(block, firstRow: first) }
    }
    return sums.map { $0?.errors(squares: squares) }
  }

  /// Hands over all residuals of samples left out, block by block.
  func residuals(ridge: Double, _ receive: ResidualReceiver<Device>) throws {
    let n = Double(samples.sampleCount)
    let (q, diagonal) = try resolvent(ridge: ridge)
    let diagonalVector = try device.makeVector(elements(diagonal))
    let storage = try device.makeMatrix(rows: samples.height, columns: diagonal.count)
    let rowVector = try device.makeVector(samples.height)
    try samples.forEachBlock { block, first in
      let r = storage.firstRows(block.rows)
      let vector = rowVector.reshaped(rows: 1, columns: block.rows)
      try device.multiply(block, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      try device.rowDots(block, r, weights: nil, into: vector)
      let complements = doubles(try device.download(vector)).map { 1 - $0 / n - (centered ? 1 / n : 0) }
      try device.upload(elements(complements), to: vector, firstRow: 0)
      try device.leaveSamplesOut(r, complements: vector, diagonal: diagonalVector, sampleCount: samples.sampleCount)
      try receive(r, first, 0)
    }
  }

  /// −diag(Q)⁻¹Q with a zero diagonal, over Q.
  /// - Parameter givesUp: whether the caller keeps it.
  func predictor(ridge: Double, givesUp: Bool = false) throws -> Device.Matrix {
    defer { if givesUp { matrices.giveUp() } }
    let (a, diagonal) = try spentResolvent(ridge: ridge)
    try device.scale(a, rows: try device.makeVector(elements(diagonal.map { -1 / $0 })), columns: nil)
    try device.setDiagonal(of: a, to: try device.makeVector(diagonal.count))
    return a
  }
}
