import LacunaAlgebra

/// Diagonals and triangles: slab after slab, or block after block of `panelWidth` rows through dense scratch memory.
extension OpenCLBackend {
  /// value ← A + value on the diagonal alone.
  func addDiagonalOfSlabs(_ value: Element, to a: Matrix) throws(BackendError) {
    let sums = try makeUninitialized(rows: 1, columns: a.rows)
    let values = try makeUninitialized(rows: 1, columns: a.rows)
    try diagonalOfSlabs(a, into: sums)
    try context.launch(
      .elementwise, "fill_value", items: a.rows, .buffer(values.buffer), .uint(a.rows), .real(Double(value)))
    try performAdd(values, alpha: 1, beta: 1, to: sums)
    try setDiagonalOfSlabs(a, to: sums)
  }

  /// The diagonal of a slab is a column of rows that are one number longer.
  func diagonalOfSlabs(_ a: Matrix, into vector: Matrix) throws(BackendError) {
    try forEachSlab(of: a) { (part, rows) throws(BackendError) in
      let entries = try makeUninitialized(rows: 1, columns: rows.count)
      try context.copyBlock(
        Block(buffer: part[0].buffer, offset: rows.lowerBound, stride: a.columns + 1), rows: rows.count, columns: 1,
        to: entries.buffer)
      try copyElements(of: entries, from: 0, to: vector, at: rows.lowerBound, count: rows.count)
    }
  }

  func setDiagonalOfSlabs(_ a: Matrix, to vector: Matrix) throws(BackendError) {
    try forEachSlab(of: a) { (part, rows) throws(BackendError) in
      try context.copyRows(
        Block(buffer: vector.buffer, offset: rows.lowerBound, stride: 1),
        to: Block(buffer: part[0].buffer, offset: rows.lowerBound, stride: a.columns + 1), rows: rows.count, columns: 1)
    }
  }

  /// What lies left of a diagonal block, turned, is what lies above it.
  func symmetrizeSlabs(_ a: Matrix) throws(BackendError) {
    let slabs = try slabs(of: a)
    try context.lock.held { () throws(BackendError) in
      for block in context.diagonalBlocks(slabs) {
        let (first, size) = (block.lowerBound, block.count)
        if first > 0 {
          let turned = try context.scratch("inverse", count: size * first)
          let left = slabs.at(first, 0)
          try context.launch(
            .blocks, "transpose", items: size, height: first, .buffer(left.buffer), .uint(left.offset),
            .uint(left.stride), .uint(size), .uint(first), .buffer(turned))
          for rows in Slabs.pieces(0..<first, heights: [slabs.height]) {
            try context.copyRows(
              Block(buffer: turned, offset: rows.lowerBound * size, stride: size),
              to: slabs.at(rows.lowerBound, first), rows: rows.count, columns: size)
          }
        }
        try context.withDense(slabs.at(first, first), size: size) { (dense) throws(BackendError) in
          try performSymmetrize(Matrix(rows: size, columns: size, buffer: dense))
        }
      }
    }
  }

  func clearUpperTriangleOfSlabs(_ a: Matrix) throws(BackendError) {
    let slabs = try slabs(of: a)
    try context.lock.held { () throws(BackendError) in
      for block in context.diagonalBlocks(slabs) {
        let (size, right) = (block.count, a.columns - block.upperBound)
        if right > 0 {
          let zeros = try context.scratch("inverse", count: size * right)
          try context.launch(
            .elementwise, "fill_value", items: size * right, .buffer(zeros), .uint(size * right), .real(0))
          try context.copyRows(
            Block(buffer: zeros, stride: right), to: slabs.at(block.lowerBound, block.upperBound), rows: size,
            columns: right)
        }
        try context.withDense(slabs.at(block.lowerBound, block.lowerBound), size: size) {
          (dense) throws(BackendError) in
          try performClearUpperTriangle(of: Matrix(rows: size, columns: size, buffer: dense))
        }
      }
    }
  }
}

/// Reductions, and work along rows that needs a vector with an entry a row.
extension OpenCLBackend {
  func scaleSlabs(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
    try forEachSlab(of: a) { (part, range) throws(BackendError) in
      let factors = try rows.map { (rows) throws(BackendError) in try slice(rows, range) }
      try performScale(part[0], rows: factors, columns: columns)
    }
  }

  func leaveSamplesOutOfSlabs(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    try forEachSlab(of: r) { (part, rows) throws(BackendError) in
      try performLeaveSamplesOut(
        part[0], complements: slice(complements, rows), diagonal: diagonal, sampleCount: sampleCount)
    }
  }

  func rowDotsOfSlabs(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    try forEachSlab(of: a, b) { (parts, rows) throws(BackendError) in
      try forEntries(rows, of: out) { (entries) throws(BackendError) in
        try performRowDots(parts[0], parts[1], weights: weights, into: entries)
      }
    }
  }

  /// The partial sums of all slabs, one after the other, and one sum of them.
  func columnDotsOfSlabs(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
    let (columns, span) = (a.columns, KernelConstants.dotRows)
    let runs = try slabs(of: a).ranges.reduce(0) { $0 + ($1.count + span - 1) / span }
    var first = 0
    try forEachSlab(of: a, b) { (parts, rows) throws(BackendError) in
      let all = try context.scratch("dots", byteCount: runs * columns * 8)
      let own = (rows.count + span - 1) / span
      let partial = try context.scratch("slab dots", byteCount: own * columns * 8)
      let factors = try weights.map { (weights) throws(BackendError) in try slice(weights, rows) }
      try context.launch(
        .dots, "column_dots", items: columns, height: own, .buffer(parts[0].buffer), .buffer(parts[1].buffer),
        .uint(rows.count), .uint(columns), .buffer((factors ?? parts[0]).buffer), .uint(factors == nil ? 0 : 1),
        .buffer(partial))
      try context.copy(partial, to: all, at: first * columns * 8, byteCount: own * columns * 8)
      first += own
      if first == runs {
        try context.launch(
          .dots, "column_total", items: columns, .buffer(all), .uint(runs), .uint(columns), .buffer(out.buffer))
      }
    }
  }

  /// Has the entries of a vector that belong to some rows written as a vector of their own.
  private func forEntries(
    _ rows: Range<Int>, of out: Matrix, _ body: (Matrix) throws(BackendError) -> Void
  ) throws(BackendError) {
    let entries = try makeUninitialized(rows: 1, columns: rows.count)
    try body(entries)
    try copyElements(of: entries, from: 0, to: out, at: rows.lowerBound, count: rows.count)
  }

  /// Rows of one width, slab after slab; of two, a few at a time.
  func filterCirculantOfSlabs(_ z: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
    if z.columns == out.columns {
      return try forEachSlab(of: z, out) { (parts, _) throws(BackendError) in
        try performFilterCirculant(parts[0], eigenvalues: eigenvalues, into: parts[1])
      }
    }
    let from = try slabs(of: z)
    try forEachPiece(of: out, heights: [from.height]) { (piece, rows) throws(BackendError) in
      let source = try makeUninitialized(rows: rows.count, columns: z.columns)
      try context.copyBlock(from.at(rows.lowerBound, 0), rows: rows.count, columns: z.columns, to: source.buffer)
      try performFilterCirculant(source, eigenvalues: eigenvalues, into: piece)
    }
  }

  func circulantFormsOfSlabs(_ q: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
    try forEachSlab(of: q) { (part, rows) throws(BackendError) in
      try forEntries(rows, of: out) { (entries) throws(BackendError) in
        try performCirculantForms(of: part[0], eigenvalues: eigenvalues, into: entries)
      }
    }
  }
}
