import LacunaStudy

/// What was measured beyond the errors, for the terminal: a table for each measure that was asked for.
func spectralTables(_ points: [PointResult]) -> [String] {
  let swept = points.reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted()
  let header = swept + ["n", "d", "ridge"]
  func place(_ point: PointResult) -> [String] {
    swept.map { point.parameters[$0] ?? "" }
      + ["\(point.sampleCount)", "\(point.coordinateCount)", format(point.ridge, digits: 4)]
  }
  func number(_ value: Double?) -> String { value.map { format($0, digits: 4) } ?? "–" }
  func lowest(_ found: LowestThreshold) -> String {
    "\(format(found.threshold, digits: 4)) (\(found.ridge.map { format($0, digits: 3) } ?? "∞"))"
  }
  func measured(_ statistic: Statistic) -> String {
    statistic.mean.map { format(mean: $0, error: statistic.standardError) } ?? "–"
  }
  func compared(_ statistic: Statistic) -> [String] {
    [measured(statistic), number(statistic.comparison), statistic.deviation.map(signed) ?? "–"]
  }
  var tables: [String] = []
  if points.contains(where: { $0.spectrum != nil }) {
    var table = TextTable(header + ["bulk of Â by theory", "top eigenvalue", "KS distance", "Wasserstein-1"])
    for point in points {
      guard let spectrum = point.spectrum else { continue }
      let edges = spectrum.edgesTheory.map { intervals in
        intervals.map { "[\(number($0[0])), \(number($0[1]))]" }.joined(separator: " ∪ ")
      }
      table.append(
        place(point) + [
          edges ?? "–", number(spectrum.topEigenvalues.first), number(spectrum.kolmogorovSmirnov),
          number(spectrum.wasserstein1),
        ])
    }
    tables.append(table.text)
  }
  if points.contains(where: { $0.recovery != nil }) {
    var table = TextTable(
      header + [
        "θ_c", "lowest θ_c (ridge)", "top of Â", "theory", "Δ", "overlap", "theory", "Δ", "θ_c PCA", "overlap PCA",
        "theory", "Δ",
      ])
    for point in points {
      guard let recovery = point.recovery else { continue }
      table.append(
        place(point)
          + [number(recovery.thresholdTheory), recovery.lowestThresholdTheory.map(lowest) ?? "–"]
          + compared(recovery.outlier) + compared(recovery.overlap) + [number(recovery.principalThresholdTheory)]
          + compared(recovery.principalOverlap))
    }
    tables.append(table.text + "\n\ntop: the extreme eigenvalue on the first spike's side; overlap: squared, with it")
  }
  if points.contains(where: { $0.principal != nil }) {
    var table = TextTable(header + ["E_gen", "E_gen PCA", "theory", "Δ", "rank", "PCA − masked", "verdict"])
    for point in points {
      guard let principal = point.principal else { continue }
      table.append(
        place(point) + [measured(point.generalizationError)] + compared(principal.generalizationError)
          + ["\(principal.rank)", measured(principal.advantage), principal.verdict])
    }
    tables.append(
      table.text
        + "\n\nPCA: probabilistic principal components; of several ranks the one of least error, chosen in hindsight")
  }
  return tables
}

extension PrincipalResult {
  /// Which is better, where the difference is more than two standard errors.
  var verdict: String {
    guard let mean = advantage.mean, let error = advantage.standardError else { return "–" }
    if abs(mean) <= 2 * error { return "undecided" }
    return mean > 0 ? "masked" : "PCA"
  }
}
