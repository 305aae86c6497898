import LacunaAlgebra

/// The errors of samples left out at one ridge, summed over blocks of samples.
struct ResidualErrors<Device: Backend> {
  private let device: Device
  private let resolvent: Device.Matrix
  private let terms: ResidualTerms
  private let estimate: DigitEstimate
  /// g_k².
  private let forms: [Double]
  private let norm: Double
  private let rowTerms: ResidualRowTerms?
  private var residuals: SampleResidualSums

  /// - Parameter q: Q, kept.
  /// - Parameter diagonal: diag Q.
  /// - Parameter sizes: diag S plus the penalty.
  /// - Parameter n: samples.
  /// - Parameter centered: whether there is an intercept.
  /// - Parameter rows: of sums over each sample's residuals; nil where those are not wanted.
  /// - Parameter device: of Q.
  init(
    of q: Device.Matrix, diagonal: [Double], sizes: [Double], sampleCount n: Int, centered: Bool,
    rows: ResidualRowTerms? = nil, device: Device
  ) throws(BackendError) {
    self.device = device
    rowTerms = rows
    resolvent = q
    let sums = try device.makeVector(sizes.count)
    try device.rowDots(q, q, weights: try device.makeVector(elements(sizes)), into: sums)
    forms = doubles(try device.download(sums))
    norm = zip(forms, sizes).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
    var estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: n, coordinateCount: sizes.count)
    estimate.condition = max(1, norm)
    self.estimate = estimate
    terms = ResidualTerms(
      sampleCount: n, sizes: sizes, diagonal: diagonal, share: centered ? 1 / Double(n) : 0,
      rounding: estimate.rounding)
    residuals = SampleResidualSums(coordinateCount: sizes.count)
    if rows != nil { residuals.rows = ResidualRowSums(coordinateCount: sizes.count, sampleCount: n) }
  }

  /// Takes in a block of samples.
  /// - Parameter first: its first row.
  mutating func add(_ block: Device.Matrix, firstRow first: Int) throws {
    residuals.add(
      try device.sampleResidualSums(of: block, resolvent: resolvent, terms: terms, rows: rowTerms), firstRow: first)
  }

  /// Sums over each sample's residuals, where they were asked for.
  var rows: ResidualRowSums? { residuals.rows }

  /// What came of all samples.
  /// - Parameter squares: diag S.
  func errors(squares: [Double]) -> EstimatedErrors {
    let (n, diagonal) = (Double(terms.sampleCount), terms.diagonal)
    var worst = WorstError()
    worst.take(residuals.worst, sample: residuals.worstRow)
    // A column of zeros has errors of 0 whatever its Q_kk.
    for k in squares.indices where squares[k] > 0 {
      let own = 2 * estimate.gramError * forms[k] / diagonal[k]
      let (training, leaveOneOut) = (residuals.squares[k], residuals.leftOut[k])
      worst.take(own + 2 * (forms[k] * residuals.errors / training).squareRoot(), coordinate: k)
      worst.take(
        own + 6 * (forms[k] * residuals.relativeErrors / leaveOneOut).squareRoot() / diagonal[k], coordinate: k)
    }
    let training = zip(residuals.squares, diagonal).map { $0 / (n * $1 * $1) }
    let complement = residuals.complements / n
    return EstimatedErrors(
      training: training, leaveOneOut: residuals.leftOut.map { $0 / n },
      gcv: zip(training, diagonal).map { error, q in
        let share = complement + error * q / n
        return error == 0 ? 0 : error / (share * share)
      }, relativeError: worst.value, sample: worst.sample, coordinate: worst.coordinate,
      predictorError: estimate.gramError * norm)
  }
}
