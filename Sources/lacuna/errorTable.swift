import Simulation

/// The points of a run for the terminal: errors with theory beside them.
///
/// Beside simulations stands theory corrected for finite d; alone, the limit d → ∞.
func errorTable(_ summary: Summary) -> String {
  let swept = summary.points.reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted()
  let simulated = summary.points.contains { $0.trials > 0 }
  func headings(_ name: String) -> [String] { simulated ? [name, "theory", "Δ"] : [name] }
  var table = TextTable(swept + ["n", "d", "ridge"] + headings("E_train") + headings("E_gen") + ["Bayes"])
  func cells(_ statistic: Statistic) -> [String] {
    let theory = (simulated ? statistic.finiteSizeTheory : statistic.theory).map { format($0, digits: 5) } ?? "–"
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
    ? "\n\nmean ± standard error over trials; theory at this d, Δ = (theory − mean) in standard errors; ridge on S = XᵀX/n"
    : "\n\nlimit d → ∞ at this d/n; ridge on S = XᵀX/n"
  return table.text + note
}

/// One decimal and a sign.
func signed(_ value: Double) -> String {
  let tenths = Int((abs(value) * 10).rounded())
  return (value < 0 && tenths > 0 ? "−" : "+") + "\(tenths / 10).\(tenths % 10)"
}
