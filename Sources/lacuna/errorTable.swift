import LacunaStudy

/// The points of a run for the terminal: errors with theory beside them.
///
/// Beside simulations stands theory corrected for finite d; alone, the limit d → ∞.
func errorTable(_ summary: Summary) -> String {
  let swept = summary.points.reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted()
  let simulated = summary.points.contains { $0.trials > 0 }
  func headings(_ name: String) -> [String] { simulated ? [name, "theory", "Δ"] : [name] }
  let further: [(heading: String, statistic: KeyPath<PointResult, Statistic?>)] = [
    ("E_full", \.fullContextError), ("Var", \.predictorVariance),
  ].filter { entry in summary.points.contains { $0[keyPath: entry.1] != nil } }
  var table = TextTable(
    swept + ["n", "d", "ridge"] + headings("E_train") + headings("E_gen") + further.flatMap { headings($0.heading) }
      + ["Bayes"])
  func cells(_ statistic: Statistic?) -> [String] {
    guard let statistic else { return simulated ? ["", "", ""] : [""] }
    let theory =
      (simulated ? statistic.finiteSizeTheory ?? statistic.theory : statistic.theory).map { format($0, digits: 5) }
      ?? "–"
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
        + cells(point.trainingError) + cells(point.generalizationError)
        + further.flatMap { cells(point[keyPath: $0.statistic]) } + [format(point.bayesError, digits: 5)])
  }
  var note =
    simulated
    ? "\n\nmean ± standard error over trials; theory at this d, Δ = (theory − mean) in standard errors; ridge on S = XᵀX/n"
    : "\n\nlimit d → ∞ at this d/n; ridge on S = XᵀX/n"
  if !further.isEmpty {
    note += "\nE_full: with every other coordinate visible; E_gen: over the masks, hidden cells by their probability"
  }
  if further.contains(where: { $0.heading == "Var" }) { note += "; Var: E‖Â − EÂ‖²/d" }
  return table.text + note
}

/// One decimal and a sign.
func signed(_ value: Double) -> String {
  let tenths = Int((abs(value) * 10).rounded())
  return (value < 0 && tenths > 0 ? "−" : "+") + "\(tenths / 10).\(tenths % 10)"
}
