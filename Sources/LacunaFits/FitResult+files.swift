import LacunaAlgebra
import LacunaFigures
import LacunaFiles
import MaskedRegression

extension FitSummary {
  /// The largest d whose predictor is written out where it has factors.
  public static let largestDensePredictor = 10_000
}

extension FitResult {
  /// Whether the predictor is written as factors.
  public var writesFactors: Bool { fit.isFactored && coordinateCount > FitSummary.largestDensePredictor }

  /// Writes `model.npz`, `predictor.npy` (or `predictor_factors.npy` and `predictor_scales.npy`), `coordinates.csv`, for data that may have
  /// gaps `filled.npy`, and `fit.json` last. Matrices go out in blocks of rows, in the precision they have.
  /// - Parameter folder: there already.
  /// - Parameter residuals: also write `residuals.npy`, where the mask has them.
  /// - Parameter probabilities: also write in `coordinates.csv` with which probability masks would show each coordinate, see
  ///   `FitResult.visibleProbabilities`.
  /// - Returns: which coordinates say most of which; nil where the predictor is written as factors.
  /// - Throws: `DataFileError`; what the fit throws.
  @discardableResult
  public func write(
    _ summary: FitSummary, to folder: String, residuals: Bool, probabilities: Bool = false
  ) throws -> FitPartners? {
    let (n, d) = (sampleCount, coordinateCount)
    var partners: FitPartners?
    let model = try NPZWriter(folder + "/model.npz")
    try writeModel(summary, rows: try scoredRows(), to: model)
    if writesFactors {
      let scales = try writeRows(
        of: Device.Element.self, shape: [d, n], to: folder + "/predictor_factors.npy", also: "factors", of: model
      ) {
        try fit.factors(ridge: best.ridge, $0)
      }
      if let scales {
        try writeNPY(scales, shape: [d], to: folder + "/predictor_scales.npy")
        try model.write("factor_scales", scales, shape: [d])
      }
    } else {
      try writeRows(
        of: Device.Element.self, shape: [d, d], to: folder + "/predictor.npy", also: "coefficients", of: model
      ) {
        body in
        var found = FitPartners(meanSquares: fit.variances)
        try fit.predictor(ridge: best.ridge) { rows in
          found.add(rows)
          try body(rows)
        }
        partners = found
      }
    }
    try model.commit()
    if residuals, fit.validation.isExact {
      _ = try writeRows(of: Device.Element.self, shape: [n, d], to: folder + "/residuals.npy") {
        try fit.residuals(ridge: best.ridge, $0)
      }
    }
    if let filled = try fit.filled(ridge: best.ridge) {
      try writeNPY(filled, shape: [n, d], to: folder + "/filled.npy")
    }
    try writeCoordinates(
      weights: try fit.penalty(ridge: best.ridge), probabilities: probabilities ? try visibleProbabilities() : nil,
      to: folder + "/coordinates.csv")
    try AtomicFile.write(try encodeJSON(summary, pretty: true) + "\n", to: folder + "/fit.json")
    return partners
  }

  /// `coordinates.csv`: R² = 1 − error held out / mean square; a cell is empty where the mask has no such number.
  private func writeCoordinates(
    weights: [Double], probabilities: [Double]?, to path: String
  ) throws(DataFileError) {
    func cell(_ value: Double?) -> CSVCell { value.map { .number($0) } ?? .missing }
    var names = [
      "name", "training_error", "leave_one_out_error", "r_squared", "held_out_error", "mean", "mean_square", "weight",
    ]
    if probabilities != nil { names.append("visible_probability") }
    func row(_ k: Int) -> [CSVCell] {
      var cells: [CSVCell] = [
        .text(name(of: k)), cell(best.training?[k]),
        cell(fit.validation == .leaveOneSampleOut ? best.heldOut[k] : nil), cell(rSquared(of: k)),
        .number(best.heldOut[k]), .number(fit.means[k]), .number(fit.variances[k]), .number(weights[k]),
      ]
      if let probabilities { cells.append(.number(probabilities[k])) }
      return cells
    }
    try writeCSV(names: names, rows: (0..<coordinateCount).lazy.map(row), to: path)
  }

