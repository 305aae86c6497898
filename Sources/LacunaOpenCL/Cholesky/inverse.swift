import LacunaAlgebra

extension OpenCLBackend {
  public func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
    if !a.isWhole { return try invertSlabs(a) }
    return try context.lock.held { () throws(BackendError) in
      _ = try context.survey(a.block, size: a.rows, argument: "invertPositiveDefinite: matrix")
      let logDeterminant = try context.factor(a.block, size: a.rows)
      try context.launch(
        .triangle, "clear_upper", items: a.rows, height: a.rows, .buffer(a.buffer), .uint(a.rows))
      try context.invertTriangle(a.block, size: a.rows)
      try context.squareTriangle(a.block, size: a.rows)
      return logDeterminant
    }
  }
}

extension DeviceContext {
  /// L ← X = L⁻¹ in place, zeros above the diagonal before and after.
  ///
  /// Diagonal blocks of `smallBlock` first, all at once; those make diagonal blocks of `panelWidth`, and those the whole,
  /// both by rows of blocks: X_i = −X_ii (L_i X), X the rows above, already inverted.
  func invertTriangle(_ l: Block, size n: Int) throws(BackendError) {
    if n == 0 { return }
    try launch(
      .cholesky, "invert_block", global: (n.rounded(upTo: smallBlock), 1), group: (smallBlock, 1),
      arguments: [.buffer(l.buffer), .uint(l.stride), .uint(n)])
    // On a GPU, where a launch costs what these small products do, all whole diagonal blocks at once.
    let whole = routes.actsAsGPU ? n / panelWidth : 0
    if whole > 1 { try invertPanels(l, count: whole) }
    for start in stride(from: whole > 1 ? whole * panelWidth : 0, to: n, by: panelWidth) {
      try invertRows(l.at(start, start), size: min(panelWidth, n - start), step: smallBlock)
    }
    try invertRows(l, size: n, step: panelWidth)
  }

  /// `invertRows` of so many diagonal blocks of `panelWidth`, from the first on, by steps of `smallBlock`.
  private func invertPanels(_ l: Block, count: Int) throws(BackendError) {
    let rows = smallBlock
    let step = panelWidth * (l.stride + 1)
    if isSmall(rows: rows, columns: panelWidth, inner: count * panelWidth) {
      let product = Block(buffer: try scratch("inverse", count: count * rows * panelWidth), stride: panelWidth)
      for first in stride(from: rows, to: panelWidth, by: rows) {
        try tiles(
          l.at(first, 0), step: step, l, step: step, rows: rows, columns: first, inner: first, shape: .lowerB,
          into: product, step: rows * panelWidth, count: count)
        try tiles(
          l.at(first, first), step: step, product, step: rows * panelWidth, rows: rows, columns: first, inner: rows,
          alpha: -1, shape: .lowerA, into: l.at(first, 0), step: step, count: count)
      }
      return
    }
    let panels = Blocks(first: l, distance: step)
    let product = try scratch("inverse", count: count * rows * panelWidth)
    for first in stride(from: rows, to: panelWidth, by: rows) {
      let products = Blocks(first: Block(buffer: product, stride: first), distance: rows * panelWidth)
      let width = max(rows, (first / 4).rounded(upTo: rows))
      for column in stride(from: 0, to: first, by: width) {
        try gemm(
          panels.at(first, column), panels.at(column, column), rows: rows, columns: min(width, first - column),
          inner: first - column, into: products.at(0, column), count: count)
      }
      try gemm(
        panels.at(first, first), products, rows: rows, columns: first, inner: rows, alpha: -1,
        into: panels.at(first, 0), count: count)
    }
  }

  /// The rows of blocks below the first, diagonal blocks of `step` rows being inverted already.
  private func invertRows(_ l: Block, size n: Int, step: Int) throws(BackendError) {
    if n <= step { return }
    let product = try scratch("inverse", count: step * n)
    for first in stride(from: step, to: n, by: step) {
      let rows = min(step, n - first)
      if isSmall(rows: rows, columns: first, inner: first) {
        let products = Block(buffer: product, stride: first)
        try tiles(l.at(first, 0), l, rows: rows, columns: first, inner: first, shape: .lowerB, into: products)
        try tiles(
          l.at(first, first), products, rows: rows, columns: first, inner: rows, alpha: -1, shape: .lowerA,
          into: l.at(first, 0))
        continue
      }
      // Columns in strips, each over the rows of X from its own first one down: X is zero above.
      let width = max(step, (first / 4).rounded(upTo: step))
      for column in stride(from: 0, to: first, by: width) {
        try gemm(
          l.at(first, column), l.at(column, column), rows: rows,
          columns: min(width, first - column),
          inner: first - column, into: Block(buffer: product, stride: first).at(0, column))
      }
      try gemm(
        l.at(first, first), Block(buffer: product, stride: first), rows: rows, columns: first,
        inner: rows, alpha: -1,
        into: l.at(first, 0))
    }
  }

  /// Lower triangle of X ← XᵀX in place, X lower triangular with zeros above.
  ///
  /// Row of blocks i of the result needs rows i and below of X alone, so going down nothing is overwritten too early.
  func squareTriangle(_ x: Block, size n: Int) throws(BackendError) {
    if n == 0 { return }
    let product = try scratch("inverse", count: min(panelWidth, n) * n)
    for first in stride(from: 0, to: n, by: panelWidth) {
      let rows = min(panelWidth, n - first)
      let width = first + rows
      let products = Block(buffer: product, stride: width)
      if isSmall(rows: rows, columns: width, inner: n - first) {
        try tiles(
          x.at(first, first), transposeA: true, x.at(first, 0), rows: rows, columns: width, inner: n - first,
          shape: .upperA, into: products)
      } else {
        try gemm(
          x.at(first, first), transposeA: true, x.at(first, 0), rows: rows, columns: width, inner: n - first,
          into: products)
      }
      try launch(
        .blocks, "store_block", items: width, height: rows, .buffer(x.buffer),
        .uint(x.at(first, 0).offset),
        .uint(x.stride), .buffer(product), .uint(0), .uint(width))
    }
  }
}
