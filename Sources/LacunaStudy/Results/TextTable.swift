/// Lines of a table with aligned columns, numbers to the right.
package struct TextTable {
  private var rows: [[String]]

  package init(_ header: [String]) { rows = [header] }

  package mutating func append(_ row: [String]) { rows.append(row) }

  package var text: String { text(Array(rows[0].indices)) }

  /// The table in parts, one above the other, no wider than a terminal where columns allow it.
  /// - Parameter width: in characters; nil leaves the table whole.
  /// - Parameter groups: how many columns in turn stay together, those of the first group at the left of every part; columns
  ///   beyond them are on their own.
  package func text(within width: Int?, groups: [Int]) -> String {
    guard let width else { return text }
    let columns = Array(rows[0].indices)
    var rest = columns[...]
    var together: [[Int]] = []
    for count in groups where !rest.isEmpty {
      together.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    together += rest.map { [$0] }
    guard let keys = together.first, self.width(of: columns) > width else { return text }
    var parts: [[Int]] = []
    for group in together.dropFirst() {
      if let last = parts.last, self.width(of: last + group) <= width {
        parts[parts.count - 1] += group
      } else {
        parts.append(keys + group)
      }
    }
    return parts.isEmpty ? text : parts.map { text($0) }.joined(separator: "\n\n")
  }

  private func width(of columns: [Int]) -> Int { columns.reduce(-2) { $0 + width(of: $1) + 2 } }

  private func width(of column: Int) -> Int { rows.map { $0[column].count }.max() ?? 0 }

  private func text(_ columns: [Int]) -> String {
    let widths = columns.map { width(of: $0) }
    let lines = rows.map { row in
      zip(columns, widths).map { column, width in
        String(repeating: " ", count: width - row[column].count) + row[column]
      }.joined(separator: "  ").trimmedAtEnd
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }

  /// As a table of a Markdown page.
  package var markdown: String {
    let lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
    let rule = "|" + rows[0].map { _ in "---:|" }.joined()
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }
}

extension String {
  /// Without the blanks that an empty last cell leaves.
  fileprivate var trimmedAtEnd: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}
