import LacunaAlgebra

/// A matrix as blocks of the buffers that its rows lie in: `height` rows a buffer, fewer in the last.
///
/// The height is what one buffer holds of the width, so that matrices of one width are cut at the same rows. Everything here is
/// written in terms of the operations on one buffer.
struct Slabs {
  let rows: Int
  let columns: Int
  let height: Int
  let buffers: [DeviceBuffer]

  /// The block from an entry on, down to the end of its buffer.
  func at(_ row: Int, _ column: Int) -> Block {
    Block(buffer: buffers[row / height], offset: row % height * columns + column, stride: columns)
  }

  /// The rows of each buffer.
  var ranges: [Range<Int>] { Self.pieces(0..<rows, heights: [height]) }

  /// A range in pieces of at most `step`, none of which crosses a multiple of any of the heights.
  static func pieces(_ range: Range<Int>, heights: [Int], step: Int = .max) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var first = range.lowerBound
    while first < range.upperBound {
      var end = range.upperBound - first > step ? first + step : range.upperBound
      for height in heights { end = min(end, (first / height + 1) * height) }
      pieces.append(first..<end)
      first = end
    }
    return pieces
  }
}

extension DeviceContext {
  /// Bytes of the largest buffer.
  var largestBuffer: Int { min(device.largestAllocation, routes.largestBuffer) }

  /// Numbers of the largest matrix in one buffer: what it may be allocated, and what 32 bits index.
  var slabCapacity: Int { min(OpenCLDevice.largestMatrix, largestBuffer / precision.byteCount) }

  /// A block onto a dense one of that width.
  func copyBlock(_ source: Block, rows: Int, columns: Int, to dense: DeviceBuffer) throws(BackendError) {
    try launch(
      .elementwise, "copy_columns", items: columns, height: rows, .buffer(source.buffer), .uint(source.stride),
      .uint(source.offset), .buffer(dense), .uint(columns))
  }

  /// A square block, changed as a dense matrix of its own in scratch memory. Hold `lock`.
  func withDense(_ block: Block, size: Int, _ body: (DeviceBuffer) throws(BackendError) -> Void) throws(BackendError) {
    let dense = try scratch("slab diagonal", count: size * size)
    try copyBlock(block, rows: size, columns: size, to: dense)
    try body(dense)
    try copyRows(Block(buffer: dense, stride: size), to: block, rows: size, columns: size)
  }
}

/// One slab of a matrix as a matrix of its own.
struct Slab<Element: OpenCLScalar> {
  /// Of the whole matrix.
  let rows: Range<Int>
  let matrix: OpenCLMatrix<Element>
}

extension OpenCLBackend {
  func slabs(of a: Matrix) throws(BackendError) -> Slabs { try a.slabs(on: device) }

  /// The slabs of a matrix, each in one buffer.
  func parts(of a: Matrix) throws(BackendError) -> [Slab<Element>] {
    if a.isWhole { return [Slab(rows: 0..<a.rows, matrix: a)] }
    let slabs = try slabs(of: a)
    return zip(slabs.ranges, slabs.buffers).map { rows, buffer in
      Slab(rows: rows, matrix: OpenCLMatrix(rows: rows.count, columns: a.columns, buffer: buffer))
    }
  }

  /// Does work slab after slab over matrices of one shape, under the lock.
  func forEachSlab(
    of matrices: Matrix..., body: ([Matrix], Range<Int>) throws(BackendError) -> Void
  ) throws(BackendError) {
    try context.lock.held { () throws(BackendError) in
      var all: [[Slab<Element>]] = []
      for matrix in matrices { all.append(try parts(of: matrix)) }
      for (i, slab) in all[0].enumerated() { try body(all.map { $0[i].matrix }, slab.rows) }
    }
  }

  /// The entries of a vector that belong to some rows, as a vector.
  func slice(_ vector: Matrix, _ rows: Range<Int>) throws(BackendError) -> Matrix {
    let part = try makeUninitialized(rows: 1, columns: rows.count)
    try copyElements(of: vector, from: rows.lowerBound, to: part, at: 0, count: rows.count)
    return part
  }

  /// Elements of one buffer onto those of another.
  func copyElements(
    of source: Matrix, from start: Int, to target: Matrix, at place: Int, count: Int
  ) throws(BackendError) {
    let size = Element.precision.byteCount
    try context.copy(
      source.buffer, from: start * size, to: target.buffer, at: place * size, byteCount: count * size)
  }

  /// The refusal of what is written for one buffer alone.
  /// - Throws: `outOfMemory`, with the largest order that one buffer holds: memory is what there is too little of, in one piece.
  func requireWhole(_ a: Matrix, _ operation: String) throws(BackendError) {
    if a.isWhole { return }
    let largest = Int(Double(context.slabCapacity).squareRoot())
    throw .outOfMemory(
      requested: a.count * Element.precision.byteCount, available: context.slabCapacity * Element.precision.byteCount,
      device: "\(device.name), for \(operation) of \(a.shape) in one buffer (it holds \(largest) × \(largest) in "
        + "\(Element.precision.rawValue)),")
  }
}
