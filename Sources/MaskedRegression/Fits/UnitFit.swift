import LacunaAlgebra

/// A fit of the data divided by a power of two, so that squares stay within the range of the device's precision; everything is
/// given back in the units of the data.
///
/// Where the digits end because of one sample, that sample is named: beside a cell r times as far as the others of its column a
/// Gram keeps 1/(r²ε) of what they say, and which coordinate's pivot fails first is chance.
struct UnitFit<Base: RidgeFit>: RidgeFit {
  private let base: Base
  /// The power of two that the data were divided by.
  private let unit: Int
  private let outlyingness: Outlyingness

  /// - Parameter values: n × d, row-major; NaN is missing.
  /// - Parameter fit: makes the fit of the values divided by two to a power, given both.
  init(
    _ values: consuming [Double], sampleCount n: Int, centered: Bool, fit: ([Double], Int) throws -> Base
  ) throws {
    var rows = values
    let largest = rows.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
    unit = largest > 0 ? Int(largest.exponent) + 1 : 0
    for index in rows.indices { rows[index] = scaled(rows[index], exponent: -unit) }
    outlyingness = Outlyingness(rows, sampleCount: n, centered: centered)
    base = try fit(rows, unit)
  }

  var device: Base.Device { base.device }
  var sampleCount: Int { base.sampleCount }
  var coordinateCount: Int { base.coordinateCount }
  var means: [Double] { base.means.map { scaled($0, exponent: unit) } }
  var variances: [Double] { squared(base.variances) }
  var weights: RidgeWeights.Kind { base.weights }
  var penalty: [Double] { weights == .uniform ? base.penalty : squared(base.penalty) }
  var validation: Validation { base.validation }
  var hiddenShares: [Double] { base.hiddenShares }
  var typicalSquare: Double? { base.typicalSquare.map { weights == .uniform ? scaled($0, exponent: 2 * unit) : $0 } }
  var missingCount: Int { base.missingCount }
  var liftedEigenvalue: Double? {
    base.liftedEigenvalue.map { weights == .uniform ? scaled($0, exponent: 2 * unit) : $0 }
  }

  /// - Throws: `RegressionError.lostDigits` naming a coordinate whose squares are below the digits of the precision beside the
  ///   largest cell of the data; what the base's throw.
  func errors(ridge: Double) throws -> FitErrors {
    let precision = Base.Device.Element.precision
    let (variances, penalty) = (base.variances, base.penalty)
    if let k = variances.indices.first(where: {
      variances[$0] > 0 && (variances[$0] / penalty[$0] < Self.leastVariance || variances[$0] < Self.leastSum)
    }) {
      throw RegressionError.lostDigits(
        sample: farSample(ridge)?.sample, coordinate: k, ridge: ridge, precision: precision)
    }
    var errors = try inUnits(ridge) { try base.errors(ridge: $0) }
    errors.ridge = ridge
    if let far = farSample(ridge) {
      guard far.loss <= EstimatedErrors.doubtful else {
        throw RegressionError.lostDigits(sample: far.sample, coordinate: nil, ridge: ridge, precision: precision)
      }
      let isSaid = errors.doubts.contains { if case .lostDigits = $0 { true } else { false } }
      if far.loss > 10 * precision.tolerance && !isSaid {
        errors.doubts.append(.lostDigits(relativeError: far.loss, sample: far.sample, coordinate: nil))
      }
    }
    errors.training = errors.training.map(squared)
    errors.heldOut = squared(errors.heldOut)
    for (k, error) in errors.heldOut.enumerated() where error.isInfinite || errors.training?[k].isFinite == false {
      throw FitError.data(
        "the error of coordinate \(k + 1) at ridge \(briefly(ridge)) is above all that float64 holds; "
          + "divide the data by a power of ten")
    }
    return errors
  }

  func predictor(ridge: Double, _ body: ([Base.Device.Element]) throws -> Void) throws {
    let inside = scaledRidge(ridge)
    // Above all squares by more digits than there are, a predictor is in proportion to 1/λ.
    let share = Base.Device.Element(Self.largestRidge / inside)
    try inUnits(ridge) {
      try base.predictor(ridge: $0) { rows in
        try body(inside > Self.largestRidge ? rows.map { $0 * share } : rows)
      }
    }
  }

  func filled(ridge: Double) throws -> [Double]? {
    try inUnits(ridge) { try base.filled(ridge: $0) }.map { $0.map { scaled($0, exponent: unit) } }
  }

