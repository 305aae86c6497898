extension StudyResults {
  /// What was found, for the terminal: a table a measure, of its quantities that have a heading, with theory beside them.
  ///
  /// Beside simulations stands theory corrected for finite d; alone, the limit d → ∞.
  public var tables: [String] {
    measures.compactMap { measure in
      let rows = points.compactMap { point in
        point.measured.first { $0.measure == measure.word }.map { (point, $0.quantities) }
      }
      guard let table = ResultTable(rows, swept: points.sweptKeys) else { return nil }
      return [table.text, measure.note(points)].compactMap { $0 }.joined(separator: "\n\n")
    }
  }
}

/// The quantities of one measure at every point.
private struct ResultTable {
  private(set) var text: String

  /// nil where no quantity has a heading.
  init?(_ rows: [(point: PointResult, quantities: [Quantity])], swept: [String]) {
    let all = rows.flatMap(\.quantities)
    var columns: [QuantityName] = []
    for quantity in all where quantity.title != nil && !columns.contains(quantity.name) {
      columns.append(quantity.name)
    }
    guard !columns.isEmpty else { return nil }
    let isSimulated = rows.contains { $0.point.trials > 0 }
    // Theory stands beside a simulation where there is some.
    let compared = Set(
      columns.filter { name in
        isSimulated && all.contains { $0.name == name && ($0.statistic?.comparison ?? $0.statistic?.theory) != nil }
      })
    var table = TextTable(
      swept + ["n", "d", "ridge"]
        + columns.flatMap { name -> [String] in
          let quantity = all.first { $0.name == name }
          let unit = quantity.map { $0.unit.isEmpty ? "" : ", \($0.unit)" } ?? ""
          return [(quantity?.title ?? "") + unit] + (compared.contains(name) ? ["theory", "Δ"] : [])
        })
    for (point, quantities) in rows {
      let place =
        swept.map { point.parameters[$0] ?? "" }
        + ["\(point.sampleCount)", "\(point.coordinateCount)", NumberText.format(point.ridge, digits: 4)]
      table.append(
        place
          + columns.flatMap { name -> [String] in
            let quantity = quantities.first { $0.name == name }
            guard compared.contains(name) else { return [quantity.map { $0.content.text } ?? ""] }
            guard let statistic = quantity?.statistic else { return ["", "", ""] }
            let theory = statistic.finiteSizeTheory ?? statistic.theory
            return [
              quantity?.content.text ?? "", theory.map { NumberText.format($0, digits: 5) } ?? "–",
              statistic.deviation.map { NumberText.signed($0) + (statistic.finiteSizeTheory == nil ? " limit" : "") }
                ?? "–",
            ]
          })
    }
    text = table.text
  }
}

extension Quantity.Content {
  /// For people: of theory alone its limit; intervals as such; of an object the first number, the others in brackets.
  fileprivate var text: String {
    switch self {
    case .measured(let statistic):
      return statistic.mean.map { NumberText.format(mean: $0, error: statistic.standardError) }
        ?? statistic.theory.map { NumberText.format($0, digits: 5) } ?? "–"
    case .number(let value): return value.map { NumberText.format($0, digits: 5) } ?? "–"
    case .integer(let value): return "\(value)"
    case .text(let value): return value
    case .list(let items):
      if case .list = items.first { return items.map(\.text).joined(separator: " ∪ ") }
      return "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .object(let quantities):
      let parts = quantities.map(\.content.text)
      return (parts.first ?? "") + (parts.count > 1 ? " (\(parts.dropFirst().joined(separator: ", ")))" : "")
    case .rows(let rows): return "\(rows.count) rows"
    }
  }
}
