import DataFiles

/// `results.csv`: a row a point, the swept keys first, an empty cell where there is no value.
func writeResults(_ points: [PointResult], to path: String) throws {
  let swept = points.reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted()
  let names =
    swept + ["n", "d", "ridge", "trials"]
    + ["training_error", "generalization_error"].flatMap { name in
      ["mean", "standard_error", "theory", "theory_finite_size"].map { part in "\(name)_\(part)" }
    }
    + ["bayes_error", "effective_ridge", "degrees_of_freedom_1", "degrees_of_freedom_2"]
  func cells(_ statistic: Statistic) -> [CSVCell] {
    [statistic.mean, statistic.standardError, statistic.theory, statistic.finiteSizeTheory].map {
      $0.map(CSVCell.number) ?? .missing
    }
  }
  let rows = points.map { point -> [CSVCell] in
    swept.map { .text(point.parameters[$0] ?? "") }
      + [
        .integer(point.sampleCount), .integer(point.coordinateCount), .number(point.ridge), .integer(point.trials),
      ]
      + cells(point.trainingError) + cells(point.generalizationError)
      + [point.bayesError, point.effectiveRidge, point.degreesOfFreedom1, point.degreesOfFreedom2].map(CSVCell.number)
  }
  try writeCSV(names: names, rows: rows, to: path)
}
