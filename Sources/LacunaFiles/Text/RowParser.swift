#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a chunk of lines held.
final class RowBlock: @unchecked Sendable {
  /// Rows × columns of the table.
  var block: NumberBlock?
  var rows = 0
  /// Lines read, blank ones too.
  var lines = 0
  var rowNames: [String] = []
  var labels: [String] = []
  /// The first of the blank lines at the end, from 1 in the chunk.
  var blankLine: Int?
  var fault: Fault?

  struct Fault {
    enum Kind {
      case blank
      case quote(column: Int)
      case cell(column: Int, text: String)
      /// In the column that was to be empty.
      case notEmpty(column: Int, text: String)
      case fields(Int)
      case memory(DataFileError)
    }
    var line: Int
    var kind: Kind
  }
}

/// Turns chunks of lines into rows of numbers.
struct RowParser: Sendable {
  let separator: Separator
  let numbers: NumberParser
  let missing: MissingSpellings
  let allowMissing: Bool
  let path: String
  /// For each field of a line: the table's column, −1 for none, −2 for the rows' names, −3 for a cell that is empty, −4 for
  /// their labels.
  private let slots: [Int]
  private let width: Int

  init(_ layout: TextLayout, _ reading: TableReading, path: String) {
    separator = layout.separator
    numbers = NumberParser(decimal: reading.decimalMark)
    missing = reading.spellings
    allowMissing = reading.allowMissing
    self.path = path
    width = layout.choice.columns.count
    var slots = [Int](repeating: -1, count: layout.columns)
    if let labels = layout.choice.labels { slots[labels] = -4 }
    if let index = layout.choice.index { slots[index] = -2 }
    if layout.endsInSeparator { slots[layout.columns - 1] = -3 }
    for (slot, column) in layout.choice.columns.enumerated() { slots[column] = slot }
    self.slots = slots
  }

  /// The rows of a chunk from a byte on, up to the first fault.
  func parse(_ chunk: LineChunk, from start: Int = 0) -> RowBlock {
    let result = RowBlock()
    do throws(DataFileError) {
      // A field and its end take a byte at least.
      let block = try NumberBlock(capacity: chunk.count - start + width, path: path)
      slots.withUnsafeBufferPointer { slots in
        parse(chunk.bytes + start, chunk.end, slots, block.numbers, result)
      }
      block.count = result.rows * width
      block.trim()
      result.block = block
    } catch {
      result.fault = .init(line: 1, kind: .memory(error))
    }
    return result
  }

  private func parse(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ slots: UnsafeBufferPointer<Int>,
    _ values: UnsafeMutablePointer<Double>, _ result: RowBlock
  ) {
    let numbers = self.numbers
    let isNumberMissing = !missing.values.isEmpty
    // Where one mark does both, fields are parted first.
    let isParted = separator != .byte(numbers.decimal)
    let single: UInt8 = if case .byte(let byte) = separator { byte } else { 0 }
    var p = start
    var row = values
    while p < end {
      result.lines += 1
      if p.pointee <= 0x20, let next = blankLineEnd(p) {
        result.blankLine = result.blankLine ?? result.lines
        p = next
        continue
      }
      if let blank = result.blankLine {
        result.fault = .init(line: blank, kind: .blank)
        return
      }
      if separator == .spaces { while p.pointee == 0x20 || p.pointee == 0x09 { p += 1 } }
      var column = 0
      var isEnded = false
      while !isEnded {
        guard column < slots.count else {
          result.fault = .init(line: result.lines, kind: .fields(column + countFields(p, end)))
          return
        }
        let slot = slots[column]
        column += 1
        if slot >= 0 && isParted {
          var value = 0.0
          if let q = numbers.parse(p, &value), value.isFinite, !isNumberMissing || !missing.contains(value) {
            let byte = q.pointee
            if byte == single {
              row[slot] = value
              p = q + 1
              continue
            }
            if byte == 0x0A || (byte == 0x0D && q[1] == 0x0A) {
              row[slot] = value
              p = q + (byte == 0x0A ? 1 : 2)
              isEnded = true
              continue
            }
            if single == 0 && (byte == 0x20 || byte == 0x09) {
              row[slot] = value
              p = q
              while p.pointee == 0x20 || p.pointee == 0x09 { p += 1 }
              if p.pointee == 0x0A || (p.pointee == 0x0D && p[1] == 0x0A) {
                p += p.pointee == 0x0A ? 1 : 2
                isEnded = true
              }
              continue
            }
          }
        }
        if slot >= 0, isParted, let cell = plainCell(p) {
          row[slot] = cell.value
          p = cell.next
          isEnded = cell.ends
          continue
        }
        switch field(at: &p, end, &result.lines) {
        case .unbalanced:
          result.fault = .init(line: result.lines, kind: .quote(column: column - 1))
          return
        case .field(let text, let ends):
          isEnded = ends
          if slot >= 0 {
            guard let value = cell(text) else {
              result.fault = .init(line: result.lines, kind: .cell(column: column - 1, text: text))
              return
            }
            row[slot] = value
          } else if slot == -2 {
            result.rowNames.append(text)
          } else if slot == -3, !text.isEmpty {
            result.fault = .init(line: result.lines, kind: .notEmpty(column: column - 1, text: text))
            return
          } else if slot == -4 {
            result.labels.append(text)
          }
        }
      }
      guard column == slots.count else {
        result.fault = .init(line: result.lines, kind: .fields(column))
        return
      }
      row += width
      result.rows += 1
    }
  }

  /// Where a line of nothing but spaces ends; a line of tabs that separate empty cells is none.
  private func blankLineEnd(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var p = start
    while p.pointee == 0x20 || p.pointee == 0x09 {
      if separator == .byte(p.pointee) { return nil }
      p += 1
    }
    if p.pointee == 0x0D && p[1] == 0x0A { p += 1 }
    return p.pointee == 0x0A ? p + 1 : nil
  }

  private enum Field {
    case field(String, ends: Bool)
    case unbalanced
  }

  /// A field that is not simply a number, and `p` at the next field or line.
  /// - Parameter end: of the chunk.
  /// - Parameter lines: counts on by the line ends inside the field.
  private func field(
    at p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ lines: inout Int
  ) -> Field {
    let first = afterSpaces(p)
    let close = first.pointee == UInt8(ascii: "\"") ? Records.closingQuote(first, end) : nil
    if let close { lines += Records.feeds(first, close) }
    let feed = lineEnd(close ?? p)
    var count = feed - p
    if count > 0 && p[count - 1] == 0x0D { count -= 1 }
    var line = CSVLine(UnsafeBufferPointer(start: p, count: count), separator)
    switch line.next() {
    case .unbalanced: return .unbalanced
    case .end:
      p = feed + 1
      return .field("", ends: true)
    case .field(let field):
      p = line.isDone ? feed + 1 : p + line.position
      return .field(field.text, ends: line.isDone)
    }
  }

  private func lineEnd(_ p: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var end = p
    while end.pointee != 0x0A { end += 1 }
    return end
  }

  /// How many fields the rest of a line has.
  private func countFields(_ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var position = p
    var count = 0
    var lines = 0
    while true {
      guard case .field(_, let ends) = field(at: &position, end, &lines) else { return count + 1 }
      count += 1
      if ends { return count }
    }
  }

  private func cell(_ text: String) -> Double? {
    switch CSVCellKind(text, numbers, missing: missing) {
    case .number(let value, _) where value.isFinite: value
    case .missing where allowMissing: .nan
    default: nil
    }
  }
}
