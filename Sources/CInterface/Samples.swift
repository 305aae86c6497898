import LacunaAlgebra
import MaskedRegression

/// What a caller gives to be fitted.
enum FitData {
  case dense(Samples, groups: SampleGroups?)
  case sparse(SparseSamples)

  var coordinateCount: Int {
    switch self {
    case .dense(let samples, _): samples.columns
    case .sparse(let samples): samples.coordinateCount
    }
  }

  var groups: SampleGroups? {
    if case .dense(_, let groups) = self { groups } else { nil }
  }
}

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
    try requireShape(rows: rows, columns: columns)
    guard rowStride.magnitude < 1 << 48, columnStride.magnitude < 1 << 48 else {
      throw ArgumentError("strides of \(rowStride) and \(columnStride) bytes are too long")
    }
    self.rows = Int(rows)
    self.columns = Int(columns)
    self.rowStride = Int(rowStride)
    self.columnStride = Int(columnStride)
  }

  /// The rows for a fit.
  /// - Parameter borrowed: whether they stay as they are for as long as the fit is there; else they are copied.
  func rows(borrowed: Bool) throws(FitError) -> SampleRows {
    guard borrowed else {
      let values = [Double](unsafeUninitializedCapacity: rows * columns) { target, count in
        store(0..<rows, to: target.baseAddress!)
        count = rows * columns
      }
      return try SampleRows(values, sampleCount: rows)
    }
    if isPlain {
      return SampleRows(
        inPlace: start.assumingMemoryBound(to: Double.self), sampleCount: rows, coordinateCount: columns)
    }
    return SampleRows(sampleCount: rows, coordinateCount: columns, isFile: false) { store($0, to: $1) }
  }

  /// Whether the cells are float64 in row-major order without gaps.
  private var isPlain: Bool {
    precision == .float64 && columnStride == 8 && rowStride == 8 * columns && Int(bitPattern: start) % 8 == 0
  }

  /// Cells of some rows in float64, row-major.
  private func store(_ range: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    if isPlain {
      UnsafeMutableRawPointer(target).copyMemory(
        from: start + range.lowerBound * rowStride, byteCount: 8 * range.count * columns)
      return
    }
    for i in range {
      let row = start + i * rowStride
      let out = target + (i - range.lowerBound) * columns
      switch precision {
      case .float64:
        for k in 0..<columns { (out + k).initialize(to: (row + k * columnStride).loadUnaligned(as: Double.self)) }
      case .float32:
        for k in 0..<columns {
          (out + k).initialize(to: Double((row + k * columnStride).loadUnaligned(as: Float.self)))
        }
      }
    }
  }

  /// - Throws: an infinity, or a NaN where no cell may be missing, with its place.
  func requireFinite(allowMissing: Bool) throws(ArgumentError) {
    for i in 0..<rows {
      for k in 0..<columns {
        let cell = start + i * rowStride + k * columnStride
        let value =
          precision == .float64
          ? cell.loadUnaligned(as: Double.self) : Double(cell.loadUnaligned(as: Float.self))
        guard !value.isFinite && !(allowMissing && value.isNaN) else { continue }
        throw ArgumentError(
          "sample \(i + 1), coordinate \(k + 1) is \(value)"
            + (value.isNaN ? "; missing cells have a place under the mask observed alone" : ""))
      }
    }
  }
}

/// - Throws: fewer than one row or two columns, more cells than can be counted.
private func requireShape(rows: Int64, columns: Int64) throws(ArgumentError) {
  guard rows >= 1, columns >= 2 else {
    throw ArgumentError("\(rows) rows and \(columns) columns; at least 1 and 2 are needed")
  }
  let (cells, overflows) = rows.multipliedReportingOverflow(by: columns)
  guard !overflows, cells < 1 << 48 else { throw ArgumentError("\(rows) rows of \(columns) columns are too many") }
}

extension SampleGroups {
  /// - Parameter labels: one a sample, in a caller's memory; equal ones belong together.
  init(labels: UnsafePointer<Int64>, sampleCount n: Int) {
    self.init(labels: Array(UnsafeBufferPointer(start: labels, count: n)))
  }
}

extension SparseSamples {
  /// Compressed rows in a caller's memory, copied.
  /// - Throws: a null pointer, an unknown type, a shape as of `Samples`; `FitError.data` for what is no such matrix.
  init(
    rowStarts: UnsafePointer<Int64>?, columnIndices: UnsafePointer<Int32>?, values: UnsafeRawPointer?, type: Int32,
    rows: Int64, columns: Int64
  ) throws {
    let precision = try Precision(type: type)
    try requireShape(rows: rows, columns: columns)
    let starts = UnsafeBufferPointer(start: try required(rowStarts, "row_starts"), count: Int(rows) + 1)
    let count = starts[Int(rows)]
    guard columns <= Int64(Int32.max), (0..<1 << 48).contains(count) else {
      throw ArgumentError("\(count) entries in \(columns) columns cannot be held")
    }
    var cells: [Double] = []
    if count > 0 {
      let start = try required(values, "values")
      cells = [Double](unsafeUninitializedCapacity: Int(count)) { target, filled in
        for index in 0..<Int(count) {
          let value =
            precision == .float64
            ? start.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
            : Double(start.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
          target.initializeElement(at: index, to: value)
        }
        filled = Int(count)
      }
    }
    try self.init(
      coordinateCount: Int(columns), rowStarts: starts.map { Int($0) },
      columnIndices: count > 0
        ? Array(UnsafeBufferPointer(start: try required(columnIndices, "column_indices"), count: Int(count))) : [],
      values: cells)
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
