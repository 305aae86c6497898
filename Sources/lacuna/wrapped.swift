extension String {
  /// With sentences broken between words where a line is wider than a terminal, the rest of a line two to the right; lines of tables,
  /// which have blanks side by side, and words stay as they are.
  /// - Parameter width: in characters; nil leaves all as it is.
  func wrapped(to width: Int?) -> String {
    guard let width, width >= 20 else { return self }
    return split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.count > width, !line.contains("  "), !line.contains("──") else { return String(line) }
      var rows: [String] = []
      var row = ""
      for word in line.split(separator: " ", omittingEmptySubsequences: false) {
        if !row.isEmpty, row.count + 1 + word.count > width {
          rows.append(row)
          row = "  " + word
        } else {
          row += (row.isEmpty ? "" : " ") + word
        }
      }
      return (rows + [row]).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