  /// With which probability masks that hide coordinates one by one would show each for the predictor to be this fit's: with weights w,
  /// s = diag S and λ the ridge
  ///
  ///     p_j = s_j/(s_j + λ w_j),
  ///
  /// the loss over those masks having no ridge of its own; then row k of the masked predictor is row k of Â over p. 0 of a column
  /// that never varies.
  public func visibleProbabilities() throws -> [Double] {
    let weights = try fit.penalty(ridge: best.ridge)
    return zip(fit.variances, weights).map { s, w in s > 0 ? s / (s + best.ridge * w) : 0 }
  }

  /// Errors against the ridge, the chosen one marked; nil where one ridge was tried.
  ///
  /// What was measured stands as markers, and where theory has its say under its lines: generalised cross-validation is its error for the
  /// training errors, and beside the errors of samples left out it has a training error (`ExpectedTraining`).
  /// - Parameter learning: of this fit; nil leaves out what it expects.
  public func ridgeFigure(_ learning: FitLearning? = nil) -> Figure? {
    let path = search.path.filter { $0.ridge > 0 }
    guard path.count > 1 else { return nil }
    var series: [Figure.Series] = []
    func add(_ kind: Figure.Series.Kind, _ name: FigureText, group: Int, _ values: [(ridge: Double, error: Double?)]) {
      let points = values.compactMap { ridge, error in
        error.flatMap { $0.isFinite ? Figure.Point(ridge, $0) : nil }
      }
      if points.count > 1 { series.append(Figure.Series(kind, name: name, group: group, points: points)) }
    }
    let heldOut: FigureText =
      switch fit.validation {
      case .leaveOneSampleOut: "leave one sample out"
      case .leaveOneGroupOut: "leave one group out"
      case .folds: "held out"
      case .hiddenCells: "hidden cells"
      }
    let expected = standardizes ? [] : learning?.training ?? []
    // Of groups left out it is no theory.
    let isTheory = expected.count > 1
    add(.markers, heldOut, group: 0, path.map { ($0.ridge, criterion($0)) })
    if !standardizes {
      add(.line, isTheory ? "by theory (GCV)" : "GCV", group: isTheory ? 0 : 1, path.map { ($0.ridge, $0.meanGCV) })
      add(.markers, "training", group: 2, path.map { ($0.ridge, $0.meanTraining) })
      add(.line, "training by theory", group: 2, expected.map { ($0.ridge, $0.error) })
    }
    guard !series.isEmpty else { return nil }
    let values = path.flatMap { [criterion($0), standardizes ? nil : $0.meanTraining] }.compactMap { $0 }
    return Figure(panels: [
      Figure.Panel(
        xLabel: "ridge λ", yLabel: standardizes ? "mean squared error / mean square" : "mean squared error",
        xLogarithmic: true, yLogarithmic: (values.min() ?? 0) > 0 && values.max()! / values.min()! > 20, series: series,
        verticalMarks: [Figure.Mark(best.ridge, "λ = \(FigureText(number: briefly(best.ridge)))")])
    ])
  }
}

/// A `.npy` of rows that come block by block, in the precision they have.
/// - Parameter name: of the same array in an archive.
private func writeRows<Element: Scalar, Value>(
  of type: Element.Type, shape: [Int], to path: String, also name: String = "", of archive: NPZWriter? = nil,
  _ produce: (_ body: ([Element]) throws -> Void) throws -> Value
) throws -> Value {
  func write<Written: NPYElement>(as written: Written.Type) throws -> Value {
    let file = try NPYWriter<Written>(path, shape: shape)
    try archive?.begin(name, of: Written.self, shape: shape)
    let value = try produce {
      let rows = unsafeBitCast($0, to: [Written].self)
      try file.append(rows)
      try archive?.append(rows)
    }
    try file.commit()
    return value
  }
  // The two scalars there are, as they lie in memory.
  switch Element.precision {
  case .float32: return try write(as: Float.self)
  case .float64: return try write(as: Double.self)
  }
}
