import Simulation

/// The points of a run for the terminal: errors with theory beside them, Δ = (theory − simulation)/standard error.
func errorTable(_ summary: Summary) -> String {
  let swept = summary.points.reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted()
  let simulated = summary.points.contains { $0.trials > 0 }
  func headings(_ name: String) -> [String] { simulated ? [name, "theory", "Δ"] : [name] }
  var table = TextTable(swept + ["n", "d", "ridge"] + headings("E_train") + headings("E_gen") + ["Bayes"])
  func cells(_ statistic: Statistic) -> [String] {
    let theory = statistic.theory.map { format($0, digits: 5) } ?? "–"
    guard simulated else { return [theory] }
    return [
      statistic.mean.map { format(mean: $0, error: statistic.standardError) } ?? "–", theory,
      statistic.deviation.map(signed) ?? "–",
    ]
  }
  for point in summary.points {
    table.append(
      swept.map { point.parameters[$0] ?? "" }
        + ["\(point.sampleCount)", "\(point.coordinateCount)", format(point.ridge, digits: 4)]
        + cells(point.trainingError) + cells(point.generalizationError) + [format(point.bayesError, digits: 5)])
  }
  let note =
    simulated
    ? "\n\nmean ± standard error over trials; Δ = (theory − simulation) in standard errors; ridge on S = XᵀX/n"
    : "\n\nridge on S = XᵀX/n"
  return table.text + note
}

/// One decimal and a sign.
private func signed(_ value: Double) -> String {
  let tenths = Int((abs(value) * 10).rounded())
  return (value < 0 && tenths > 0 ? "−" : "+") + "\(tenths / 10).\(tenths % 10)"
}
