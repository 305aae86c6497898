extension Table {
  /// What the table may be beside samples × coordinates: a column that counts the rows, ratings in long form.
  func suspicions(_ reading: TableReading) -> [String] {
    var found: [String] = []
    if rows >= 5, columns > 1 {
      for column in 0..<columns where counts(column) {
        let place = positions?[column] ?? column + 1
        found.append(
          "\(label(column)) counts the rows"
            + reading.remedy(
              "; if it numbers them, --index '#\(place)' takes it out of the coordinates",
              otherwise: "; if it numbers them, take it out"))
      }
    }
    if isLongRatings {
      found.append(
        "these look like ratings in long form (\(listed(names ?? (1...columns).map { "column \($0)" }))): each column is "
          + "read as a coordinate; for a recommender write a row a user and a column an item, as Matrix Market or SciPy .npz"
      )
    }
    return found
  }

  private func label(_ column: Int) -> String {
    let place = positions?[column] ?? column + 1
    guard let name = names?[column], !name.isEmpty else { return "column \(place)" }
    return "column \(place) (\(escaped(String(name.prefix(40)))))"
  }

  private func counts(_ column: Int) -> Bool {
    let start = values[column]
    guard start == start.rounded() else { return false }
    return (0..<rows).allSatisfy { values[$0 * columns + column] == start + Double($0) }
  }

  private var isLongRatings: Bool {
    guard (3...5).contains(columns), rows >= 5 else { return false }
    func isWhole(_ column: Int) -> Bool {
      (0..<rows).allSatisfy { row in
        let value = values[row * columns + column]
        return value >= 0 && value == value.rounded()
      }
    }
    if let names {
      let words = names.map { $0.lowercased() }
      func has(_ stems: [String]) -> Bool { words.contains { word in stems.contains { word.contains($0) } } }
      return has(["user", "customer", "reviewer", "uid"])
        && has(["item", "movie", "product", "book", "song", "track", "iid", "asin"])
        && isWhole(0) && isWhole(1)
    }
    // Without names only what MovieLens writes is told apart: user, item, few kinds of rating, seconds since 1970.
    guard columns == 4, isWhole(0), isWhole(1), isWhole(3) else { return false }
    let times = (0..<rows).allSatisfy { (3e8...5e9).contains(values[$0 * 4 + 3]) }
    return times && Set((0..<min(rows, 10_000)).map { values[$0 * 4 + 2] }).count <= 11
  }
}
