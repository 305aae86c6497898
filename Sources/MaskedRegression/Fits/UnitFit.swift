import LacunaAlgebra

/// A fit of the data divided by a power of two, so that squares stay within the range of the device's precision; everything is
/// given back in the units of the data.
///
/// Where the digits end because of one sample, that sample is named: beside a row r times as long as the others a Gram keeps
/// 1/(r²ε) of what they say, and which coordinate's pivot fails first is chance.
struct UnitFit<Base: RidgeFit>: RidgeFit {
  private let base: Base
  /// The power of two that the data were divided by.
  private let unit: Int
  private let farSample: Int?

  /// - Parameter values: n × d, row-major; NaN is missing.
  /// - Parameter fit: makes the fit of the values divided.
  init(
    _ values: consuming [Double], sampleCount n: Int, centered: Bool, fit: ([Double]) throws -> Base
  ) throws {
    var rows = values
    let largest = rows.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
    unit = largest > 0 ? Int(largest.exponent) + 1 : 0
    for index in rows.indices { rows[index] = scaled(rows[index], exponent: -unit) }
    farSample = Self.farSample(of: rows, sampleCount: n, centered: centered)
    base = try fit(rows)
  }

  var device: Base.Device { base.device }
  var sampleCount: Int { base.sampleCount }
  var coordinateCount: Int { base.coordinateCount }
  var means: [Double] { base.means.map { scaled($0, exponent: unit) } }
  var variances: [Double] { squared(base.variances) }
  var weights: RidgeWeights { base.weights }
  var penalty: [Double] { weights == .uniform ? base.penalty : squared(base.penalty) }
  var validation: Validation { base.validation }
  var typicalSquare: Double? { base.typicalSquare.map { weights == .uniform ? scaled($0, exponent: 2 * unit) : $0 } }
  var missingCount: Int { base.missingCount }
  var liftedEigenvalue: Double? {
    base.liftedEigenvalue.map { weights == .uniform ? scaled($0, exponent: 2 * unit) : $0 }
  }

  func errors(ridge: Double) throws -> FitErrors {
    var errors = try inUnits(ridge) { try base.errors(ridge: $0) }
    errors.ridge = ridge
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
    try inUnits(ridge) { try base.predictor(ridge: $0, body) }
  }

  func filled(ridge: Double) throws -> [Double]? {
    try inUnits(ridge) { try base.filled(ridge: $0) }.map { $0.map { scaled($0, exponent: unit) } }
  }

  private func squared(_ values: [Double]) -> [Double] { values.map { scaled($0, exponent: 2 * unit) } }

  /// Does the work at λ in the units of the divided data: a pure number with weights.
  private func inUnits<Value>(_ ridge: Double, _ work: (Double) throws -> Value) throws -> Value {
    let precision = Base.Device.Element.precision
    let inside = weights == .uniform ? scaled(ridge, exponent: -2 * unit) : ridge
    guard inside < (precision == .float64 ? 0x1p1000 : 0x1p120) else {
      throw FitError.data(
        "ridge \(briefly(ridge)) is so far above the squares of the data that \(precision.rawValue) does not hold both; "
          + "use a smaller ridge")
    }
    do {
      return try work(ridge > 0 ? max(inside, .leastNonzeroMagnitude) : 0)
    } catch let error as RegressionError {
      switch error {
      case .singularGram: throw error
      case .numericallySingular(let coordinate, _, _):
        throw farSample == nil
          ? RegressionError.numericallySingular(coordinate: coordinate, ridge: ridge, precision: precision)
          : .lostDigits(sample: farSample, coordinate: nil, ridge: ridge, precision: precision)
      case .lostDigits(let sample, let coordinate, _, _):
        throw RegressionError.lostDigits(
          sample: sample ?? farSample, coordinate: coordinate, ridge: ridge, precision: precision)
      }
    } catch let error as BackendError {
      switch error {
      // Of finite data in range they are what rounding made of an iteration or an inverse.
      case .noConvergence, .nonFinite, .notPositiveDefinite:
        throw RegressionError.lostDigits(sample: farSample, coordinate: nil, ridge: ridge, precision: precision)
      case .dimensionMismatch, .outOfMemory, .unsupported, .device: throw error
      }
    }
  }

  /// The longest row, where its square times the precision's ε is more than a thousandth of the middle one's.
  private static func farSample(of rows: [Double], sampleCount n: Int, centered: Bool) -> Int? {
    let d = rows.count / n
    let middles = (0..<d).map { k in
      let column = centered ? (0..<n).map { rows[$0 * d + k] }.filter { !$0.isNaN }.sorted() : []
      return column.isEmpty ? 0 : column[column.count / 2]
    }
    let squares = (0..<n).map { i in
      (0..<d).reduce(0.0) { sum, k in
        let distance = rows[i * d + k] - middles[k]
        return distance.isNaN ? sum : sum + distance * distance
      }
    }
    let middle = squares.sorted()[n / 2]
    guard let far = squares.indices.max(by: { squares[$0] < squares[$1] }),
      squares[far] * Double(Base.Device.Element.ulpOfOne) > 1e-3 * middle
    else { return nil }
    return far
  }
}
