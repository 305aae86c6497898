import LacunaAlgebra

/// Leave-one-coordinate-out regression on sparse data: what `DataFit` gives, from the entries alone.
///
/// With n ≥ d memory is d² numbers in the device's precision, twice that for several ridges, and the data; with fewer samples
/// 2n² and blocks of columns. Where the device does not keep the digits and the data are few, `DataFit` takes over.
public struct SparseFit<Device: Backend>: RidgeFit {
  public let device: Device
  public let sampleCount: Int
  public let coordinateCount: Int
  /// Whether an unpenalised intercept is fitted.
  public let centered: Bool
  public let means: [Double]
  public let variances: [Double]
  public let weights: RidgeWeights.Kind
  public let typicalSquare: Double?
  public var penalty: [Double] { scaling ?? [Double](repeating: 1, count: coordinateCount) }
  public var validation: Validation { .leaveOneSampleOut }

  private let chosen: RidgeWeights
  private let scaling: [Double]?
  private let divisors: [Double]
  private let unit: Int
  private let route: Route
  /// What takes over; nil where the data are too many to be made dense.
  private let retreat: Retreat?
  private let ledger = Ledger()

  private enum Route {
    case primal(SparsePrimal<Device>)
    case dual(DualEvaluation<Device>)
  }

  /// Whether the errors of a ridge are the device's, and the predictor.
  private final class Ledger {
    var errors: [Double: Bool] = [:]
    var predictor: [Double: Bool] = [:]
  }

  /// The dense fit, made when it is first needed.
  private final class Retreat {
    let samples: SparseSamples
    var fit: DataFit<Device>?
    init(_ samples: SparseSamples) { self.samples = samples }
  }

  /// Cells that may be made dense.
  private static var denseLimit: Int { 1 << 24 }

  /// - Parameter device: where the work is done.
  /// - Parameter samples: n × d.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the penalty.
  /// - Parameter keepsGram: whether several ridges are to come: d² numbers more, where n ≥ d.
  /// - Throws: `FitError.data` naming a cell whose square float64 does not hold; `FitError.request` for weights that are
  ///   none; `BackendError`.
  public init(
    device: Device, samples: SparseSamples, centered: Bool, weights: RidgeWeights = .uniform, keepsGram: Bool = true
  ) throws {
    let (n, d) = (samples.sampleCount, samples.coordinateCount)
    let frame = try SparseFrame(samples, centered: centered, weights: weights)
    self.device = device
    self.centered = centered
    self.weights = weights.kind
    chosen = weights
    sampleCount = n
    coordinateCount = d
    means = frame.means
    variances = frame.variances
    typicalSquare = frame.typicalSquare
    scaling = frame.penalty
    divisors = frame.divisors
    unit = frame.unit
    let (cells, overflow) = n.multipliedReportingOverflow(by: d)
    retreat = !overflow && cells <= Self.denseLimit ? Retreat(samples) : nil
    if n < d || (n == d && centered) {
      let squares = zip(frame.variances, frame.divisors).map { $0 / $1 / $1 }
      route = .dual(
        try DualEvaluation(
          device: device, columns: SparseColumns(device: device, frame: frame), squares: squares, centered: centered))
    } else {
      route = .primal(try SparsePrimal(device: device, frame: frame, keepsGram: keepsGram))
    }
  }

  /// The dense fit.
  private func dense() throws -> DataFit<Device>? {
    guard let retreat else { return nil }
    if let fit = retreat.fit { return fit }
    let fit = try DataFit(
      device: device,
      values: retreat.samples.cells(rows: 0..<sampleCount, columns: 0..<coordinateCount, shift: nil),
      sampleCount: sampleCount, centered: centered, weights: chosen)
    retreat.fit = fit
    return fit
  }

  private func deviceRidge(_ ridge: Double) -> Double? { deviceRidge(ridge, divisors: divisors, unit: unit) }

  public func errors(ridge: Double) throws -> FitErrors {
    let precision = Device.Element.precision
    if ledger.errors[ridge] == false, let dense = try dense() { return try dense.errors(ridge: ridge) }
    let estimated = try deviceRidge(ridge).flatMap { ridge in
      try EstimatedErrors.ifInvertible {
        switch route {
        case .primal(let primal): try primal.errors(ridge: ridge)
        case .dual(let dual): try dual.errors(ridge: ridge)
        }
      }
    }
    let stands = (estimated?.relativeError ?? .infinity) <= precision.tolerance
    if !stands, let dense = try dense() {
      ledger.errors[ridge] = false
      return try dense.errors(ridge: ridge)
    }
    guard let estimated, estimated.relativeError <= EstimatedErrors.doubtful else {
      throw RegressionError.lostDigits(
        sample: estimated?.sample, coordinate: estimated?.coordinate, ridge: ridge, precision: precision)
    }
    ledger.errors[ridge] = true
    ledger.predictor[ridge] = estimated.predictorError <= 10 * precision.tolerance
    let errors = estimated.restored(divisors)
    return try found(
      ridge, training: errors.training, leaveOneOut: errors.leaveOneOut, gcv: errors.gcv,
      doubts: stands ? [] : [estimated.doubt])
  }

  public func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    if ledger.errors[ridge] == nil { _ = try errors(ridge: ridge) }
    if ledger.errors[ridge] == false, let dense = try dense() { return try dense.residuals(ridge: ridge, body) }
    let deviceRidge = deviceRidge(ridge) ?? ridge
    switch route {
    case .primal(let primal): try primal.residuals(ridge: deviceRidge, body)
    case .dual(let dual):
      let d = coordinateCount
      var residuals = [Device.Element](repeating: 0, count: sampleCount * d)
      try dual.residuals(ridge: deviceRidge) { block, _, first in
        let columns = Array(divisors[first..<first + block.columns])
        try device.scale(block, rows: nil, columns: try device.makeVector(elements(columns)))
        let cells = try device.download(block)
        for i in 0..<sampleCount {
          let start = i * d + first
          residuals.replaceSubrange(
            start..<start + block.columns, with: cells[i * block.columns..<(i + 1) * block.columns])
        }
      }
      try body(residuals)
    }
    return true
  }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    if ledger.errors[ridge] == nil { _ = try errors(ridge: ridge) }
    if ledger.errors[ridge] == false || ledger.predictor[ridge] == false, let dense = try dense() {
      return try dense.predictor(ridge: ridge, body)
    }
    let deviceRidge = deviceRidge(ridge) ?? ridge
    switch route {
    case .primal(let primal): try primal.predictor(ridge: deviceRidge, body)
    case .dual(let dual):
      let ones = [Double](repeating: 1, count: coordinateCount)
      try dual.predictorByBlocks(
        ridge: deviceRidge, rows: scaling == nil ? ones : divisors,
        columns: scaling == nil ? ones : divisors.map { 1 / $0 }, body)
    }
  }

  public var isFactored: Bool {
    if case .dual = route { return true }
    return false
  }

  /// As `DataFit.factors`.
  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? {
    guard case .dual(let dual) = route else { return nil }
    guard let deviceRidge = deviceRidge(ridge) else {
      throw RegressionError.lostDigits(
        sample: nil, coordinate: nil, ridge: ridge, precision: Device.Element.precision)
    }
    return try dual.factors(ridge: deviceRidge, weights: scaling == nil ? nil : divisors, body)
  }
}
