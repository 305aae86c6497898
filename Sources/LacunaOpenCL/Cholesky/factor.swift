import LacunaAlgebra
import RealModule

extension OpenCLBackend {
  public func performFactorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    if !a.isWhole { return try factorSlabs(a, argument: "factorPositiveDefinite: matrix") }
    return try context.lock.held { () throws(BackendError) in
      _ = try context.survey(a.block, size: a.rows, argument: "factorPositiveDefinite: matrix")
      return try context.factor(a.block, size: a.rows)
    }
  }
}

extension DeviceContext {
  /// Order of the blocks that one work-group factors: NB of `cholesky.cl`.
  var smallBlock: Int { device.localMemory >= 40 << 10 ? 64 : 32 }

  /// Columns factored before the rest of the matrix is updated.
  var panelWidth: Int { routes.actsAsGPU ? 512 : 256 }

  /// A = LLᵀ, right-looking: a panel of columns, then the rest of the matrix less the panel's product with itself.
  ///
  /// Inside a panel, block after block: the diagonal block by one work-group, the rows below by substitution (rather than
  /// by the inverted block, whose condition would enter the residual), the panel's further columns by a product. On a GPU two
  /// launches a block: its columns less the product of those before it in the panel, then the block and the rows below at once.
  /// - Returns: ln det A, from the diagonal of L, which the host reads with the status: the only wait.
  func factor(_ a: Block, size n: Int) throws(BackendError) -> Double {
    if n == 0 { return 0 }
    let status = try scratch("status", byteCount: 4)
    try write([Int32(0)], to: status, at: 0)
    let factors = routes.actsAsGPU ? try scratch("factors", count: n.rounded(upTo: smallBlock) * smallBlock) : nil
    for start in stride(from: 0, to: n, by: panelWidth) {
      let end = min(start + panelWidth, n)
      for first in stride(from: start, to: end, by: smallBlock) {
        let size = min(smallBlock, end - first)
        let next = first + size
        if let factors {
          if first > start {
            try rankUpdate(
              a.at(first, start), rows: n - first, columns: size, inner: first - start, into: a.at(first, first))
          }
          try launch(
            .cholesky, "factor_rows", groups: 1 + (n - next + smallBlock - 1) / smallBlock, .buffer(a.buffer),
            .uint(a.stride), .uint(first), .uint(size), .uint(n), .buffer(factors), .buffer(status))
          continue
        }
        try launch(
          .cholesky, "factor_block", global: (smallBlock, 1), group: (smallBlock, 1),
          arguments: [
            .buffer(a.buffer), .uint(a.stride), .uint(first), .uint(size), .buffer(status),
          ])
        try solveRows(
          a.at(next, first), count: n - next, by: a.at(first, first), size: size, transposed: false)
        if next < end {
          try gemm(
            a.at(next, first), a.at(next, first), transposeB: true, rows: n - next,
            columns: end - next, inner: size,
            alpha: -1, beta: 1, into: a.at(next, next))
        }
      }
      if end < n, updateWay(size: n - end, inner: end - start) != .clblast {
        let below = a.at(end, start)
        try accumulateLower(
          below, below, transposed: false, size: n - end, inner: end - start, scale: -1, into: a.at(end, end))
      } else if end < n {
        // Transposed once, the panel meets the product the way round that needs no rearranging.
        let panel = try scratch("panel", count: (end - start) * (n - end))
        try launch(
          .blocks, "transpose", items: n - end, height: end - start, .buffer(a.buffer),
          .uint(a.at(end, start).offset), .uint(a.stride), .uint(n - end), .uint(end - start),
          .buffer(panel))
        let below = Block(buffer: panel, stride: n - end)
        try accumulateLower(
          below, below, transposed: true, size: n - end, inner: end - start, scale: -1,
          into: a.at(end, end))
      }
    }
    if let factors {
      try launch(
        .cholesky, "place_factors", items: n.rounded(upTo: smallBlock) * smallBlock, .buffer(a.buffer), .uint(a.stride),
        .uint(n), .buffer(factors))
    }
    let diagonal = try scratch("diagonal", count: n)
    try launch(.diagonal, "get_diagonal", items: n, .buffer(a.buffer), .uint(n), .buffer(diagonal))
    let pivots = try readReals(diagonal, count: n)
    let failed = Int(try read(status, count: 1, as: Int32(0))[0])
    guard (0...n).contains(failed) else { throw Status.nonsense("factor_block", "minor \(failed) of \(n)") }
    if failed > 0 { throw .notPositiveDefinite(leadingMinor: failed) }
    return pivots.reduce(0) { $0 + 2 * Double.log($1) }
  }

  /// c ← c − p qᵀ, p the rows of a block and q its first `columns` rows, all of c: what a panel's next columns lose.
  private func rankUpdate(_ p: Block, rows: Int, columns: Int, inner: Int, into c: Block) throws(BackendError) {
    if isSmall(rows: rows, columns: columns, inner: inner) {
      return try tiles(
        p, p, transposeB: true, rows: rows, columns: columns, inner: inner, alpha: -1, beta: 1, into: c)
    }
    try gemm(p, p, transposeB: true, rows: rows, columns: columns, inner: inner, alpha: -1, beta: 1, into: c)
  }

  /// Numbers of the context's precision, as float64.
  func readReals(_ buffer: DeviceBuffer, count: Int) throws(BackendError) -> [Double] {
    precision == .float64
      ? try read(buffer, count: count, as: 0.0)
      : Float.doubles(try read(buffer, count: count, as: Float(0)))
  }

  /// The largest modulus in the lower triangle.
  /// - Throws: `nonFinite` with the position of the first NaN or infinity there, row by row.
  func survey(_ a: Block, size: Int, argument: String) throws(BackendError) -> Double {
    if size == 0 { return 0 }
    let largest = try scratch("largest", count: size)
    let position = try scratch("position", byteCount: 4 * size)
    try launch(
      .finite, "survey_lower", rows: size, .buffer(a.buffer), .uint(size), .buffer(largest),
      .buffer(position))
    let columns = try read(position, count: size, as: UInt32(0))
    if let row = columns.firstIndex(where: { $0 != .max }) {
      guard columns[row] <= row else { throw Status.nonsense("survey_lower", "column \(columns[row]) of row \(row)") }
      throw .nonFinite(argument: argument, row: row, column: Int(columns[row]))
    }
    return try readReals(largest, count: size).max() ?? 0
  }
}
