/// The errors of a joint predictor on its own data at one ridge, in the units of the data, one a coordinate.
public struct FitErrors: Sendable, Equatable {
  /// λ, on S = XᵀX/n.
  public var ridge: Double
  /// Mean squared residual, over the scheme's masks where there are any; nil where cells are missing.
  public var training: [Double]?
  /// Mean squared error on cells held out, as the fit's `Validation` says; NaN where no cell of the coordinate was. Like the other
  /// errors, NaN of a coordinate that is not predicted.
  public var heldOut: [Double]
  /// Cells that each error held out is the mean of; nil where they are all alike.
  public var heldOutCells: [Int]?
  /// Generalised cross-validation, E_tr / (1 − tr(SQ)/n + (QSQ)_kk/(n Q_kk))²: each regression has d − 1 regressors; nil for
  /// masks that have none.
  public var gcv: [Double]?
  /// What is doubtful about these numbers.
  public var doubts: [FitDoubt]

  public init(
    ridge: Double, training: [Double]?, heldOut: [Double], heldOutCells: [Int]? = nil, gcv: [Double]? = nil,
    doubts: [FitDoubt] = []
  ) {
    self.ridge = ridge
    self.training = training
    self.heldOut = heldOut
    self.heldOutCells = heldOutCells
    self.gcv = gcv
    self.doubts = doubts
  }

  /// Over the coordinates that are predicted.
  public var meanTraining: Double? { training.map { meanOfNumbers($0) } }
  public var meanGCV: Double? { gcv.map { meanOfNumbers($0) } }
  /// The mean over the cells held out; NaN where there are none.
  public var meanHeldOut: Double { meanOverCells(heldOut) }

  /// The mean over the cells held out of error / mean square, coordinates that never vary left out.
  public func standardizedHeldOut(variances: [Double]) -> Double {
    meanOverCells(heldOut.indices.map { variances[$0] > 0 ? heldOut[$0] / variances[$0] : .nan })
  }

  private func meanOfNumbers(_ values: [Double]) -> Double { mean(values.filter { !$0.isNaN }) }

  private func meanOverCells(_ values: [Double]) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (k, value) in values.enumerated() where !value.isNaN {
      let cells = Double(heldOutCells?[k] ?? 1)
      sum += cells * value
      count += cells
    }
    return sum / count
  }
}
