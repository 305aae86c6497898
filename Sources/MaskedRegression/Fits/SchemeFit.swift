import LacunaAlgebra

/// A mask scheme on given data: predictors, and errors on samples held out, by which the ridge is chosen.
///
/// Five folds, sample i in fold i mod 5. Each fold's error is that of the predictor of the other four, over the scheme's masks
/// under the second moments of the fold: exact in the masks, no mask is drawn for it. Means and weights are those of the four
/// folds: nothing of the fifth is in the predictor that meets it.
public struct SchemeFit<Device: Backend>: RidgeFit {
  public let device: Device
  public let sampleCount: Int
  public let coordinateCount: Int
  public let means: [Double]
  public let variances: [Double]
  public let weights: RidgeWeights.Kind
  public var penalty: [Double] { scaling ?? [Double](repeating: 1, count: coordinateCount) }
  public var validation: Validation { .folds }
  public let hiddenShares: [Double]

  /// w; nil stands for ones.
  private let scaling: [Double]?
  private let whole: SchemeRegression<Device>
  private let folds: [Fold]

  /// A predictor of four folds and the second moments of the fifth, both in the frame of the four.
  private struct Fold {
    var regression: SchemeRegression<Device>
    var held: GramCovariance<Device>
    var share: Double
    var scaling: [Double]?
  }

  public static var foldCount: Int { 5 }

  /// - Parameter device: where the work is done.
  /// - Parameter values: n × d, row-major, finite, n ≥ 5.
  /// - Parameter n: samples.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter scheme: the masks.
  /// - Parameter weights: of the penalty.
  public init(
    device: Device, values: [Double], sampleCount n: Int, centered: Bool, scheme: any TrainingMasks,
    weights: RidgeWeights = .uniform
  ) throws {
    let d = values.count / n
    precondition(n >= Self.foldCount && values.count == n * d, "at least \(Self.foldCount) samples")
    self.device = device
    self.weights = weights.kind
    try weights.check(coordinateCount: d)
    sampleCount = n
    coordinateCount = d
    let moments = ColumnMoments(values, sampleCount: n, centered: centered)
    means = moments.means
    variances = moments.variances
    scaling = weights.penalty(variances: moments.variances)
    hiddenShares = scheme.hiddenShares(coordinateCount: d)
    // About the middles: beside a sample far from the others means would leave the others few digits.
    let parts = try FoldedSamples(
      device: device, values: values, coordinateCount: d,
      centers: centered ? middles(of: values, columns: d) : [Double](repeating: 0, count: d), foldCount: Self.foldCount)

    func regression(_ samples: FoldedSamples<Device>.Selection) throws -> SchemeRegression<Device> {
      try SchemeRegression(
        device: device, scheme: scheme, sampleCount: samples.sampleCount, coordinateCount: d, samples: samples.source)
    }
    let none = [Double](repeating: 0, count: d)
    let all = Array(0..<Self.foldCount)
    whole = try regression(
      parts.select(all, frame: ColumnFrame(means: centered ? parts.means(of: all) : none, weights: scaling)))
    folds = try (0..<Self.foldCount).map { fold in
      let others = (0..<Self.foldCount).filter { $0 != fold }
      var frame = ColumnFrame(means: centered ? parts.means(of: others) : none, weights: nil)
      if weights != .uniform {
        frame.weights = weights.penalty(variances: try parts.select(others, frame: frame).meanSquares())
      }
      let held = try parts.select([fold], frame: frame)
      return Fold(
        regression: try regression(parts.select(others, frame: frame)),
        held: try GramCovariance(device: device, gram: held.gram()), share: Double(held.sampleCount) / Double(n),
        scaling: frame.weights)
    }
  }

  /// - Throws: `RegressionError.lostDigits` where rounding may have made anything of an error; what the scheme's fit throws.
  public func errors(ridge: Double) throws -> FitErrors {
    let estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: sampleCount, coordinateCount: coordinateCount)
    let fit = try whole.fit(ridge: ridge)
    let training = fit.training
    let squares = scaling.map { zip(variances, $0).map { $0 / $1 } } ?? variances
    var worst = WorstError()
    for (k, reach) in try reaches(of: fit.matrix, meanSquares: squares).enumerated() where reach != 0 {
      worst.take(estimate.gramError * reach * reach / training[k], coordinate: k)
    }
    var heldOut = [Double](repeating: 0, count: coordinateCount)
    var lost = heldOut
    for fold in folds {
      let fit = try fold.regression.fit(ridge: ridge)
      let reaches = try reaches(of: fit.matrix, meanSquares: fold.held.variances)
      let errors = try fold.regression.errors(of: fit.matrix, covariance: fold.held)
      // Of a row of the predictor, relative.
      let own = 2 * estimate.unitRoundoff * fit.condition
      for k in heldOut.indices {
        let unit = fold.share * (fold.scaling?[k] ?? 1)
        let reach = reaches[k]
        heldOut[k] += unit * errors[k]
        lost[k] +=
          unit * reach * (estimate.gramError * reach + own * (2 * nonNegative(errors[k]).squareRoot() + own * reach))
      }
    }
    for k in lost.indices where lost[k] != 0 { worst.take(lost[k] / heldOut[k], coordinate: k) }
    guard worst.value <= EstimatedErrors.doubtful else {
      throw RegressionError.lostDigits(
        sample: nil, coordinate: worst.coordinate, ridge: ridge, precision: Device.Element.precision)
    }
    return FitErrors(
      ridge: ridge, training: scaling.map { zip(training, $0).map { $0 * $1 } } ?? training, heldOut: heldOut,
      doubts: worst.value <= 10 * Device.Element.precision.tolerance
        ? [] : [.lostDigits(relativeError: worst.value, sample: nil, coordinate: worst.coordinate)])
  }

  /// D_k + (Σ_j a_kj² D_j²)^½ of each row of a predictor, D² = diag S; 0 where it is predicted by 0, hidden or not: its error is
  /// a mean square, in which nothing cancels.
  ///
  /// |δS_jl| ≤ η D_j D_l moves (e_k − â_k) S (e_k − â_k)ᵀ by at most η(D_k + Σ_j |a_kj| D_j)², of which η times the square of this
  /// is what signs that differ leave.
  private func reaches(of predictor: Device.Matrix, meanSquares: [Double]) throws -> [Double] {
    let out = try device.makeVector(coordinateCount)
    try device.rowDots(predictor, predictor, weights: try device.makeVector(elements(meanSquares)), into: out)
    return zip(meanSquares, doubles(try device.download(out))).map { own, others in
      others == 0 ? 0 : own.squareRoot() + others.squareRoot()
    }
  }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    let a = try whole.fit(ridge: ridge).matrix
    if let scaling {
      let roots = scaling.map { $0.squareRoot() }
      try device.scale(
        a, rows: try device.makeVector(elements(roots)), columns: try device.makeVector(elements(roots.map { 1 / $0 })))
    }
    try device.forEachRows(of: a, body)
  }
}

