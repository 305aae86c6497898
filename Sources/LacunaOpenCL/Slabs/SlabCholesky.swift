import LacunaAlgebra

/// Factor and inverse of a matrix in slabs, in place, blocked as those in one buffer are: a diagonal block of at most `panelWidth`
/// rows lies in one slab and is worked on as a matrix of its own; products with rows above or below are one for each slab.
extension OpenCLBackend {
  func factorSlabs(_ a: Matrix, argument: String) throws(BackendError) -> Double {
    try context.lock.held { () throws(BackendError) in
      try requireFinite(a, argument)
      return try context.factor(try slabs(of: a))
    }
  }

  func invertSlabs(_ a: Matrix) throws(BackendError) -> Double {
    try context.lock.held { () throws(BackendError) in
      let logDeterminant = try factorSlabs(a, argument: "invertPositiveDefinite: matrix")
      try clearUpperTriangleOfSlabs(a)
      let slabs = try slabs(of: a)
      try context.invertTriangle(slabs)
      try context.squareTriangle(slabs)
      return logDeterminant
    }
  }

  /// - Throws: `nonFinite` with the position of the first NaN or infinity of the lower triangle, row by row.
  private func requireFinite(_ a: Matrix, _ argument: String) throws(BackendError) {
    let squares = try performProbeRows(a, part: .lower, vectors: []).squares
    // Of numbers whose squares overflow too.
    for (row, square) in squares.enumerated() where !square.isFinite {
      let values = try performDownload(a, rows: row..<row + 1)
      if let column = values[...row].firstIndex(where: { !$0.isFinite }) {
        throw .nonFinite(argument: argument, row: row, column: column)
      }
    }
  }

  /// Block after block of the factor: the columns of b that it solves for, and what is left of the others.
  func solveTriangularInSlabs(_ l: Matrix, transposed: Bool, rows b: Matrix) throws(BackendError) {
    let (factor, solved) = (try slabs(of: l), try slabs(of: b))
    try context.lock.held { () throws(BackendError) in
      let blocks = context.diagonalBlocks(factor)
      for k in transposed ? blocks.reversed() : blocks {
        for rows in solved.ranges {
          let own = solved.at(rows.lowerBound, k.lowerBound)
          try context.solveTriangular(
            factor.at(k.lowerBound, k.lowerBound), size: k.count, transposed: transposed, rows: own, count: rows.count)
          if transposed {
            if k.lowerBound == 0 { continue }
            try context.gemm(
              own, factor.at(k.lowerBound, 0), rows: rows.count, columns: k.lowerBound, inner: k.count, alpha: -1,
              beta: 1, into: solved.at(rows.lowerBound, 0))
            continue
          }
          for below in Slabs.pieces(k.upperBound..<l.rows, heights: [factor.height]) {
            try context.gemm(
              own, factor.at(below.lowerBound, k.lowerBound), transposeB: true, rows: rows.count,
              columns: below.count, inner: k.count, alpha: -1, beta: 1,
              into: solved.at(rows.lowerBound, below.lowerBound))
          }
        }
      }
    }
  }
}

extension DeviceContext {
  /// The rows of a square matrix in blocks of at most `panelWidth`, each in one slab.
  func diagonalBlocks(_ a: Slabs) -> [Range<Int>] {
    Slabs.pieces(0..<a.rows, heights: [a.height], step: panelWidth)
  }

  /// A = LLᵀ, right-looking.
  /// - Returns: ln det A; the host waits once a block.
  fileprivate func factor(_ a: Slabs) throws(BackendError) -> Double {
    var logDeterminant = 0.0
    for k in diagonalBlocks(a) {
      let size = k.count
      try withDense(a.at(k.lowerBound, k.lowerBound), size: size) { (dense) throws(BackendError) in
        do throws(BackendError) {
          logDeterminant += try factor(Block(buffer: dense, stride: size), size: size)
        } catch {
          guard case .notPositiveDefinite(let minor) = error else { throw error }
          throw .notPositiveDefinite(leadingMinor: k.lowerBound + minor)
        }
      }
      // Transposed once, the panel meets the product the way round that needs no rearranging.
      var panels: [(rows: Range<Int>, block: Block)] = []
      for rows in Slabs.pieces(k.upperBound..<a.rows, heights: [a.height]) {
        let below = a.at(rows.lowerBound, k.lowerBound)
        try solveTriangular(
          a.at(k.lowerBound, k.lowerBound), size: size, transposed: false, rows: below, count: rows.count)
        let panel = try scratch("panel \(rows.lowerBound / a.height)", count: size * rows.count)
        try launch(
          .blocks, "transpose", items: rows.count, height: size, .buffer(below.buffer), .uint(below.offset),
          .uint(below.stride), .uint(rows.count), .uint(size), .buffer(panel))
        let own = Block(buffer: panel, stride: rows.count)
        for (columns, other) in panels {
          try gemm(
            own, transposeA: true, other, rows: rows.count, columns: columns.count, inner: size, alpha: -1, beta: 1,
            into: a.at(rows.lowerBound, columns.lowerBound))
        }
        try accumulateLower(
          own, own, transposed: true, size: rows.count, inner: size, scale: -1,
          into: a.at(rows.lowerBound, rows.lowerBound))
        panels.append((rows, own))
      }
    }
    return logDeterminant
  }

  /// L ← X = L⁻¹ in place, zeros above the diagonal before and after: X_i = −X_ii (L_i X), X the rows above, already inverted.
  fileprivate func invertTriangle(_ l: Slabs) throws(BackendError) {
    for k in diagonalBlocks(l) {
      let (first, size) = (k.lowerBound, k.count)
      try withDense(l.at(first, first), size: size) { (dense) throws(BackendError) in
        try invertTriangle(Block(buffer: dense, stride: size), size: size)
      }
      if first == 0 { continue }
      let product = Block(buffer: try scratch("inverse", count: size * first), stride: first)
      // Columns in strips, each over the rows of X from its own first one down: X is zero above.
      let width = max(panelWidth, (first / 4).rounded(upTo: panelWidth))
      for column in stride(from: 0, to: first, by: width) {
        for inner in Slabs.pieces(column..<first, heights: [l.height]) {
          try gemm(
            l.at(first, inner.lowerBound), l.at(inner.lowerBound, column), rows: size,
            columns: min(width, first - column), inner: inner.count, beta: inner.lowerBound == column ? 0 : 1,
            into: product.at(0, column))
        }
      }
      try gemm(
        l.at(first, first), product, rows: size, columns: first, inner: size, alpha: -1, into: l.at(first, 0))
    }
  }

  /// Lower triangle of X ← XᵀX in place, X lower triangular with zeros above: going down, nothing is overwritten too early.
  fileprivate func squareTriangle(_ x: Slabs) throws(BackendError) {
    for k in diagonalBlocks(x) {
      let (size, width) = (k.count, k.upperBound)
      let product = Block(buffer: try scratch("inverse", count: size * width), stride: width)
      for inner in Slabs.pieces(k.lowerBound..<x.rows, heights: [x.height]) {
        try gemm(
          x.at(inner.lowerBound, k.lowerBound), transposeA: true, x.at(inner.lowerBound, 0), rows: size,
          columns: width, inner: inner.count, beta: inner.lowerBound == k.lowerBound ? 0 : 1, into: product)
      }
      try copyRows(product, to: x.at(k.lowerBound, 0), rows: size, columns: width)
    }
  }
}
