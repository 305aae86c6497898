/// What `lacuna fit --mask` found: `fit.json`, and what `--json` prints.
struct MaskedFitSummary: Encodable {
  struct PathPoint: Encodable {
    var ridge: Double
    /// Over the scheme's masks; nil for missing cells, whose truth is unknown.
    var trainingError: Double?
    var heldOutError: Double

    enum CodingKeys: String, CodingKey {
      case ridge
      case trainingError = "training_error"
      case heldOutError = "held_out_error"
    }
  }

  var mask: String
  var sampleCount, coordinateCount: Int
  var best: PathPoint
  var path: [PathPoint]
  var centered: Bool
  var missingCells: Int
  var liftedEigenvalue: Double?
  var device, precision, version: String

  enum CodingKeys: String, CodingKey {
    case mask, path, best, centered, device, precision, version
    case sampleCount = "n"
    case coordinateCount = "d"
    case missingCells = "missing_cells"
    case liftedEigenvalue = "lifted_eigenvalue"
  }

  /// For the terminal.
  var text: String {
    let hasTraining = path.contains { $0.trainingError != nil }
    var table = TextTable(["ridge"] + (hasTraining ? ["training"] : []) + ["held out", ""])
    for point in path {
      table.append(
        [format(point.ridge, digits: 5)]
          + (hasTraining ? [point.trainingError.map { format($0, digits: 6) } ?? "–"] : [])
          + [format(point.heldOutError, digits: 6), point.ridge == best.ridge ? "← best" : ""])
    }
    let gaps = missingCells > 0 ? ", \(missingCells) missing cells" : ""
    let note =
      missingCells > 0
      ? "mean squared error of observed cells hidden for the purpose"
      : "mean over cells of 1(hidden) · squared error under these masks, five folds held out"
    return """
      \(sampleCount) samples, \(coordinateCount) coordinates\(centered ? ", centred" : ""); mask \(mask)\(gaps)

      \(table.text)

      \(note); ridge on S = XᵀX/n
      """
  }
}
