import LacunaAlgebra

/// Data with missing cells, the observed pattern as the mask: the gaps filled, and errors on observed cells that were hidden
/// for the purpose, by which the ridge is chosen.
///
/// A tenth of the observed cells is hidden, cell (i, k) where a Bernoulli mask of the stream hides it, and predicted by the fit
/// of the others, whose means and weights are theirs. Cells are shown again where a coordinate, or a pair that is observed
/// together, would not be seen without them.
public struct ObservedFit<Device: Backend>: RidgeFit {
  public let device: Device
  public let weights: RidgeWeights.Kind
  public var sampleCount: Int { regression.sampleCount }
  public var coordinateCount: Int { regression.coordinateCount }
  public var means: [Double] { regression.means }
  public var variances: [Double] { regression.variances }
  public var penalty: [Double] { regression.scaling ?? [Double](repeating: 1, count: coordinateCount) }
  public var missingCount: Int { regression.missingCount }
  public var liftedEigenvalue: Double? { regression.liftedEigenvalue }
  public var validation: Validation { .hiddenCells }

  private let values: [Double]
  private let regression: ObservedRegression<Device>
  /// The data with more cells hidden, their fit, and which cells those are.
  private let kept: [Double]
  private let scored: ObservedRegression<Device>
  private let held: [Int]

  /// - Parameter device: where the work is done.
  /// - Parameter values: n × d, row-major; NaN is missing.
  /// - Parameter n: samples.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the penalty.
  /// - Parameter stream: of the random numbers.
  /// - Throws: as `ObservedRegression`.
  public init(
    device: Device, values: [Double], sampleCount n: Int, centered: Bool, weights: RidgeWeights = .uniform,
    stream: RandomStream
  ) throws {
    self.device = device
    self.values = values
    self.weights = weights.kind
    func fit(_ values: [Double]) throws -> ObservedRegression<Device> {
      try ObservedRegression(
        device: device, values: values, sampleCount: n, centered: centered, weights: weights)
    }
    regression = try fit(values)
    let d = values.count / n
    let masks = MaskPattern.bernoulli(keep: 0.9, count: 1, stream: stream)
    var kept = values
    for i in 0..<n {
      let visible = masks.visibility(sample: i, mask: 0, coordinateCount: d)
      for k in 0..<d where !visible[k] { kept[i * d + k] = .nan }
    }
    var scored: ObservedRegression<Device>?
    while scored == nil {
      do {
        scored = try fit(kept)
      } catch let error as MissingDataError {
        let coordinates: [Int] =
          switch error {
          case .neverObserved(let k): [k]
          case .neverObservedTogether(let first, let second): [first, second]
          }
        for i in 0..<n where coordinates.allSatisfy({ !values[i * d + $0].isNaN }) {
          for k in coordinates { kept[i * d + k] = values[i * d + k] }
        }
      }
    }
    self.scored = scored!
    self.kept = kept
    held = values.indices.filter { kept[$0].isNaN && !values[$0].isNaN }
  }

  /// Errors of the cells held out; there are no training errors where cells are missing.
  /// - Throws: `RegressionError.lostDigits` where rounding may have made anything of an error.
  public func errors(ridge: Double) throws -> FitErrors {
    // Less the means throughout: with them numbers far from 0 would leave the errors few digits.
    let values = scored.centered(values)
    let (filled, estimate) = try scored.estimated(scored.centered(kept), ridge: ridge)
    let d = coordinateCount
    var sums = [Double](repeating: 0, count: d)
    var cells = [Int](repeating: 0, count: d)
    for cell in held {
      let error = filled[cell] - values[cell]
      sums[cell % d] += error * error
      cells[cell % d] += 1
    }
    // Of Σ e²: the squares of 2eδ, which have signs of their own, and δ².
    var (first, second) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    var most = WorstError()
    for cell in held {
      let (i, k) = (cell / d, cell % d)
      let rounding = estimate.of(sample: i, coordinate: k)
      let change = 2 * abs(filled[cell] - values[cell]) * rounding
      guard rounding > 0 || rounding.isNaN else { continue }
      first[k] += change * change
      second[k] += rounding * rounding
      most.take((change + rounding * rounding) / sums[k], sample: i, coordinate: k)
    }
    var worst = WorstError()
    for k in 0..<d where second[k] > 0 || second[k].isNaN {
      worst.take((first[k].squareRoot() + second[k]) / sums[k], coordinate: k)
    }
    // One cell may be most of it: its sample says more than its coordinate.
    let sample = most.value > worst.value / 2 ? most.sample : nil
    guard worst.value <= EstimatedErrors.doubtful else {
      throw RegressionError.lostDigits(
        sample: sample, coordinate: worst.coordinate, ridge: ridge, precision: Device.Element.precision)
    }
    return FitErrors(
      ridge: ridge, training: nil, heldOut: zip(sums, cells).map { $0 / Double($1) }, heldOutCells: cells,
      doubts: worst.value <= 10 * Device.Element.precision.tolerance
        ? [] : [.lostDigits(relativeError: worst.value, sample: sample, coordinate: worst.coordinate)])
  }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    try regression.predictor(ridge: ridge, body)
  }

  public func filled(ridge: Double) throws -> [Double]? { try regression.filled(values, ridge: ridge) }

  /// Of rows in turn until their systems have taken 4 · 10⁹ operations; 1 for a coordinate of which none was met.
  public func gapShares(ridge: Double) throws -> [Double]? {
    let d = coordinateCount
    var matrix: [Device.Element] = []
    try scored.predictor(ridge: ridge) { matrix += $0 }
    var (sums, counts) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    var cost = 0.0
    for i in 0..<sampleCount where cost < 4e9 {
      let hidden = (0..<d).filter { kept[i * d + $0].isNaN }
      guard hidden.contains(where: { !values[i * d + $0].isNaN }) else { continue }
      cost += 4 * Double(hidden.count * hidden.count) * Double(hidden.count)
      let system = GapSystem(hidden: hidden, shown: []) { k, columns in columns.map { Double(matrix[k * d + $0]) } }
      guard let system else { continue }
      for (a, k) in hidden.enumerated() where !values[i * d + k].isNaN {
        sums[k] += system.inflation[a]
        counts[k] += 1
      }
    }
    return (0..<d).map { counts[$0] > 0 ? sums[$0] / counts[$0] : 1 }
  }
}
