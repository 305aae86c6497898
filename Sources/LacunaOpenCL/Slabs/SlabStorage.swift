import LacunaAlgebra

extension OpenCLBackend {
  /// A matrix in as many buffers as its rows take, each as large as one may be, the last as large as it has to be.
  func makeSlabs(rows: Int, columns: Int, bytes: Int) throws(BackendError) -> Matrix {
    let capacity = context.slabCapacity
    guard bytes <= context.freeMemory else {
      throw .outOfMemory(requested: bytes, available: context.freeMemory, device: device.name)
    }
    let height = capacity / columns
    guard height > 0 else {
      throw .unsupported("rows of \(columns) numbers, \(capacity) of which are a buffer", device: device.name)
    }
    var buffers: [DeviceBuffer] = []
    for part in Slabs.pieces(0..<rows, heights: [height]) {
      let count = part.upperBound == rows ? part.count * columns : capacity
      do throws(BackendError) {
        buffers.append(try context.allocate(byteCount: count * Element.precision.byteCount))
      } catch {
        guard case .outOfMemory = error else { throw error }
        buffers = []
        throw .outOfMemory(requested: bytes, available: context.freeMemory, device: device.name)
      }
    }
    return Matrix(rows: rows, columns: columns, buffers: buffers, capacity: capacity)
  }

  func uploadSlabs(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError) {
    let columns = matrix.columns
    for slab in try parts(of: matrix) {
      let rows = slab.rows.clamped(to: firstRow..<firstRow + values.count / columns)
      if rows.isEmpty { continue }
      try performUpload(
        Array(values[(rows.lowerBound - firstRow) * columns..<(rows.upperBound - firstRow) * columns]),
        to: slab.matrix, firstRow: rows.lowerBound - slab.rows.lowerBound)
    }
  }

  func downloadSlabs(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Element] {
    var values: [Element] = []
    values.reserveCapacity(rows.count * matrix.columns)
    for slab in try parts(of: matrix) {
      let own = slab.rows.clamped(to: rows)
      if own.isEmpty { continue }
      let first = own.lowerBound - slab.rows.lowerBound
      values += try performDownload(slab.matrix, rows: first..<first + own.count)
    }
    return values
  }

  /// Through a dense copy of a few rows, since the two widths are cut at other rows.
  func copyColumnsOfSlabs(of source: Matrix, from firstColumn: Int, to target: Matrix) throws(BackendError) {
    let from = try slabs(of: source)
    try forEachPiece(of: target, heights: [from.height]) { (piece, rows) throws(BackendError) in
      try context.copyBlock(
        from.at(rows.lowerBound, firstColumn), rows: rows.count, columns: target.columns, to: piece.buffer)
    }
  }

  /// Has the rows of a matrix written a piece at a time, into dense scratch memory, from where they are copied to their place.
  /// - Parameter heights: multiples of which no piece reaches across.
  /// - Parameter limits: rows that are to be written; nil for all.
  func forEachPiece(
    of target: Matrix, heights: [Int], within limits: Range<Int>? = nil,
    _ body: (Matrix, Range<Int>) throws(BackendError) -> Void
  ) throws(BackendError) {
    guard target.count > 0 else { return }
    try context.lock.held { () throws(BackendError) in
      let storage = try makeUninitialized(
        rows: min(target.rows, pieceHeight(target.columns)), columns: target.columns)
      for slab in try parts(of: target) {
        let wanted = limits.map { slab.rows.clamped(to: $0) } ?? slab.rows
        for rows in Slabs.pieces(wanted, heights: heights, step: storage.rows) {
          let piece = storage.firstRows(rows.count)
          try body(piece, rows)
          try copyElements(
            of: piece, from: 0, to: slab.matrix, at: (rows.lowerBound - slab.rows.lowerBound) * target.columns,
            count: piece.count)
        }
      }
    }
  }

  /// Rows of so wide a matrix that are handled at a time where they need a copy.
  private func pieceHeight(_ columns: Int) -> Int {
    max(1, min(rowBlock(columns: columns), context.slabCapacity / max(columns, 1)))
  }

  /// For each slab of the source the rows that lie in it, and from there to their places.
  func gatherSlabs(
    of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix
  ) throws(BackendError) {
    let sources = try parts(of: source)
    for slab in try parts(of: target) {
      let wanted = rows[slab.rows]
      for part in sources {
        let places = wanted.indices.filter { part.rows.contains(wanted[$0]) }
        if places.count == wanted.count {
          try performGather(
            of: part.matrix, rows: wanted.map { $0 - part.rows.lowerBound }, columns: columns, into: slab.matrix)
        } else {
          try forEachRun(of: places.count, columns: target.columns) { (run, storage) throws(BackendError) in
            try performGather(
              of: part.matrix, rows: places[run].map { wanted[$0] - part.rows.lowerBound }, columns: columns,
              into: storage)
            try performScatterRows(
              of: storage, to: slab.matrix, at: places[run].map { $0 - slab.rows.lowerBound })
          }
        }
      }
    }
  }

  func scatterSlabs(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
    for part in try parts(of: source) {
      let own = rows[part.rows]
      for slab in try parts(of: target) {
        let places = own.indices.filter { slab.rows.contains(own[$0]) }
        if places.count == own.count {
          try performScatterRows(of: part.matrix, to: slab.matrix, at: own.map { $0 - slab.rows.lowerBound })
        } else {
          try forEachRun(of: places.count, columns: target.columns) { (run, storage) throws(BackendError) in
            try performGather(
              of: part.matrix, rows: places[run].map { $0 - part.rows.lowerBound }, columns: nil, into: storage)
            try performScatterRows(of: storage, to: slab.matrix, at: places[run].map { own[$0] - slab.rows.lowerBound })
          }
        }
      }
    }
  }

  /// Calls with a run of so many rows after the other and storage for it.
  private func forEachRun(
    of count: Int, columns: Int, _ body: (Range<Int>, Matrix) throws(BackendError) -> Void
  ) throws(BackendError) {
    guard count > 0, columns > 0 else { return }
    let storage = try makeUninitialized(rows: min(count, pieceHeight(columns)), columns: columns)
    for run in Slabs.pieces(0..<count, heights: [], step: storage.rows) {
      try body(run, storage.firstRows(run.count))
    }
  }
}
