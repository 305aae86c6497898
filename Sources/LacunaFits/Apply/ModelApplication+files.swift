import LacunaAlgebra
import LacunaFiles
import MaskedRegression

/// Rows that a model is applied to, some at a time.
public struct ApplySource {
  public var rowCount: Int
  /// The rows' own names, where they have any.
  public var names: [String]?
  /// Whether cells may be missing, so that filled data are written.
  public var hasGaps: Bool
  /// Cells of a range of rows, row-major; NaN is missing.
  public var cells: (Range<Int>) -> [Double]

  public init(rowCount: Int, names: [String]? = nil, hasGaps: Bool, cells: @escaping (Range<Int>) -> [Double]) {
    self.rowCount = rowCount
    self.names = names
    self.hasGaps = hasGaps
    self.cells = cells
  }
}

extension ModelApplication {
  /// Applies the model to all rows and writes `predictions.npy`, `residuals.npy` and, where cells are missing, `filled.npy` and
  /// `filled_deviations.npy`, in blocks.
  ///
  /// - Parameter source: the rows.
  /// - Parameter folder: there already; nil writes nothing.
  /// - Parameter top: items a row of a recommender, written to `top.csv` in place of the arrays; nil writes the arrays.
  /// - Parameter report: called after each block with (rows done, all).
  /// - Throws: `ApplyError`; `BackendError`; `DataFileError`.
  public func run(
    _ source: ApplySource, to folder: String?, top: Int? = nil, report: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ApplyTally {
    let d = model.coordinateCount
    let shape = [source.rowCount, d]
    func file(_ name: String, _ isWanted: Bool = true) throws -> NPYWriter<Double>? {
      guard let folder, isWanted, top == nil else { return nil }
      return try NPYWriter<Double>(folder + "/" + name, shape: shape)
    }
    let predictions = try file("predictions.npy")
    let residuals = try file("residuals.npy")
    let filled = try file("filled.npy", source.hasGaps)
    let deviations = try file("filled_deviations.npy", source.hasGaps)
    let items = try folder.flatMap { folder in
      try top.map { try TopItems(model, count: $0, source: source, to: folder + "/top.csv") }
    }
    var tally = ApplyTally(model, rowCount: source.rowCount)
    for first in stride(from: 0, to: source.rowCount, by: blockHeight) {
      let range = first..<min(first + blockHeight, source.rowCount)
      let values = source.cells(range)
      let applied = try apply(values, firstRow: first)
      tally.add(values, applied)
      try items?.add(values, predictions: applied.predictions)
      try predictions?.append(applied.predictions)
      try residuals?.append(applied.residuals)
      if source.hasGaps {
        try filled?.append(values.indices.map { values[$0].isNaN ? applied.predictions[$0] : values[$0] })
        try deviations?.append(values.indices.map { values[$0].isNaN ? applied.deviations[$0] : 0 })
      }
      try report(range.upperBound, source.rowCount)
    }
    for writer in [predictions, residuals, filled, deviations] { try writer?.commit() }
    try items?.commit()
    return tally
  }
}

extension ApplyTally {
  /// Writes `rows.csv` and `coordinates.csv`.
  /// - Parameter folder: there already.
  /// - Parameter names: of the rows.
  /// - Throws: `DataFileError`.
  public func write(to folder: String, rowNames names: [String]?) throws(DataFileError) {
    func cell(_ value: Double?) -> CSVCell { value.map { .number($0) } ?? .missing }
    let tail = self.tail
    let places = 1...Self.namedCoordinates
    try writeCSV(
      names: ["row", "name", "missing", "error", "score", "rank", "gaussian_tail"]
        + places.flatMap { ["coordinate_\($0)", "share_\($0)"] },
      rows: rows.indices.lazy.map { i in
        let row = rows[i]
        let ranked = ranks(row)
        var cells: [CSVCell] = [
          .integer(i + 1), names.map { .text($0[i]) } ?? .missing, .integer(row.missing),
          row.cells > 0 ? .number(row.square / Double(row.cells)) : .missing, cell(row.score),
          cell(ranked ? row.score.flatMap { tail?.rank(of: $0) } : nil),
          cell(ranked ? row.score.flatMap { tail?.gaussianTail(of: $0) } : nil),
        ]
        for place in places {
          let named = place <= row.largest.count ? row.largest[place - 1] : nil
          cells += [named.map { .text(model.name(of: $0.coordinate)) } ?? .missing, cell(named?.share)]
        }
        return cells
      }, to: folder + "/rows.csv")
    try writeCSV(
      names: ["name", "error", "standard_error", "r_squared", "error_of_the_fit"],
      rows: (0..<model.coordinateCount).lazy.map { k in
        let own = coordinate(k)
        return [
          .text(model.name(of: k)), cell(own?.error), cell(own?.standardError), cell(own?.rSquared),
          .number(model.heldOutErrors[k]),
        ]
      }, to: folder + "/coordinates.csv")
  }

  /// The scores that rows are held against; nil where the fit has none.
  public var tail: ScoreTail? { model.scores.map { ScoreTail(scores: $0) } }

  /// Whether a row's score is comparable to the fit's: of all coordinates.
  public func ranks(_ row: Row) -> Bool { row.missing == 0 }
}
