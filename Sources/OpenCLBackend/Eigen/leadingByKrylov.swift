import LinearAlgebra

extension DeviceContext {
  /// The `wanted` largest eigenpairs of a symmetric matrix by Rayleigh–Ritz over a growing block Krylov space, thick
  /// restarts; nil where that does not converge.
  ///
  /// Each round adds the residuals of the leading Ritz pairs, which is what multiplying the block by the matrix adds, and
  /// measures them anew, so a pair that is returned has the residual it was accepted with:
  /// ‖Av − µv‖ ≤ 8 ‖A‖ √d ε.
  /// Source: Knyazev and Argentati's and Stathopoulos's variants of block Davidson, without a preconditioner.
  /// - Parameter matrix: order × order, both triangles, not changed.
  /// - Parameter target: wanted × order, dense; row j becomes the unit eigenvector of value j.
  func leadingByKrylov(
    _ matrix: Block, order: Int, wanted: Int, into target: Block
  ) throws(BackendError) -> [Double]? {
    let kept = wanted + max(4, wanted / 2)
    let capacity = 8 * kept
    var basis = try KrylovBasis(self, matrix: matrix, order: order, capacity: capacity)
    let block = Block(buffer: try scratch("krylov block", count: kept * order), stride: order)
    let vectors = Block(buffer: try scratch("ritz vectors", count: kept * order), stride: order)
    let images = Block(buffer: try scratch("ritz images", count: kept * order), stride: order)
    let mixing = try scratch("ritz mixing", count: kept * capacity)
    let theta = try scratch("ritz values", count: kept)
    let norms = try scratch("ritz norms", count: kept)
    try launch(
      .fill, "fill_gaussian", items: kept * order / 2 + 1, .buffer(block.buffer), .uint(kept * order), .ulong(0),
      .ulong(RandomStream(seed: 0, purpose: .probes, index: order).stream), .ulong(0))
    let epsilon = precision == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    for _ in 0..<400 {
      guard try basis.append(block, added: min(kept, order)) else { return nil }
      let (values, combinations) = try basis.ritz()
      let height = min(kept, basis.count)
      if height < wanted { return nil }
      try write(combinations.prefix(height).flatMap { $0 }, to: mixing)
      try write(Array(values.prefix(height)), to: theta)
      let factor = Block(buffer: mixing, stride: basis.count)
      try gemm(factor, basis.rows, rows: height, columns: order, inner: basis.count, into: vectors)
      try gemm(factor, basis.images, rows: height, columns: order, inner: basis.count, into: images)
      try launch(
        .ritz, "ritz_residual", items: order, height: height, .buffer(block.buffer), .buffer(images.buffer),
        .buffer(vectors.buffer), .uint(order), .buffer(theta))
      try launch(
        .dots, "row_dots", groups: height, .buffer(block.buffer), .buffer(block.buffer), .uint(order),
        .buffer(block.buffer), .uint(0), .buffer(norms))
      let squares = try readReals(norms, count: height)
      let size = max(abs(values[0]), abs(values[values.count - 1]))
      let tolerance = 8 * epsilon * Double(order).squareRoot() * size
      if squares.prefix(wanted).allSatisfy({ $0 <= tolerance * tolerance }) {
        try copyRows(vectors, to: target, rows: wanted, columns: order)
        return Array(values.prefix(wanted))
      }
      if basis.count + height > capacity {
        try basis.restart(vectors, images: images, values: Array(values.prefix(height)))
      }
    }
    return nil
  }
}
