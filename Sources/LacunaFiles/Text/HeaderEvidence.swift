/// Whether the first row of a text holds names, by what it and the rows below are.
struct HeaderEvidence {
  let first: [CSVField]
  let firstCells: [CSVCellKind]
  /// The first rows below.
  let rows: [[CSVCellKind]]
  let rowsAreQuoted: Bool

  enum Verdict: Equatable {
    case header(String)
    case sample
    /// The evidence is divided: why.
    case open(String)
  }

  var verdict: Verdict {
    let texts = firstCells.indices.filter { firstCells[$0].isText }
    let numbers = firstCells.indices.filter { firstCells[$0].number != nil }
    let isCornerEmpty = firstCells.count > 1 && first[0].text.isEmpty
    if numbers.isEmpty { return texts.isEmpty ? .sample : .header("the first row holds names") }
    if rows.isEmpty { return texts.isEmpty ? .sample : mixture(texts[0]) }
    if first.allSatisfy(\.isQuoted) && !rowsAreQuoted {
      return .header("the first row is quoted and the rows below are not: it is read as names")
    }
    let numeric = run(numbers, isCornerEmpty: isCornerEmpty)
    guard !texts.isEmpty else { return numeric }
    // Text over numbers is a name; text over text says nothing.
    let overNumbers = texts.filter { column in cells(under: column).contains { $0.number != nil } }
    if case .header = numeric { return numeric }
    if overNumbers.isEmpty { return numeric }
    // A sample has a bad cell or two, not more of them than numbers.
    if overNumbers.count > 1 && overNumbers.count > numbers.count {
      return .header("the first row has words over numbers in \(overNumbers.count) columns: it is read as names")
    }
    return mixture(overNumbers[0])
  }

  private func cells(under column: Int) -> [CSVCellKind] { rows.compactMap { column < $0.count ? $0[column] : nil } }

  private func mixture(_ column: Int) -> Verdict {
    .open("\(quoted(first[column].text)) is not a number, yet the line holds numbers")
  }

  /// Numbers that rise or fall evenly, or at least steadily, where the rows below do not: names, if they are of another
  /// kind than the cells below.
  private func run(_ columns: [Int], isCornerEmpty: Bool) -> Verdict {
    let values = columns.map { firstCells[$0].number! }
    let shape = Progression(values)
    // A corner cell is empty where a program numbered rows and columns.
    if isCornerEmpty && columns.count == firstCells.count - 1
      && (shape.counts || values == [0] || (shape.isEven && columns.count > 2))
    {
      return .header("the first row has an empty corner and numbers the columns \(shape.text)")
    }
    let isRun = shape.counts || shape.isEven || (columns.count == 2 && shape.areYears)
    let below = rows.map { row in columns.compactMap { $0 < row.count ? row[$0].number : nil } }
      .filter { $0.count == columns.count }
    let isSpeltApart =
      columns.allSatisfy { firstCells[$0].isInteger } && decimalsBelow(columns) * 2 > columns.count
    let isOutside = isOutside(columns, values)
    guard isRun || shape.isSteady else {
      // Identifiers, channels: numbers in no order.
      let isOfAnotherKind = columns.count >= 3 && below.count >= 5 && isSpeltApart && isOutside
      return isOfAnotherKind
        ? .open(
          "the first row is of whole numbers far off the cells below, which have fractions, and may hold names or be a sample"
        ) : .sample
    }
    let complete = below.map { Progression($0) }
    // A row below may run evenly by chance, the more so the fewer columns there are.
    let alike = complete.count { $0.counts || $0.isEven }
    if alike * 4 > complete.count { return .sample }
    if alike > 0 && !isSpeltApart && !isOutside && !shape.counts { return .sample }
    let what = isRun ? "runs evenly, \(shape.text)" : "runs steadily, \(shape.text)"
    let header = Verdict.header(
      "the first row \(what), \(isOutside ? "outside the cells below" : "the rows below do not"): it is read as names")
    let open = Verdict.open("the first row \(what), and may hold names or be a sample")
    if isRun {
      switch columns.count {
      case 2:
        guard shape.counts || shape.areYears else { return .sample }
        return isSpeltApart || isOutside ? (shape.areYears && isOutside ? header : open) : .sample
      case 3..<8:
        if isSpeltApart || isOutside { return header }
        return shape.counts || columns.count > 3 ? open : .sample
      default:
        let sorted = values.sorted()
        if below.contains(where: { $0.sorted() == sorted }) { return open }
        return header
      }
    }
    // Steady alone: wavelengths at uneven steps, chosen years.
    guard columns.count >= 4, !complete.contains(where: \.isSteady) else { return .sample }
    if isOutside { return header }
    return columns.count >= 8 && complete.count >= 3 ? open : .sample
  }

  /// In how many of the columns a cell below is written with a fraction or exponent.
  private func decimalsBelow(_ columns: [Int]) -> Int {
    columns.count { column in cells(under: column).contains { $0.number != nil && !$0.isInteger } }
  }

  /// Whether each number lies off the cells below by more than they spread.
  private func isOutside(_ columns: [Int], _ values: [Double]) -> Bool {
    zip(columns, values).allSatisfy { column, value in
      let below = cells(under: column).compactMap(\.number)
      guard below.count >= 2, let low = below.min(), let high = below.max() else { return false }
      let spread = high - low
      return value < low - spread || value > high + spread
    }
  }
}

/// How numbers of a row follow one another.
private struct Progression {
  let values: [Double]
  /// 0, 1, 2, … or 1, 2, 3, …
  let counts: Bool
  /// Three or more at one step.
  let isEven: Bool
  /// Rising or falling throughout.
  let isSteady: Bool

  init(_ values: [Double]) {
    self.values = values
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    counts = values.count > 1 && (values[0] == 0 || values[0] == 1) && steps.allSatisfy { $0 == 1 }
    let size = values.reduce(0) { max($0, abs($1)) }
    let step = values.count > 1 ? (values[values.count - 1] - values[0]) / Double(values.count - 1) : 0
    // Written decimals are even to their last digit, not exactly.
    isEven =
      values.count > 2 && step != 0 && abs(step) > 1e-9 * size
      && steps.allSatisfy { abs($0 - step) <= 1e-3 * abs(step) + 1e-12 * size }
    isSteady = values.count > 2 && (steps.allSatisfy { $0 > 0 } || steps.allSatisfy { $0 < 0 })
  }

  var areYears: Bool {
    values.allSatisfy { $0 >= 1500 && $0 <= 2200 && $0 == $0.rounded() }
      && zip(values.dropFirst(), values).allSatisfy { $0 > $1 }
  }

  var text: String {
    func short(_ value: Double) -> String { CSVCell.number(value).field }
    guard values.count > 3 else { return values.map(short).joined(separator: ", ") }
    return "\(short(values[0])), \(short(values[1])) … \(short(values[values.count - 1]))"
  }
}

extension CSVCellKind {
  var number: Double? { if case .number(let value, _) = self { value } else { nil } }
  var isInteger: Bool { if case .number(_, true) = self { true } else { false } }
  var isText: Bool {
    if case .text(let text) = self { !Self.suspects.contains(text) } else { false }
  }
}
