import LacunaAlgebra

/// Leave-one-coordinate-out regression on given data: exact leave-one-sample-out errors at any ridge, and the predictor.
///
/// λ = 0 is the ridgeless limit λ → 0: with n < d (or n = d, centred) the regressions of least norm.
public struct DataFit<Device: Backend>: RidgeFit {
  public let device: Device
  public let sampleCount: Int
  public let coordinateCount: Int
  /// Whether an unpenalised intercept is fitted, by centring the columns.
  public let centered: Bool
  public let means: [Double]
  public let variances: [Double]
  public let weights: RidgeWeights.Kind
  public let typicalSquare: Double?
  public var penalty: [Double] { scaling ?? [Double](repeating: 1, count: coordinateCount) }
  public var validation: Validation { .leaveOneSampleOut }

  /// w; nil stands for ones.
  private let scaling: [Double]?
  /// What the columns on the device are divided by, and the square of it in units of which the device's ridge is: 1 with
  /// weights, whose columns are of one scale, else a power of two.
  let divisors: [Double]
  private let unit: Int
  /// What λ = 1 is in the device's units.
  var ridgeUnit: Double { scaled(1, exponent: -2 * unit) }
  let route: Route
  /// The route in as many digits as it takes; nil where the data are too many to keep a second time.
  let wide: WideRegression?
  let ledger = Ledger()
  /// The dual route with other weights.
  let reweighted = ReweightedSamples<Device>()

  enum Route {
    case primal(PrimalEvaluation<Device>)
    case dual(DualEvaluation<Device>)
  }

  /// What was found: at which ridges the device does not keep the digits of errors, and of the predictor.
  final class Ledger {
    var errors: [Double: Bool] = [:]
    var predictor: [Double: Bool] = [:]
    /// What the device found at ridges that are yet to be asked for; nil inside where it cannot invert the Gram.
    var prepared: [Double: EstimatedErrors?] = [:]
    /// Of S.
    var eigenvalues: [Double]?
  }

  /// Samples that are held by nobody else are given up where they were brought to the device; see `init(device:samples:)`.
  /// - Parameter device: where the work is done.
  /// - Parameter values: n × d, row-major, finite; handed over.
  /// - Parameter n: samples.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the penalty; leaving a sample out leaves them as they are.
  /// - Parameter ridge: what will be tried: `typicalSquare` is nil unless nothing is known of it, and one alone has the sums over each
  ///   sample's residuals from the pass of its errors.
  /// - Throws: as of `SampleRows`.
  public init(
    device: Device, values: consuming [Double], sampleCount n: Int, centered: Bool, weights: RidgeWeights = .uniform,
    ridge: RidgeChoice = .automatic
  ) throws {
    try self.init(
      device: device, samples: try SampleRows(values, sampleCount: n), centered: centered, weights: weights,
      ridge: ridge)
  }

