import LacunaAlgebra

/// Rows of numbers in a caller's memory.
struct Samples {
  let start: UnsafeRawPointer
  let precision: Precision
  let rows, columns, rowStride, columnStride: Int

  /// - Throws: a null pointer, an unknown type, fewer than one row or two columns, more cells than can be counted.
  init(
    _ start: UnsafeRawPointer?, type: Int32, rows: Int64, columns: Int64, rowStride: Int64, columnStride: Int64
  ) throws(ArgumentError) {
    self.start = try required(start, "data")
    precision = try Precision(type: type)
    guard rows >= 1, columns >= 2 else {
      throw ArgumentError("\(rows) rows and \(columns) columns; at least 1 and 2 are needed")
    }
    guard !rows.multipliedReportingOverflow(by: columns).overflow, rows * columns < 1 << 48,
      abs(rowStride) < 1 << 48, abs(columnStride) < 1 << 48
    else { throw ArgumentError("\(rows) rows of \(columns) columns are too many") }
    self.rows = Int(rows)
    self.columns = Int(columns)
    self.rowStride = Int(rowStride)
    self.columnStride = Int(columnStride)
  }

  /// All cells in float64, row-major: one copy, whatever the strides.
  /// - Throws: an infinity, or a NaN where no cell may be missing, with its place.
  func values(allowMissing: Bool) throws(ArgumentError) -> [Double] {
    let values = [Double](unsafeUninitializedCapacity: rows * columns) { target, count in
      for i in 0..<rows {
        let row = start + i * rowStride
        let out = target.baseAddress! + i * columns
        switch precision {
        case .float64:
          for k in 0..<columns {
            (out + k).initialize(to: (row + k * columnStride).loadUnaligned(as: Double.self))
          }
        case .float32:
          for k in 0..<columns {
            (out + k).initialize(to: Double((row + k * columnStride).loadUnaligned(as: Float.self)))
          }
        }
      }
      count = rows * columns
    }
    if let cell = values.firstIndex(where: { !$0.isFinite && !(allowMissing && $0.isNaN) }) {
      throw ArgumentError(
        "sample \(cell / columns + 1), coordinate \(cell % columns + 1) is \(values[cell])"
          + (values[cell].isNaN ? "; missing cells have a place under the mask observed alone" : ""))
    }
    return values
  }
}

extension Precision {
  /// As `lacuna.h` numbers them.
  init(type: Int32) throws(ArgumentError) {
    switch type {
    case 0: self = .float64
    case 1: self = .float32
    default: throw ArgumentError("type \(type); 0 is float64, 1 is float32")
    }
  }
}

/// A caller's buffer that results are written into, block by block.
struct OutputBuffer {
  private let start: UnsafeMutableRawPointer
  private let precision: Precision
  private let count: Int
  private var filled = 0

  /// - Throws: a null pointer, an unknown type, another number of elements than wanted.
  init(_ start: UnsafeMutableRawPointer?, type: Int32, count: Int64, wanted: Int) throws(ArgumentError) {
    self.start = try required(start, "out")
    precision = try Precision(type: type)
    guard count == Int64(wanted) else { throw ArgumentError("a buffer of \(count) elements for \(wanted)") }
    self.count = wanted
  }

  /// Adds numbers in the precision of the buffer.
  mutating func append<Element: Scalar>(_ values: [Element]) throws(ArgumentError) {
    guard filled + values.count <= count else { throw ArgumentError("more results than the buffer holds") }
    let target = start + filled * precision.byteCount
    func copy<Written>(_ written: [Written]) {
      written.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: bytes.count) }
      }
    }
    if Element.precision == precision {
      copy(values)
    } else if precision == .float64 {
      copy(Element.doubles(values))
    } else {
      copy(Float.nearest(Element.doubles(values)))
    }
    filled += values.count
  }
}
