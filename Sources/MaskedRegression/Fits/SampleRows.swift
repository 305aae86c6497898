import LacunaAlgebra

/// Samples in rows of float64 where they are, in memory or a file, read in blocks of rows as often as a fit passes over them.
///
/// Law: every pass gives the same numbers. Those that are not this value's own are held against a checksum of the first pass, so
/// that samples which change while they are fitted, or before something is asked of the fit, end in an error.
public final class SampleRows {
  public let sampleCount: Int
  public let coordinateCount: Int

  private enum Source {
    case array([Double])
    case memory(UnsafePointer<Double>)
    case reader((Range<Int>, UnsafeMutablePointer<Double>) throws -> Void, isFile: Bool)
  }

  private let source: Source
  /// Of each block, once they were scanned; empty for numbers that are this value's own.
  private var checksums: [UInt64] = []

  /// Rows of a piece: a quarter of a block, where rows are not so long that a product needs more.
  var pieceHeight: Int { Self.pieceHeight(columns: coordinateCount) }

  static func pieceHeight(columns d: Int) -> Int { max(256, blockSize / 4 / d) }

  /// Rows of a block: whole pieces, a million numbers or so.
  var blockHeight: Int { Self.blockHeight(columns: coordinateCount) }

  static func blockHeight(columns d: Int) -> Int {
    let piece = pieceHeight(columns: d)
    return piece * max(1, blockSize / d / piece)
  }

  /// Numbers of a block.
  static var blockSize: Int { 1 << 20 }

  /// - Parameter values: n × d, row-major; kept.
  /// - Parameter n: samples.
  /// - Throws: `FitError.data` for no sample or no coordinate.
  public init(_ values: consuming [Double], sampleCount n: Int) throws(FitError) {
    guard n > 0, values.count >= n, values.count % n == 0 else {
      throw .data("\(values.count) numbers are no rows of \(n) samples")
    }
    sampleCount = n
    coordinateCount = values.count / n
    source = .array(values)
  }

  /// Rows in memory that stays as it is while this value, or a fit of it, is in use.
  /// - Parameter start: of n · d numbers, row-major.
  /// - Parameter n: samples, at least 1.
  /// - Parameter d: coordinates, at least 1.
  public init(inPlace start: UnsafePointer<Double>, sampleCount n: Int, coordinateCount d: Int) {
    sampleCount = n
    coordinateCount = d
    source = .memory(start)
  }

  /// Rows that a function reads from elsewhere.
  /// - Parameter n: samples, at least 1.
  /// - Parameter d: coordinates, at least 1.
  /// - Parameter isFile: whether others may change them while they are fitted; those in memory are the caller's alone.
  /// - Parameter read: stores rows of a range from the first, row-major; the same numbers whenever it is asked.
  public init(
    sampleCount n: Int, coordinateCount d: Int, isFile: Bool,
    read: @escaping (Range<Int>, UnsafeMutablePointer<Double>) throws -> Void
  ) {
    sampleCount = n
    coordinateCount = d
    source = .reader(read, isFile: isFile)
  }

  /// Whether the numbers are held here, and can change nowhere else.
  private var isOwn: Bool {
    if case .array = source { return true }
    return false
  }

  /// Gives rows to a body, which does not keep the pointer.
  func read<Value>(_ rows: Range<Int>, _ body: (UnsafePointer<Double>) throws -> Value) throws -> Value {
    switch source {
    case .array(let values):
      try values.withUnsafeBufferPointer { try body($0.baseAddress! + rows.lowerBound * coordinateCount) }
    case .memory(let start): try body(start + rows.lowerBound * coordinateCount)
    case .reader(let read, _):
      try withScratch(count: rows.count * coordinateCount) { scratch in
        try read(rows, scratch)
        return try body(UnsafePointer(scratch))
      }
    }
  }

  /// What a reader's rows are stored in, for as long as there are passes.
  private var scratch: UnsafeMutableBufferPointer<Double>?

  private func withScratch<Value>(count: Int, _ body: (UnsafeMutablePointer<Double>) throws -> Value) rethrows -> Value
  {
    let own = scratch ?? .allocate(capacity: 0)
    scratch = nil
    var buffer = own
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(capacity: count)
    }
    defer {
      // Rows may be read within a pass.
      if let other = scratch { other.deallocate() }
      scratch = buffer
    }
    return try body(buffer.baseAddress!)
  }

  deinit { scratch?.deallocate() }

  /// Rows, block by block.
  /// - Parameter wanted: numbers of blocks, ascending; nil stands for all of them.
  /// - Parameter body: called with rows and their numbers.
  /// - Throws: `FitError.data` where they are not what they were.
  func forEachBlock(_ wanted: [Int]? = nil, _ body: (UnsafePointer<Double>, Range<Int>) throws -> Void) throws {
    for index in wanted ?? Array(0..<(sampleCount + blockHeight - 1) / blockHeight) {
      let first = index * blockHeight
      try Interruption.check()
      let rows = first..<min(first + blockHeight, sampleCount)
      try read(rows) { cells in
        if !checksums.isEmpty, isChecked {
          var scan = ColumnScan(columns: coordinateCount, sums: false, checksum: true)
          scan.add(cells, rows: rows.count)
          guard scan.checksum == checksums[index] else {
            throw FitError.data(
              "samples \(rows.lowerBound + 1) to \(rows.upperBound) are not what they were when they were first read: "
                + "they must not change while a fit of them is in use")
          }
        }
        try body(cells, rows)
      }
    }
  }

  /// Whether blocks are held against their checksums as they are read.
  private var isChecked = true

  /// Does work within one call of whoever owns the memory that the samples are in: there they are not held against checksums.
  func atOnce<Value, Failure>(_ work: () throws(Failure) -> Value) throws(Failure) -> Value {
    let before = isChecked
    defer { isChecked = before }
    switch source {
    case .memory, .reader(_, isFile: false): isChecked = false
    case .array, .reader(_, isFile: true): break
    }
    return try work()
  }

  /// What the first pass found.
  private var scanned: ColumnScan?

  /// The first pass, made once: sums, least and greatest of each column, and the checksums that later passes are held against.
  /// - Parameter body: called with each block as it passes; given, there is a pass in any case.
  func scan(_ body: ((UnsafePointer<Double>, Range<Int>) -> Void)? = nil) throws -> ColumnScan {
    if body == nil, let scanned { return scanned }
    var all = ColumnScan(columns: coordinateCount, checksum: !isOwn)
    var found: [UInt64] = []
    try forEachBlock { cells, rows in
      body?(cells, rows)
      all.add(cells, rows: rows.count)
      if !isOwn { found.append(all.checksum) }
      all.startChecksum()
    }
    if checksums.isEmpty { checksums = found }
    scanned = all
    return all
  }

  /// All numbers, row-major.
  func cells() throws -> [Double] {
    if case .array(let values) = source { return values }
    var all: [Double] = []
    all.reserveCapacity(sampleCount * coordinateCount)
    try forEachBlock { cells, rows in
      all.append(contentsOf: UnsafeBufferPointer(start: cells, count: rows.count * coordinateCount))
    }
    return all
  }

  /// Every so many rows, row-major, from the first.
  func every(_ step: Int) throws -> [Double] {
    if step == 1 { return try cells() }
    var chosen: [Double] = []
    for row in stride(from: 0, to: sampleCount, by: step) {
      try read(row..<row + 1) { chosen.append(contentsOf: UnsafeBufferPointer(start: $0, count: coordinateCount)) }
    }
    return chosen
  }
}
