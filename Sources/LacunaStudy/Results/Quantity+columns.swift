import LacunaFiles

/// `results.csv`: a row a point, the swept keys first, then the columns of every quantity that some point has; an empty cell
/// where there is no value.
func writeResults(_ points: [PointResult], to path: String) throws {
  let swept = points.sweptKeys
  var columns: [(name: QuantityName, headings: [String])] = []
  for quantity in points.flatMap(\.quantities) where !columns.contains(where: { $0.name == quantity.name }) {
    columns.append((quantity.name, quantity.columns.map(\.heading)))
  }
  let rows = points.map { point -> [CSVCell] in
    let place: [CSVCell] = [
      .integer(point.sampleCount), .integer(point.coordinateCount), .number(point.ridge), .integer(point.trials),
    ]
    return swept.map { .text(point.parameters[$0] ?? "") } + place
      + columns.flatMap { column in
        point.quantity(column.name)?.columns.map(\.cell) ?? column.headings.map { _ in .missing }
      }
  }
  try writeCSV(names: swept + ["n", "d", "ridge", "trials"] + columns.flatMap(\.headings), rows: rows, to: path)
}

extension [PointResult] {
  /// The swept keys in alphabetical order.
  var sweptKeys: [String] { reduce(into: Set<String>()) { $0.formUnion($1.parameters.keys) }.sorted() }
}

extension Quantity {
  /// Its columns in `results.csv`, always as many and of the same headings.
  fileprivate var columns: [(heading: String, cell: CSVCell)] {
    guard let column else { return [] }
    func cell(_ value: Double?) -> CSVCell { value.map(CSVCell.number) ?? .missing }
    switch content {
    case .measured(let statistic):
      return [
        ("\(column)_mean", cell(statistic.mean)), ("\(column)_standard_error", cell(statistic.standardError)),
        ("\(column)_theory", cell(statistic.theory)),
        ("\(column)_theory_finite_size", cell(statistic.finiteSizeTheory)),
      ]
    case .number(let value): return [(column, cell(value))]
    case .integer(let value): return [(column, .integer(value))]
    case .text(let value): return [(column, .text(value))]
    case .list, .object, .rows: return []
    }
  }
}