  func gapShares(ridge: Double) throws -> [Double]? { try inUnits(ridge) { try base.gapShares(ridge: $0) } }

  private func squared(_ values: [Double]) -> [Double] { values.map { scaled($0, exponent: 2 * unit) } }

  /// Does the work at λ in the units of the divided data: a pure number with weights.
  private func inUnits<Value>(_ ridge: Double, _ work: (Double) throws -> Value) throws -> Value {
    let precision = Base.Device.Element.precision
    let inside = min(scaledRidge(ridge), Self.largestRidge)
    var far: Int? { farSample(ridge)?.sample }
    do {
      return try work(ridge > 0 ? max(inside, .leastNonzeroMagnitude) : 0)
    } catch let error as RegressionError {
      switch error {
      case .singularGram, .unsettledWeights: throw error
      case .numericallySingular(let coordinate, _, _):
        throw far == nil
          ? RegressionError.numericallySingular(coordinate: coordinate, ridge: ridge, precision: precision)
          : .lostDigits(sample: far, coordinate: nil, ridge: ridge, precision: precision)
      case .lostDigits(let sample, let coordinate, _, _):
        throw RegressionError.lostDigits(
          sample: sample ?? far, coordinate: coordinate, ridge: ridge, precision: precision)
      }
    } catch let error as BackendError {
      switch error {
      // Of finite data in range they are what rounding made of an iteration or an inverse.
      case .noConvergence, .nonFinite, .notPositiveDefinite:
        throw RegressionError.lostDigits(sample: far, coordinate: nil, ridge: ridge, precision: precision)
      case .dimensionMismatch, .outOfMemory, .unsupported, .device: throw error
      }
    }
  }

  /// λ in the units of the divided data.
  private func scaledRidge(_ ridge: Double) -> Double {
    weights == .uniform ? scaled(ridge, exponent: -2 * unit) : ridge
  }

  /// Below it mean squares of cells that are at most 1, over their weights, are so near the least numbers that what schemes make of
  /// them loses digits.
  private static var leastVariance: Double { Base.Device.Element.precision == .float64 ? 0x1p-800 : 0x1p-80 }

  /// Below it they are sums of numbers that have lost digits, before weights are made of them.
  private static var leastSum: Double {
    Double(Base.Device.Element.leastNormalMagnitude) / Double(Base.Device.Element.ulpOfOne)
  }

  /// So large a ridge leaves of the regressions what is below the last digit of every error: those above have the same.
  private static var largestRidge: Double { Base.Device.Element.precision == .float64 ? 0x1p400 : 0x1p60 }

  /// The sample furthest from the others, and the share of the others' digits that it leaves none of; nil where that is none.
  private func farSample(_ ridge: Double) -> (sample: Int, loss: Double)? {
    let inside = scaledRidge(ridge)
    let far = outlyingness.farthest(penalties: base.penalty.map { inside * $0 })
    let loss = far.ratio * Double(Base.Device.Element.ulpOfOne)
    return loss > Base.Device.Element.precision.tolerance ? (far.sample, loss) : nil
  }
}

/// How far each column's furthest cell lies from the others.
private struct Outlyingness {
  /// One a column: the largest squared distance from the median over n, whose it is, and the middle one of those above 0.
  private var columns: [(largest: Double, sample: Int, middle: Double)] = []

  init(_ rows: [Double], sampleCount n: Int, centered: Bool) {
    let d = rows.count / n
    let centers = centered ? middles(of: rows, columns: d) : [Double](repeating: 0, count: d)
    for k in 0..<d {
      var (largest, sample) = (0.0, 0)
      for i in 0..<n {
        let distance = rows[i * d + k] - centers[k]
        if distance * distance > largest { (largest, sample) = (distance * distance, i) }
      }
      let squares = stride(from: 0, to: n, by: max(1, n / 1000)).map { i in
        let distance = rows[i * d + k] - centers[k]
        return distance * distance
      }.filter { $0 > 0 }.sorted()
      columns.append((largest / Double(n), sample, squares.isEmpty ? 1 : squares[squares.count / 2]))
    }
  }

  /// - Parameter penalties: λw, one a column.
  func farthest(penalties: [Double]) -> (sample: Int, ratio: Double) {
    var far = (sample: 0, ratio: 0.0)
    for (column, penalty) in zip(columns, penalties) {
      let ratio = column.largest / (column.middle + penalty)
      if ratio > far.ratio { far = (column.sample, ratio) }
    }
    return far
  }
}
