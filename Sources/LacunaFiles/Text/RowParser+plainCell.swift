extension RowParser {
  /// A number with spaces or quotes around it, or a cell that is empty or says that it is missing, without a text being
  /// made of it; the other kinds of cell are left to `CSVLine`, which reads these as they are read here.
  ///
  /// - Returns: the value, where the next field or line starts, and whether the line ends; nil for another kind of cell.
  func plainCell(
    _ start: UnsafePointer<UInt8>
  ) -> (value: Double, next: UnsafePointer<UInt8>, ends: Bool)? {
    var p = afterSpaces(start)
    let isQuoted = p.pointee == UInt8(ascii: "\"")
    if isQuoted { p += 1 }
    var value = 0.0
    if let end = numbers.parse(p, &value), value.isFinite {
      p = end
      if missing.contains(value) {
        guard allowMissing else { return nil }
        value = .nan
      }
    } else {
      guard allowMissing, let end = missingEnd(p), end > p || isQuoted || separator != .spaces else { return nil }
      value = .nan
      p = end
    }
    if isQuoted {
      guard p.pointee == UInt8(ascii: "\"") else { return nil }
      p += 1
    }
    let next = afterSpaces(p)
    if next.pointee == 0x0A { return (value, next + 1, true) }
    if next.pointee == 0x0D && next[1] == 0x0A { return (value, next + 2, true) }
    switch separator {
    case .byte(let byte): return next.pointee == byte ? (value, next + 1, false) : nil
    case .spaces: return next > p ? (value, next, false) : nil
    }
  }

  func afterSpaces(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var p = start
    while (p.pointee == 0x20 || p.pointee == 0x09) && separator != .byte(p.pointee) { p += 1 }
    return p
  }

  /// Where one of the usual spellings of a missing cell ends, the empty one too; what follows is not looked at.
  private func missingEnd(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    func spells(_ word: StaticString, at p: UnsafePointer<UInt8>) -> Bool {
      // A letter's bit 0x20 is set in its small form, and is set in / too.
      (0..<word.utf8CodeUnitCount).allSatisfy { p[$0] | 0x20 == word.utf8Start[$0] }
    }
    let sign = start.pointee == UInt8(ascii: "-") || start.pointee == UInt8(ascii: "+")
    if sign { return spells("nan", at: start + 1) ? start + 4 : nil }
    switch start.pointee | 0x20 {
    case UInt8(ascii: "n"):
      if spells("nan", at: start) || (spells("n/a", at: start) && start[1] == UInt8(ascii: "/")) { return start + 3 }
      if spells("null", at: start) { return start + 4 }
      return spells("na", at: start) ? start + 2 : nil
    default:
      return start
    }
  }
}
