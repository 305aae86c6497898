/// What separates the fields of these lines: what parts all of them into as many fields, more than one, and best into
/// numbers; tabs before semicolons before bars before commas before spaces.
///
/// A header may have one field less than the rows, as R writes it.
/// - Parameter lines: the first row and some of the rows below, without their ends.
func separator(
  of lines: [UnsafeBufferPointer<UInt8>], _ parser: NumberParser, missing: MissingSpellings
) -> Separator {
  let comma = UInt8(ascii: ",")
  var candidates: [Separator] = [0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), comma].map(Separator.byte)
  // A decimal comma inside quotes leaves the bare comma to part the fields.
  if parser.decimal == comma, !lines.contains(where: { $0.contains(UInt8(ascii: "\"")) }) { candidates.removeLast() }
  candidates.append(.spaces)

  var best: (separator: Separator, score: Double)?
  var fallback: (separator: Separator, lines: Int)?
  for candidate in candidates {
    let fields = lines.map { CSVLine.fields($0, candidate) }
    let counts = fields.map { $0?.count ?? 0 }
    let below = counts.dropFirst()
    let common = below.first ?? counts[0]
    let agree = below.allSatisfy { $0 == common } && (counts[0] == common || (common > 2 && counts[0] == common - 1))
    if agree && common > 1 {
      let score = numericShare(fields.count > 1 ? fields.dropFirst() : fields[...], parser, missing: missing)
      if score > (best?.score ?? -1) { best = (candidate, score) }
    }
    // Ragged lines: what parts most of them. A mark in the first line alone is a part of its text.
    let parted = counts.count { $0 > 1 }
    let isInFirstOnly = lines.count > 2 && below.allSatisfy { $0 == 1 }
    let isUsual = candidate == .spaces ? parted * 2 > lines.count && counts[0] > 1 : parted > 0
    if !isInFirstOnly, isUsual, parted > (fallback?.lines ?? 0) { fallback = (candidate, parted) }
  }
  if let best { return best.separator }
  // Spaces inside cells part no fields where something better does.
  return fallback?.separator ?? .byte(parser.decimal == comma ? UInt8(ascii: ";") : comma)
}

/// The part of the cells that are numbers, with a point or a comma, or missing.
private func numericShare(
  _ lines: ArraySlice<[CSVField]?>, _ parser: NumberParser, missing: MissingSpellings
) -> Double {
  let other = NumberParser(decimal: UInt8(ascii: ","))
  var numeric = 0
  var all = 0
  for field in lines.compactMap({ $0 }).joined() {
    all += 1
    switch CSVCellKind(field.text, parser, missing: missing) {
    case .text(let text): numeric += CSVCellKind.suspects.contains(text) || other.value(text) != nil ? 1 : 0
    default: numeric += 1
    }
  }
  return all == 0 ? 0 : Double(numeric) / Double(all)
}
