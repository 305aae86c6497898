extension StudyResults {
  /// What was found, for the terminal: a table a measure, of its quantities that have a heading, with theory beside them.
  ///
  /// Beside simulations stands theory corrected for finite d; alone, the limit d → ∞.
  public var tables: [String] { tables(within: nil, columns: []) }

  /// The same for a terminal.
  /// - Parameter width: in characters, beyond which a table is broken into parts; nil never breaks one.
  /// - Parameter columns: the quantities that are wanted, by their headings or their names in the files; none: all.
  package func tables(within width: Int?, columns: [String]) -> [String] {
    measures.compactMap { measure in
      let rows = points.compactMap { point in
        point.measured.first { $0.measure == measure.word }.map { (point, $0.quantities) }
      }
      guard let table = ResultTable(rows, swept: points.sweptKeys, wanted: columns, width: width)
      else { return nil }
      return [table.text, measure.note(points)].compactMap { $0 }.joined(separator: "\n\n")
    }
  }

  /// The headings of all tables, in order.
  package var tableColumns: [String] {
    points.flatMap(\.quantities).compactMap(\.title).reduce(into: []) { titles, title in
      if !titles.contains(title) { titles.append(title) }
    }
  }

  /// Whether a table has a quantity by its heading or its name in the files.
  package func hasTableColumn(_ word: String) -> Bool {
    points.contains { $0.quantities.contains { $0.title != nil && $0.isCalled(word) } }
  }
}

extension Quantity {
  fileprivate func isCalled(_ word: String) -> Bool { title == word || name.key == word || name.description == word }
}

/// The quantities of one measure at every point.
private struct ResultTable {
  private(set) var text: String

  /// nil where no quantity that is wanted has a heading.
  init?(
    _ rows: [(point: PointResult, quantities: [Quantity])], swept: [String], wanted: [String], width: Int?
  ) {
    let all = rows.flatMap(\.quantities)
    var columns: [QuantityName] = []
    for quantity in all where quantity.title != nil && !columns.contains(quantity.name) {
      if wanted.isEmpty || wanted.contains(where: quantity.isCalled) { columns.append(quantity.name) }
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
    text = table.text(
      within: width, groups: [swept.count + 3] + columns.map { compared.contains($0) ? 3 : 1 })
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