  /// With n ≥ d samples beyond a block of 2²⁰ numbers are read where they are on a device that computes in this process's memory:
  /// the fit takes 2d² numbers, or d², with two pieces of 2¹⁸ numbers, and a few a sample. Elsewhere they are brought to the device once, where they take
  /// nd numbers, and with n < d 2n² beside them.
  /// - Parameter device: where the work is done.
  /// - Parameter samples: n × d, finite; up to 2²⁴ numbers may be read again where the device does not keep their digits.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the penalty; leaving a sample out leaves them as they are.
  /// - Parameter ridge: what will be tried: `typicalSquare` is nil unless nothing is known of it, and one alone has the sums over each
  ///   sample's residuals from the pass of its errors.
  /// - Parameter holdsSamples: whether the samples are kept on the device in any case.
  /// - Parameter sparesMemory: whether d² numbers are to do for n ≥ d: every ridge but the one asked for before, and what needs the
  ///   Gram, then takes a pass over the samples.
  /// - Throws: `FitError.data` naming a cell whose square float64 does not hold, or for samples that change; `FitError.request` for
  ///   weights that are none; `BackendError`; what reading them throws.
  public init(
    device: Device, samples: SampleRows, centered: Bool, weights: RidgeWeights = .uniform,
    ridge: RidgeChoice = .automatic,
    holdsSamples: Bool = false, sparesMemory: Bool = false
  ) throws {
    let (n, d) = (samples.sampleCount, samples.coordinateCount)
    try weights.check(coordinateCount: d)
    try Interruption.check()
    let scan = try samples.scan()
    try scan.requireRange(of: samples)
    let scales = ColumnScales(scan, sampleCount: n, centered: centered)
    self.device = device
    self.centered = centered
    self.weights = weights.kind
    means = zip(scales.high, scales.low).map { $0 + $1 }
    sampleCount = n
    coordinateCount = d
    let squares = ColumnSquares(columns: d)
    var frame = ColumnFrame(means: scales.high, lows: scales.low)
    /// Constant columns are 0 whatever the rounding of their means.
    func variances() -> [Double] { zip(squares.sums, scales.largest).map { $1 > 0 ? $0 / Double(n) : 0 } }
    if weights != .uniform { try samples.atOnce { try squares.add(samples, frame: frame) } }
    scaling = weights.penalty(variances: variances())
    typicalSquare =
      ridge == .automatic
      ? scales.typicalSquare(of: try samples.every(max(1, n / 1000)), centered: centered, weights: scaling) : nil
    unit = scaling == nil ? scales.unit : 0
    divisors = scaling?.map { $0.squareRoot() } ?? [Double](repeating: scaled(1, exponent: scales.unit), count: d)
    wide =
      n * d <= 1 << 24 ? WideRegression(samples, centered: centered, scales: scales, weights: scaling) : nil
    frame.multipliers = zip(divisors, scales.largest).map { $1 > 0 ? 1 / $0 : 0 }
    if n < d || (n == d && centered) {
      let matrix = try device.makeMatrix(rows: n, columns: d)
      try samples.atOnce {
        try samples.forEachBlock { cells, rows in
          try upload(
            cells, frame: frame, to: matrix, firstRow: rows.lowerBound, count: rows.count,
            squares: squares.isComplete ? nil : squares, device: device)
        }
      }
      self.variances = variances()
      let own = zip(self.variances, divisors).map { $0 / $1 / $1 }
      route = .dual(try DualEvaluation(device: device, samples: matrix, squares: own, centered: centered))
    } else {
      let blocks = try SampleBlocks(
        device: device, samples: samples, frame: frame, holds: holdsSamples, squares: squares)
      route = .primal(
        try PrimalEvaluation(
          device: device, samples: blocks, coordinateCount: d, centered: centered,
          divisors: ridge.isSingle && !holdsSamples ? divisors : nil, sparesMemory: sparesMemory))
      self.variances = variances()
    }
  }

  /// Whether the samples are read where they are, whenever something is asked of them.
  var readsSamples: Bool {
    if case .primal(let primal) = route { primal.samples.areRead } else { false }
  }

  // MARK: Errors

  /// Whether the device keeps the digits of errors at a ridge.
  func keepsDigits(ridge: Double) throws -> Bool {
    if ledger.errors[ridge] == nil { _ = try errors(ridge: ridge) }
    return ledger.errors[ridge] == false
  }

  /// Nanoseconds that an evaluation in more digits may take.
  private static var longestEvaluation: Double { 1e10 }

  func deviceRidge(_ ridge: Double) -> Double? { deviceRidge(ridge, divisors: divisors, unit: unit) }

  public func errors(ridge: Double) throws -> FitErrors {
    let estimated = ledger.errors[ridge] == true ? nil : try deviceErrors(ridge: ridge)
    if let estimated, estimated.relativeError <= Device.Element.precision.tolerance {
      ledger.errors[ridge] = false
      ledger.predictor[ridge] = !(estimated.predictorError <= 10 * Device.Element.precision.tolerance)
      return try found(ridge, estimated, doubts: [])
    }
    if let wide, try wide.cost(ridge: ridge) < Self.longestEvaluation {
      let errors = try wide.errors(ridge: ridge)
      ledger.errors[ridge] = true
      ledger.predictor[ridge] = true
      return try found(ridge, training: errors.training, leaveOneOut: errors.leaveOneOut, gcv: errors.gcv, doubts: [])
    }
    guard let estimated, estimated.relativeError <= EstimatedErrors.doubtful else {
      throw RegressionError.lostDigits(
        sample: estimated?.sample, coordinate: estimated?.coordinate, ridge: ridge, precision: Device.Element.precision)
    }
    ledger.errors[ridge] = false
    ledger.predictor[ridge] = false
    return try found(ridge, estimated, doubts: [estimated.doubt])
  }

  /// nil where the device cannot invert the Gram, or hold it.
  private func deviceErrors(ridge: Double) throws -> EstimatedErrors? {
    guard let ridge = deviceRidge(ridge) else { return nil }
    if let prepared = ledger.prepared.removeValue(forKey: ridge) { return prepared }
    return try EstimatedErrors.ifInvertible {
      switch route {
      case .primal(let primal): try primal.errors(ridge: ridge)
      case .dual(let dual): try dual.errors(ridge: ridge)
      }
    }
  }