/// Samples on a device by folds, sample i in fold i mod their number, a centre taken off; any folds can be read in a frame of
/// their own, whose means are from that centre.
private struct FoldedSamples<Device: Backend> {
  private let device: Device
  private let coordinateCount: Int
  private let folds: [SampleBlocks<Device>]
  /// Sums over each fold.
  private let sums: [[Double]]

  init(device: Device, values: [Double], coordinateCount d: Int, centers: [Double], foldCount: Int) throws {
    let n = values.count / d
    self.device = device
    coordinateCount = d
    let frame = ColumnFrame(means: centers)
    folds = try (0..<foldCount).map {
      try SampleBlocks(
        device: device, values: values, coordinateCount: d, from: $0, by: foldCount, frame: frame)
    }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: d), count: foldCount)
    for i in 0..<n { for k in 0..<d { sums[i % foldCount][k] += values[i * d + k] - centers[k] } }
    self.sums = sums
  }

  /// Means over some folds, of what is left after the centre.
  func means(of folds: [Int]) -> [Double] {
    let count = folds.reduce(0) { $0 + self.folds[$1].sampleCount }
    return (0..<coordinateCount).map { k in folds.reduce(0) { $0 + sums[$1][k] } / Double(count) }
  }

  /// Some folds, one after the other, in a frame.
  struct Selection {
    let device: Device
    let coordinateCount: Int
    let folds: [SampleBlocks<Device>]
    /// −means; nil where they are zero.
    let shift: Device.Matrix?
    let factors: Device.Matrix?
    let ones: Device.Matrix
    let buffer: Device.Matrix

    var sampleCount: Int { folds.reduce(0) { $0 + $1.sampleCount } }

    /// Blocks in the frame; they hold until the next.
    var source: SampleSource<Device> {
      { body in
        var first = 0
        for fold in folds {
          try fold.forEachBlock { block, _ in
            var rows = block
            if shift != nil || factors != nil {
              rows = buffer.firstRows(block.rows)
              try device.copy(block, to: rows)
              if let shift {
                try device.multiply(
                  ones.reshaped(rows: block.rows, columns: 1), transposeA: false, shift, transposeB: false, alpha: 1,
                  beta: 1, into: rows)
              }
              if let factors { try device.scale(rows, rows: nil, columns: factors) }
            }
            try body(rows, first)
            first += block.rows
          }
        }
      }
    }

    /// S, both triangles.
    func gram() throws -> Device.Matrix {
      let gram = try device.makeMatrix(rows: coordinateCount, columns: coordinateCount)
      let scale = 1 / Device.Element(sampleCount)
      try source({ block, _ in try device.accumulateGram(of: block, scale: scale, into: gram) })
      try device.symmetrize(gram)
      return gram
    }

    /// diag S.
    func meanSquares() throws -> [Double] {
      let sums = try device.makeVector(coordinateCount)
      var total = [Double](repeating: 0, count: coordinateCount)
      try source({ block, _ in
        try device.columnDots(block, block, weights: nil, into: sums)
        for (k, sum) in doubles(try device.download(sums)).enumerated() { total[k] += sum / Double(sampleCount) }
      })
      return total
    }
  }

  func select(_ chosen: [Int], frame: ColumnFrame) throws -> Selection {
    let height = folds.map(\.height).max() ?? 0
    let moves = frame.means.contains { $0 != 0 }
    return Selection(
      device: device, coordinateCount: coordinateCount, folds: chosen.map { folds[$0] },
      shift: moves ? try device.makeVector(elements(frame.means.map { -$0 })) : nil,
      factors: try frame.factors.map { try device.makeVector(elements($0)) },
      ones: try device.makeVector([Device.Element](repeating: 1, count: height)),
      buffer: try device.makeMatrix(
        rows: moves || frame.weights != nil ? height : 0, columns: coordinateCount))
  }
}
