extension Table {
  /// What the table may be beside samples × coordinates: a column that counts the rows, ratings in long form.
  func suspicions(_ reading: TableReading) -> [String] {
    var found: [String] = []
    if rows >= 5, columns > 1 {
      for column in 0..<columns {
        let isNumbered = counts(column)
        guard isNumbered || numbers(column) || names?[column].hasPrefix("Unnamed:") == true else { continue }
        let place = positions?[column] ?? column + 1
        found.append(
          "\(label(column)) "
            + (isNumbered
              ? "counts the rows"
              : numbers(column) ? "holds each number of a count of the rows" : "has pandas' name for an index")
            + reading.remedy(
              "; if it numbers them, --index '#\(place)' takes it out of the coordinates",
              otherwise: "; if it numbers them, take it out"))
      }
    }
    found += codes(reading)
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

  /// Whether the column is 0 … rows − 1, or any other such count, in another order.
  private func numbers(_ column: Int) -> Bool {
    guard rows >= 8, rows < 1 << 31 else { return false }
    var low = Double.infinity
    for row in 0..<rows {
      let value = values[row * columns + column]
      guard value == value.rounded(), abs(value) < 0x1p52 else { return false }
      low = min(low, value)
    }
    var isSeen = [Bool](repeating: false, count: rows)
    for row in 0..<rows {
      let place = values[row * columns + column] - low
      guard place < Double(rows), !isSeen[Int(place)] else { return false }
      isSeen[Int(place)] = true
    }
    return true
  }

  /// Numbers that programs write for a missing cell, where they lie far off the others of their column.
  private func codes(_ reading: TableReading) -> [String] {
    let known: [Double] = [-99, -999, -9999, -99999, -999.25, -9999.25, 999, 9999, 99999, 1e20, 1e30, -1e30, -1e34]
    var places: [Double: [Int: Int]] = [:]
    for place in values.indices where abs(values[place]) >= 99 && known.contains(values[place]) {
      places[values[place], default: [:]][place % columns, default: 0] += 1
    }
    var found: [String] = []
    for code in known {
      let off = places[code, default: [:]].filter { isOff(code, $0.key) }
      let cells = off.values.reduce(0, +)
      guard cells > 1 else { continue }
      let text = CSVCell.number(code).field
      found.append(
        "\(text) stands in \(cells) cells, far off the others (\(listed(off.keys.sorted().map(label), most: 4)))"
          + reading.remedy(
            "; if it says that a cell is missing, name it: --missing=\(text)",
            otherwise: "; if it says that a cell is missing, write NaN"))
    }
    return found
  }

  /// Whether a number lies off the others of a column by more than they spread, codes on its own side left out.
  private func isOff(_ code: Double, _ column: Int) -> Bool {
    var (low, high, count) = (Double.infinity, -Double.infinity, 0)
    for row in 0..<rows {
      let value = values[row * columns + column]
      guard code < 0 ? value > code : value < code else {
        if value == code || value.isNaN { continue }
        return false
      }
      (low, high, count) = (min(low, value), max(high, value), count + 1)
    }
    let spread = high - low
    return count > 2 && (code < 0 ? code < low - spread : code > high + spread)
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