  /// Where samples are read, with as many inverses at a time as a block has numbers.
  public func prepare(ridges: [Double]) throws {
    guard case .primal(let primal) = route, primal.samples.areRead else { return }
    let wanted = ridges.filter { ledger.errors[$0] == nil }.compactMap { deviceRidge($0) }
    let count = SampleRows.blockSize / (coordinateCount * coordinateCount)
    guard wanted.count > 1, count > 1 else { return }
    for first in stride(from: 0, to: wanted.count, by: count) {
      let some = Array(wanted[first..<min(first + count, wanted.count)])
      for (ridge, errors) in zip(some, try primal.errors(ridges: some)) { ledger.prepared[ridge] = .some(errors) }
    }
  }

  private func found(_ ridge: Double, _ errors: EstimatedErrors, doubts: [FitDoubt]) throws -> FitErrors {
    let errors = errors.restored(divisors)
    return try found(
      ridge, training: errors.training, leaveOneOut: errors.leaveOneOut, gcv: errors.gcv, doubts: doubts)
  }

  // MARK: The predictor

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    let d = coordinateCount
    if ledger.predictor[ridge] == nil { _ = try errors(ridge: ridge) }
    if ledger.predictor[ridge] == true, let wide,
      try wide.predictorCost(ridge: ridge) < Self.longestEvaluation || ledger.errors[ridge] == true
    {
      let matrix = try wide.predictor(ridge: ridge)
      for k in 0..<d { try body(elements(Array(matrix[k * d..<(k + 1) * d]))) }
      return
    }
    let deviceRidge = deviceRidge(ridge) ?? ridge
    // Row k of the plain fit of x/√w times √w_k, its entry j divided by √w_j.
    let columns = scaling == nil ? nil : try device.makeVector(elements(divisors.map { 1 / $0 }))
    switch route {
    case .primal(let primal):
      let a = try primal.predictor(ridge: deviceRidge)
      if let columns { try device.scale(a, rows: try device.makeVector(elements(divisors)), columns: columns) }
      try device.forEachRows(of: a, body)
    case .dual(let dual):
      try dual.predictor(ridge: deviceRidge) { block, first in
        if let columns {
          let rows = Array(divisors[first..<first + block.rows])
          try device.scale(block, rows: try device.makeVector(elements(rows)), columns: columns)
        }
        var rows = try device.download(block)
        for i in 0..<block.rows { rows[i * d + first + i] = 0 }
        try body(rows)
      }
    }
  }

  /// Â as a matrix of the device that the fit keeps no hold of.
  /// - Parameter ridge: λ.
  /// - Returns: nil where it comes in no such form: with n < d, with weights, and where it has more digits than the device.
  public func takePredictor(ridge: Double) throws -> Device.Matrix? {
    if ledger.predictor[ridge] == nil { _ = try errors(ridge: ridge) }
    guard case .primal(let primal) = route, scaling == nil, ledger.predictor[ridge] == false else { return nil }
    return try primal.predictor(ridge: deviceRidge(ridge) ?? ridge, givesUp: true)
  }

  /// Whether the predictor has a form of n numbers a coordinate: it comes from the Gram of the samples.
  public var isFactored: Bool {
    if case .dual = route { return true }
    return false
  }

  /// The predictor as n + 1 numbers a coordinate: Â_kj = s_k g_k·g_j for j ≠ k, and 0 for j = k.
  ///
  /// With M = (K + λI)⁻¹ = LLᵀ, g_k = Lᵀx_k/w_k and s_k = w_k/(n p_k), x_k/√w_k being what K is made of. A row x, its means
  /// taken off, is predicted in O(nd): x̂_k = s_k (g_k·z − ‖g_k‖² x_k), z = Σ_j g_j x_j.
  /// - Parameter ridge: λ.
  /// - Parameter body: called with the g_k of some coordinates, row-major, n each, from the first coordinate to the last.
  /// - Returns: s; nil unless `isFactored`.
  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? {
    guard case .dual(let dual) = route else { return nil }
    guard let deviceRidge = deviceRidge(ridge) else {
      throw RegressionError.lostDigits(
        sample: nil, coordinate: nil, ridge: ridge, precision: Device.Element.precision)
    }
    return try dual.factors(ridge: deviceRidge, weights: scaling == nil ? nil : divisors, body)
  }
}
