import LacunaAlgebra
import RealModule

extension DataFit {
  /// From the samples and the Gram that are on the device: an inverse and a pass over the samples; with n < d the Gram of the samples
  /// over √w anew.
  public func errors(ridge: Double, weights: [Double]) throws -> FitErrors? {
    guard self.weights != .uniform, let deviceRidge = deviceRidge(ridge) else { return nil }
    let factors = zip(weights, divisors).map { $0 / ($1 * $1) }
    let estimated = try EstimatedErrors.ifInvertible {
      switch route {
      case .primal(let primal): try primal.errors(ridge: deviceRidge, weights: factors)
      case .dual(let dual):
        try reweighted.evaluation(of: dual, weights: factors).errors(ridge: deviceRidge).restored(
          factors.map { $0.squareRoot() })
      }
    }
    guard let estimated, estimated.relativeError <= Device.Element.precision.tolerance else { return nil }
    let errors = estimated.restored(divisors)
    return try found(
      ridge, training: errors.training, leaveOneOut: errors.leaveOneOut, gcv: errors.gcv, doubts: [])
  }
}

extension PrimalEvaluation {
  /// The errors under the penalty λ Σ_j w_j a_j², Q = (S + λ diag(w))⁻¹.
  func errors(ridge: Double, weights: [Double]) throws -> EstimatedErrors {
    try Interruption.check()
    let (q, diagonal) = try regression().resolvent(ridge: ridge, weights: weights, scratch: try scratch())
    return try errors(of: q, diagonal: diagonal, sizes: zip(squares, weights).map { $0 + ridge * $1 })
  }
}

/// The samples of a dual fit over √w, w exchanged as often as wanted: nd + 2n² numbers and two blocks once it is asked for.
final class ReweightedSamples<Device: Backend> {
  private var regression: DualRegression<Device>?

  /// - Parameter base: with its samples on the device.
  func evaluation(of base: DualEvaluation<Device>, weights: [Double]) throws -> DualEvaluation<Device> {
    try Interruption.check()
    let device = base.device
    let squares = zip(base.columnSquares, weights).map { $0 / $1 }
    let centered = base.regression.deflation > 0
    let deflation = DualEvaluation<Device>.deflation(
      squares: squares, sampleCount: base.sampleCount, centered: centered)
    let known = regression.flatMap {
      !centered || ($0.deflation < 4 * deflation && deflation < 4 * $0.deflation) ? $0 : nil
    }
    let samples = try known?.samples ?? device.makeMatrix(rows: base.sampleCount, columns: base.coordinateCount)
    let regression = try known ?? DualRegression(device: device, samples: samples, deflation: deflation)
    self.regression = regression
    try device.copy(base.regression.samples, to: samples)
    try device.scale(
      samples, rows: nil, columns: try device.makeVector(elements(weights.map { 1 / $0.squareRoot() })))
    return try DualEvaluation(regression, squares: squares)
  }
}
