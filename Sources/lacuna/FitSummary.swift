import LacunaFits
import MaskedRegression
import RealModule

extension FitSummary {
  /// For the terminal: what was read, the ridges about the best one, what is doubtful, and in the end what was found.
  var text: String {
    let rows = pathAboutBest
    let hasTraining = path.contains { $0.trainingError != nil }
    let hasGCV = path.contains { $0.gcvError != nil }
    func cell(_ value: Double?) -> String { value.map { format($0, digits: 6) } ?? "–" }
    var table = TextTable(
      ["ridge"] + (hasTraining ? ["training"] : []) + [validation.column] + (hasGCV ? ["GCV"] : [])
        + (isStandardized ? ["standardised"] : []) + [""])
    for point in rows {
      var row = [format(point.ridge, digits: 5)]
      if hasTraining { row.append(cell(point.trainingError)) }
      row.append(cell(point.heldOutError))
      if hasGCV { row.append(cell(point.gcvError)) }
      if isStandardized { row.append(cell(point.standardizedError)) }
      table.append(row + [point.ridge == best.ridge ? "← best" : ""])
    }
    var title = "\(sampleCount) samples, \(coordinateCount) coordinates\(centered ? ", centred" : "")"
    if !validation.isExact { title += "; mask \(mask)" }
    if let groups { title += "; \(groups.count) groups" }
    if missingCells > 0 { title += ", \(missingCells) missing cells" }
    if isStandardized { title += "; weights \(weights.kind)\(weights.choice)" }
    let unit =
      switch RidgeWeights.Kind(rawValue: weights.kind) {
      case .variance: "ridge in units of the columns' mean squares"
      case .selfWeighted: "ridge in units of the columns' errors"
      case .given: "ridge in units of the weights given"
      case .uniform, nil: "ridge on S = XᵀX/n"
      }
    let left = rows.count < path.count ? "; \(rows.count) of \(path.count) ridges, --json has them all" : ""
    return """
      \(title); predicting nothing leaves \(format(emptyError, digits: 6))

      \(path.count > 1 ? table.text + "\n\n" : "")\(validation.note); \(unit)\(left)

      \(spectrum.map { $0.text + "\n\n" } ?? "")\(learning.map { $0.text }.map { $0.isEmpty ? "" : $0 + "\n\n" } ?? "")\(verdict.map { $0.sentence + "\n\n" } ?? "")\(warnings.map { "warning: \($0)\n\n" }.joined())\(headline)
      """
  }

  private var isStandardized: Bool { weights.kind != RidgeWeights.Kind.uniform.rawValue || weights.compared != nil }

  /// The ridge, where it is from, and what it leaves.
  private var headline: String {
    let (least, greatest) = (formatBriefly(path[0].ridge), formatBriefly(path[path.count - 1].ridge))
    let tried = "\(path.count) ridges from \(least) to \(greatest)"
    let origin =
      switch ridgeChoice {
      case "given": "as given"
      case "ridgeless": "the limit λ → 0, as asked for"
      case "path": "the least error of \(tried), as given"
      default: "the least error of a search through \(tried)"
      }
    let ease = isStandardized ? "" : "; EASE's λ \(format(easeLambda, digits: 4))"
    let error = isStandardized ? best.standardizedError : best.heldOutError
    let number = error.map { format(mean: $0, error: standardError) } ?? "unknown"
    let share = rSquared.map { ", R² \(format($0, digits: 4))" } ?? ""
    let unit = isStandardized ? " of the mean square" : ""
    return """
      ridge \(format(best.ridge, digits: 4)): \(origin)\(ease)
      \(validation.name) error \(number)\(unit)\(share)
      """
  }

  /// The best ridge and up to five on either side of it, those passed over that lie closer than half the usual step, as the last steps
  /// of a search do.
  private var pathAboutBest: [Point] {
    guard let center = path.firstIndex(where: { $0.ridge == best.ridge }), path.count > 11 else { return path }
    let gaps = zip(path, path.dropFirst()).compactMap { $0.ridge > 0 ? Double.log($1.ridge / $0.ridge) : nil }.sorted()
    let least = gaps.isEmpty ? 0 : gaps[gaps.count / 2] / 2
    func walk(_ indices: some Sequence<Int>) -> [Point] {
      var last = path[center].ridge
      var taken: [Point] = []
      for index in indices where taken.count < 5 {
        let ridge = path[index].ridge
        guard last == 0 || ridge == 0 || abs(Double.log(ridge / last)) >= least else { continue }
        taken.append(path[index])
        last = ridge
      }
      return taken
    }
    return walk((0..<center).reversed()).reversed() + [path[center]] + walk((center + 1)..<path.count)
  }
}

extension FitSummary.Weights {
  /// How they came to be taken.
  fileprivate var choice: String {
    if let compared {
      let errors = compared.map { trial in
        let error = trial.standardizedError.map { max($0, trial.crossFittedError ?? 0) }
        return "\(trial.kind) \(error.map { format($0, digits: 5) } ?? "none")"
      }
      return " of least standardised error (\(errors.joined(separator: ", ")))"
    }
    guard let rounds, let converged else { return "" }
    return converged ? ", learned in \(rounds) rounds" : ", not settled in \(rounds) rounds"
  }
}

extension Validation {
  /// The head of its column.
  fileprivate var column: String {
    switch self {
    case .leaveOneSampleOut: "leave-one-out"
    case .leaveOneGroupOut: "group left out"
    case .folds: "held out"
    case .hiddenCells: "hidden cells"
    }
  }

  /// What the error in the headline is of.
  fileprivate var name: String {
    switch self {
    case .leaveOneSampleOut: "leave-one-sample-out"
    case .leaveOneGroupOut: "leave-one-group-out"
    case .folds: "held-out"
    case .hiddenCells: "hidden-cell"
    }
  }

  fileprivate var note: String {
    switch self {
    case .leaveOneSampleOut: "mean squared error a cell"
    case .leaveOneGroupOut: "mean squared error a cell, by the fit without its group"
    case .folds: "mean over cells of 1(hidden) · squared error under these masks, five folds held out"
    case .hiddenCells: "mean squared error of observed cells hidden for the purpose"
    }
  }
}
