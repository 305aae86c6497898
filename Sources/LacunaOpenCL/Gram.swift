import LacunaAlgebra

extension OpenCLBackend {
  public func performAccumulateGram(of x: Matrix, scale: Element, into s: Matrix)
    throws(BackendError)
  {
    guard x.isWhole && s.isWhole else { return try accumulateGramOfSlabs(of: x, scale: scale, into: s) }
    try context.accumulateLower(
      x.block, x.block, transposed: true, size: x.columns, inner: x.rows, scale: Double(scale),
      into: s.block)
  }

  public func performAccumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix)
    throws(BackendError)
  {
    guard x.isWhole && k.isWhole else { return try accumulateSampleGramOfSlabs(of: x, scale: scale, into: k) }
    try context.accumulateLower(
      x.block, x.block, transposed: false, size: x.rows, inner: x.columns, scale: Double(scale),
      into: k.block)
  }
}

extension DeviceContext {
  /// Lower triangle of s ← s + scale · op(x) op(y)ᵀ, op(x) and op(y) being size × inner: XᵀY where `transposed`, else XYᵀ.
  ///
  /// On a GPU one kernel adds where the triangle lies: s is read and written once. Elsewhere, or where that is slower, strip after
  /// strip of columns: the strip's product with all rows from its first, then one kernel that adds what lies on or below the
  /// diagonal. CLBlast's product could not add in place: it copies a block of s to a temporary and back.
  /// - Parameter way: by what; nil for the way that suits the size.
  func accumulateLower(
    _ x: Block, _ y: Block, transposed: Bool, size: Int, inner: Int, scale: Double, by way: ProductWay? = nil,
    into s: Block
  ) throws(BackendError) {
    if size == 0 || inner == 0 { return }
    if let kernel = (way ?? updateWay(size: size, inner: inner)).kernel {
      return try tiles(
        x, transposeA: transposed, y, transposeB: !transposed, rows: size, columns: size, inner: inner, alpha: scale,
        beta: 1, shape: .lowerResult, by: kernel, into: s)
    }
    try lock.held { () throws(BackendError) in
      let width = stripWidth(size)
      let strip = try scratch("strip", count: size * width)
      // What CLBlast would turn for every strip is turned once, some rows at a time.
      let isTurned =
        transposed && width < size
        && CLBlast.tiling(device, precision: precision)?.isRowMajor == true
      let chunk = isTurned ? min(inner, max(256, (1 << 21) / size)) : inner
      let turned = isTurned ? try scratch("turned", count: size * chunk) : nil
      for start in stride(from: 0, to: inner, by: chunk) {
        let depth = min(chunk, inner - start)
        if let turned {
          let rows = x.at(start, 0)
          try launch(
            .blocks, "transpose", items: depth, height: size, .buffer(rows.buffer),
            .uint(rows.offset),
            .uint(rows.stride), .uint(depth), .uint(size), .buffer(turned))
        }
        for first in stride(from: 0, to: size, by: width) {
          let columns = min(width, size - first)
          var a = transposed ? x.at(start, first) : x.at(first, start)
          if let turned {
            // A view, because CLBlast copies what starts within a buffer.
            a = Block(
              buffer: try turned.view(from: first * depth * precision.byteCount), stride: depth)
          }
          try gemm(
            a, transposeA: transposed && !isTurned,
            transposed ? y.at(start, first) : y.at(first, start),
            transposeB: !transposed, rows: size - first, columns: columns, inner: depth,
            into: Block(buffer: strip, stride: columns))
          try launch(
            .triangle, "add_lower", items: columns, height: size - first, .buffer(s.buffer),
            .uint(s.at(first, first).offset), .uint(s.stride), .buffer(strip), .uint(columns),
            .real(scale))
        }
      }
    }
  }

  /// Columns of a strip: enough for products to run at speed, few enough to waste little above the diagonal.
  func stripWidth(_ size: Int) -> Int {
    min(size, max(routes.actsAsGPU ? 512 : 128, (size / 8).rounded(upTo: 128)))
  }
}
