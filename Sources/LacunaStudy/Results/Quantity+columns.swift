import LacunaFiles

/// `results.csv`: a row a point, the swept keys first, an empty cell where there is no value.
func writeResults(_ points: [PointResult], to path: String) throws {
  let swept = points.reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted()
  let further = FurtherColumns.all.filter { columns in points.contains { columns.cells($0) != nil } }
  let names =
    swept + ["n", "d", "ridge", "trials"]
    + ["training_error", "generalization_error"].flatMap { name in
      ["mean", "standard_error", "theory", "theory_finite_size"].map { part in "\(name)_\(part)" }
    }
    + ["bayes_error", "effective_ridge", "degrees_of_freedom_1", "degrees_of_freedom_2"]
    + further.flatMap(\.names)
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
      + [point.bayesError, point.effectiveRidge, point.degreesOfFreedom1, point.degreesOfFreedom2].map {
        $0.map(CSVCell.number) ?? .missing
      }
      + further.flatMap { $0.cells(point) ?? $0.names.map { _ in .missing } }
  }
  try writeCSV(names: names, rows: rows, to: path)
}

/// Columns for what is measured beyond the errors: present only where some point has them.
private struct FurtherColumns: Sendable {
  var names: [String]
  /// nil for a point without them.
  var cells: @Sendable (PointResult) -> [CSVCell]?

  private static func cell(_ value: Double?) -> CSVCell { value.map(CSVCell.number) ?? .missing }

  private static func names(_ name: String) -> [String] {
    ["\(name)_mean", "\(name)_standard_error", "\(name)_theory"]
  }

  private static func cells(_ statistic: Statistic) -> [CSVCell] {
    [cell(statistic.mean), cell(statistic.standardError), cell(statistic.theory)]
  }

  static let all = [
    FurtherColumns(names: names("full_context_error")) { $0.fullContextError.map(cells) },
    FurtherColumns(names: names("predictor_variance")) { $0.predictorVariance.map(cells) },
    FurtherColumns(names: ["kolmogorov_smirnov", "wasserstein_1"]) { point in
      point.spectrum.map { [cell($0.kolmogorovSmirnov), cell($0.wasserstein1)] }
    },
    FurtherColumns(
      names: ["threshold_theory"] + names("outlier") + names("overlap") + ["pca_threshold_theory"]
        + names("pca_outlier") + names("pca_overlap")
    ) { point in
      point.recovery.map {
        [cell($0.thresholdTheory)] + cells($0.outlier) + cells($0.overlap) + [cell($0.principalThresholdTheory)]
          + cells($0.principalOutlier) + cells($0.principalOverlap)
      }
    },
    FurtherColumns(
      names: ["pca_rank"] + names("pca_generalization_error") + names("pca_advantage")
    ) { point in
      point.principal.map { [.integer($0.rank)] + cells($0.generalizationError) + cells($0.advantage) }
    },
  ]
}
