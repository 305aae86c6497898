import LacunaAlgebra

/// Errors at one ridge as a device found them, and how far to trust them.
struct EstimatedErrors {
  var training, leaveOneOut, gcv: [Double]
  /// The largest estimate of a relative error of these numbers, NaN where they are none; and where it lies.
  var relativeError: Double
  var sample: Int?
  var coordinate: Int?
  /// The same of a row of the predictor, relative to its norm.
  var predictorError: Double

  /// Where nothing better can be had errors stand up to this, with a doubt.
  static var doubtful: Double { 0.05 }

  /// What the work gives; nil where the device cannot invert the Gram, or hold it.
  static func ifInvertible<Value>(_ work: () throws -> Value) throws -> Value? {
    do {
      return try work()
    } catch let error as RegressionError {
      guard case .numericallySingular = error else { throw error }
      return nil
    } catch let error as BackendError {
      switch error {
      case .nonFinite, .notPositiveDefinite: return nil
      default: throw error
      }
    }
  }

  /// The same for columns times some factors.
  func restored(_ divisors: [Double]) -> EstimatedErrors {
    var errors = self
    for k in divisors.indices {
      errors.training[k] = training[k] * divisors[k] * divisors[k]
      errors.leaveOneOut[k] = leaveOneOut[k] * divisors[k] * divisors[k]
      errors.gcv[k] = gcv[k] * divisors[k] * divisors[k]
    }
    return errors
  }

  /// That these stand with a doubt.
  var doubt: FitDoubt { .lostDigits(relativeError: relativeError, sample: sample, coordinate: coordinate) }
}

extension Precision {
  /// What a relative error may be for a device's numbers to stand: a tenth of what is promised.
  var tolerance: Double { self == .float64 ? 1e-7 : 1e-4 }
}

extension RidgeFit {
  /// λ in the units of a device's columns; nil where its precision does not hold it, or the columns.
  /// - Parameter divisors: what columns are divided by on the device.
  /// - Parameter unit: the power of two, 0 with weights.
  func deviceRidge(_ ridge: Double, divisors: [Double], unit: Int) -> Double? {
    let value = scaled(ridge, exponent: -2 * unit)
    let room = Device.Element.precision == .float64 ? 0x1p-400 : 0x1p-44
    guard ridge == 0 || (value > room && value < 1 / room) else { return nil }
    for (variance, divisor) in zip(variances, divisors) where variance > 0 && variance / divisor / divisor < room {
      return nil
    }
    return value
  }

  /// Errors with their doubts.
  /// - Throws: `FitError.data` where one is beyond the range of float64.
  func found(
    _ ridge: Double, training: [Double], leaveOneOut: [Double], gcv: [Double], doubts: [FitDoubt]
  ) throws(FitError) -> FitErrors {
    var collinear: [Int] = []
    for k in 0..<coordinateCount {
      guard leaveOneOut[k].isFinite, training[k].isFinite, gcv[k].isFinite else {
        throw FitError.data(
          "the error of coordinate \(k + 1) at ridge \(briefly(ridge)) is above all that float64 holds; "
            + "divide the data by a power of ten")
      }
      let size = (variances[k] + means[k] * means[k]).squareRoot() * 64 * Double.ulpOfOne
      let left = sampleCount > coordinateCount ? training[k] : leaveOneOut[k]
      if variances[k] > 0 && left < size * size { collinear.append(k) }
    }
    return FitErrors(
      ridge: ridge, training: training, heldOut: leaveOneOut, gcv: gcv,
      doubts: doubts + (collinear.isEmpty ? [] : [.collinear(coordinates: collinear)]))
  }
}

/// Refuses what float64 cannot square.
/// - Parameter allowsMissing: whether NaN is a missing cell.
/// - Parameter place: sample and coordinate, from 0, of a value.
func requireRange(
  of values: [Double], allowsMissing: Bool = false, _ place: (Int) -> (sample: Int, coordinate: Int)
) throws(FitError) {
  let limit = largestSquared
  func name(_ index: Int) -> String {
    let (sample, coordinate) = place(index)
    return "sample \(sample + 1), coordinate \(coordinate + 1) is \(values[index])"
  }
  let (largest, hasNaN) = magnitudes(of: values)
  if largest > limit || (hasNaN && !allowsMissing),
    let index = values.firstIndex(where: { abs($0) > limit || ($0.isNaN && !allowsMissing) })
  {
    throw .data("\(name(index)): sums of its square overflow float64; divide the data by a power of ten")
  }
  if largest > 0, largest < 1 / limit, let index = values.firstIndex(where: { abs($0) > 0 }) {
    throw .data(
      "\(name(index)), and no value is above \(1 / limit): squares leave the range of float64; "
        + "multiply the data by a power of ten")
  }
}

/// Numbers beyond it, or below one over it, have squares whose sums leave float64's range.
private let largestSquared = 1e150

extension ColumnScan {
  /// Refuses what float64 cannot square.
  /// - Parameter samples: that were scanned.
  /// - Throws: `FitError.data` with the first cell's place.
  func requireRange(of samples: SampleRows) throws {
    var largest = 0.0
    var isFinite = true
    for k in least.indices {
      largest = max(largest, -least[k], greatest[k])
      isFinite = isFinite && high[k].isFinite
    }
    guard !isFinite || largest > largestSquared || (largest > 0 && largest < 1 / largestSquared) else { return }
    let d = samples.coordinateCount
    let isSmall = isFinite && largest <= largestSquared
    try samples.forEachBlock { cells, rows in
      let values = Array(UnsafeBufferPointer(start: cells, count: rows.count * d))
      guard values.contains(where: { isSmall ? $0 != 0 : !(abs($0) <= largestSquared) }) else { return }
      try MaskedRegression.requireRange(of: values) { (rows.lowerBound + $0 / d, $0 % d) }
    }
  }
}

/// The largest magnitude of the numbers among some values, and whether there are others.
private func magnitudes(of values: [Double]) -> (largest: Double, hasNaN: Bool) {
  values.withUnsafeBufferPointer { values in
    var lanes = SIMD8<Double>.zero
    var others = SIMDMask<SIMD8<Int64>>(repeating: false)
    var k = 0
    while k + 8 <= values.count {
      let cells = UnsafeRawPointer(values.baseAddress! + k).loadUnaligned(as: SIMD8<Double>.self)
      let sizes = cells.replacing(with: -cells, where: cells .< 0)
      lanes.replace(with: sizes, where: sizes .> lanes)
      others .|= cells .!= cells
      k += 8
    }
    var (largest, hasNaN) = (lanes.max(), others != SIMDMask(repeating: false))
    while k < values.count {
      largest = abs(values[k]) > largest ? abs(values[k]) : largest
      hasNaN = hasNaN || values[k].isNaN
      k += 1
    }
    return (largest, hasNaN)
  }
}
