import LacunaFits
import MaskedRegression

extension FitSummary {
  /// For the terminal.
  var text: String {
    let hasTraining = path.contains { $0.trainingError != nil }
    let hasGCV = path.contains { $0.gcvError != nil }
    let isStandardized = weights.kind != RidgeWeights.uniform.rawValue
    func cell(_ value: Double?) -> String { value.map { format($0, digits: 6) } ?? "–" }
    var table = TextTable(
      ["ridge"] + (hasTraining ? ["training"] : []) + [validation.column] + (hasGCV ? ["GCV"] : [])
        + (isStandardized ? ["standardised"] : []) + [""])
    for point in path {
      var row = [format(point.ridge, digits: 5)]
      if hasTraining { row.append(cell(point.trainingError)) }
      row.append(cell(point.heldOutError))
      if hasGCV { row.append(cell(point.gcvError)) }
      if isStandardized { row.append(cell(point.standardizedError)) }
      table.append(row + [point.ridge == best.ridge ? "← best" : ""])
    }
    var title = "\(sampleCount) samples, \(coordinateCount) coordinates\(centered ? ", centred" : "")"
    if validation != .leaveOneSampleOut { title += "; mask \(mask)" }
    if missingCells > 0 { title += ", \(missingCells) missing cells" }
    if isStandardized { title += "; weights \(weights.kind)" }
    let unit =
      isStandardized ? "ridge in units of the columns' mean squares" : "ridge on S = XᵀX/n (EASE's λ = n · ridge)"
    return """
      \(title); predicting nothing leaves \(format(meanSquare, digits: 6))

      \(table.text)

      \(validation.note); \(unit)
      """ + warnings.map { "\n\nwarning: \($0)" }.joined()
  }
}

extension Validation {
  /// The head of its column.
  fileprivate var column: String {
    switch self {
    case .leaveOneSampleOut: "leave-one-out"
    case .folds: "held out"
    case .hiddenCells: "hidden cells"
    }
  }

  fileprivate var note: String {
    switch self {
    case .leaveOneSampleOut: "mean squared error a cell"
    case .folds: "mean over cells of 1(hidden) · squared error under these masks, five folds held out"
    case .hiddenCells: "mean squared error of observed cells hidden for the purpose"
    }
  }
}
