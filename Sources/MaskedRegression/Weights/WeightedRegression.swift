import LacunaAlgebra
import RealModule

/// Leave-one-out masks' regression of one data set under the penalty λ Σ_j w_j a_j²: its errors under a known Σ at any ridge and
/// weights, and the weights that it learns.
///
/// With n ≥ d through the Gram, S + λ diag(w) inverted once for each; with n < d through the Gram of the samples over √w. Learning
/// weights takes the samples' errors left out each time: one inverse and one pass over the samples.
public final class WeightedRegression<Device: Backend> {
  private let device: Device
  private let covariance: any CovarianceOperator<Device>
  private let route: Route
  private var path = WeightPath(precision: Device.Element.precision)
  /// What learned weights' logarithms are wanted to: far below what a trial's errors scatter.
  private static var goal: Double { 1e-7 }

  private enum Route {
    case primal(PrimalRegression<Device>, resolvent: Device.Matrix, samples: SampleSource<Device>)
    case dual(DualErrors<Device>, scaled: ScaledCovariance<Device>)
  }

  /// n ≥ d.
  /// - Parameter regression: on the Gram of the samples, which is set before each data set and kept.
  /// - Parameter resolvent: d × d, destroyed.
  /// - Parameter samples: the samples of that Gram, passed over where weights are learned.
  /// - Parameter covariance: Σ of new samples.
  public init(
    regression: PrimalRegression<Device>, resolvent: Device.Matrix, samples: @escaping SampleSource<Device>,
    covariance: any CovarianceOperator<Device>
  ) {
    device = regression.device
    self.covariance = covariance
    route = .primal(regression, resolvent: resolvent, samples: samples)
  }

  /// n < d. Takes 5n² + 2nd numbers and blocks of columns.
  /// - Parameter device: where the work is done.
  /// - Parameter n: samples.
  /// - Parameter covariance: Σ of new samples.
  public init(
    device: Device, sampleCount n: Int, covariance: any CovarianceOperator<Device>
  ) throws {
    self.device = device
    self.covariance = covariance
    let scaled = try ScaledCovariance(covariance, device: device)
    let samples = try device.makeMatrix(rows: n, columns: scaled.factors.count)
    route = .dual(
      try DualErrors(
        regression: DualRegression(device: device, samples: samples), covariance: scaled, form: .inverses),
      scaled: scaled)
  }

  /// Turns to other data.
  /// - Parameter fill: with n < d, sets the matrix to the n samples.
  public func begin(_ fill: (Device.Matrix) throws -> Void) throws {
    path = WeightPath(precision: Device.Element.precision)
    guard case .dual(let errors, let scaled) = route else { return }
    try fill(errors.regression.samples)
    try scaled.set(scaled.factors.map { _ in 1 })
  }

  /// diag S.
  public func variances() throws -> [Double] {
    switch route {
    case .primal(let regression, _, _): return try regression.diagonal(of: regression.gram)
    case .dual(let errors, _):
      try scale(by: covariance.variances.map { _ in 1 })
      let x = errors.regression.samples
      let sums = try device.makeVector(x.columns)
      try device.columnDots(x, x, weights: nil, into: sums)
      return doubles(try device.download(sums)).map { $0 / Double(x.rows) }
    }
  }

  /// Both errors of every coordinate at a ridge λ and weights w.
  /// - Parameter ridge: λ.
  /// - Parameter weights: w, each above 0.
  /// - Throws: as `PrimalRegression.resolvent` and `DualErrors`.
  public func errors(ridge: Double, weights: [Double]) throws -> CoordinateErrors {
    switch route {
    case .primal(let regression, let resolvent, _):
      let (q, diagonal) = try regression.resolvent(ridge: ridge, weights: weights, scratch: resolvent)
      return try regression.errors(
        ridge: ridge, weights: weights, resolvent: q, diagonal: diagonal, covariance: covariance)
    case .dual(let dual, _):
      try scale(by: weights.map { 1 / $0.squareRoot() })
      var errors = try dual.errors(ridges: [ridge])[0]
      errors.training = zip(errors.training, weights).map { $0 * $1 }
      errors.generalization = errors.generalization.map { zip($0, weights).map { $0 * $1 } }
      return errors
    }
  }

  /// w_k = the leave-one-sample-out error of coordinate k under the penalty λ diag(w) itself.
  /// - Parameter ridge: λ.
  /// - Parameter guess: w to begin from; nil begins from the mean squares, or a larger ridge's weights.
  /// - Throws: `RegressionError.unsettledWeights` where they are not found; what `errors` throws.
  public func learn(ridge: Double, guess: [Double]?) throws -> (weights: [Double], learning: WeightLearning) {
    let variances = try variances()
    func weights(_ logarithms: [Double]) -> [Double] { zip(variances, logarithms).map { $0 * Double.exp($1) } }
    let start = guess.map { zip($0, variances).map { Double.log($0 / $1) } }
    let found = try path.solve(
      ridge: ridge, goal: Self.goal, coordinateCount: variances.count, start: start
    ) { ridge, logarithms in
      WeightIteration.logarithms(try leftOutErrors(ridge: ridge, weights: weights(logarithms)), variances: variances)
    }
    guard found.learning.converged else { throw RegressionError.unsettledWeights(ridge: ridge) }
    return (weights(found.logarithms), found.learning)
  }

  /// The mean squares left out of each sample's fit without it, for each coordinate.
  private func leftOutErrors(ridge: Double, weights: [Double]) throws -> [Double] {
    switch route {
    case .primal(let regression, let resolvent, let samples):
      let (q, diagonal) = try regression.resolvent(ridge: ridge, weights: weights, scratch: resolvent)
      let sizes = zip(try regression.diagonal(of: regression.gram), weights).map { $0 + ridge * $1 }
      let terms = ResidualTerms(sampleCount: regression.sampleCount, sizes: sizes, diagonal: diagonal)
      var sums = SampleResidualSums(coordinateCount: diagonal.count)
      try samples { rows, first in
        sums.add(try device.sampleResidualSums(of: rows, resolvent: q, terms: terms), firstRow: first)
      }
      return sums.leftOut.map { $0 / Double(regression.sampleCount) }
    case .dual(let dual, let scaled):
      try scale(by: weights.map { 1 / $0.squareRoot() })
      let errors = try DualEvaluation(dual.regression, squares: scaled.variances).errors(ridge: ridge)
      return zip(errors.leaveOneOut, weights).map { $0 * $1 }
    }
  }

  /// The samples of the dual route times F, from what they are now.
  private func scale(by factors: [Double]) throws {
    guard case .dual(let errors, let scaled) = route, scaled.factors != factors else { return }
    let ratios = zip(factors, scaled.factors).map { $0 / $1 }
    try device.scale(errors.regression.samples, rows: nil, columns: try device.makeVector(elements(ratios)))
    try scaled.set(factors)
  }
}
