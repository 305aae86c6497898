import LacunaAlgebra

extension DeviceContext {
  /// The `wanted` largest eigenpairs of a symmetric matrix by Rayleigh–Ritz over a growing block Krylov space with thick
  /// restarts; nil where that does not converge.
  ///
  /// Each round adds the residuals of the leading Ritz pairs that have not converged, which is what multiplying their
  /// block by the matrix adds, and measures all anew, so a pair that is returned has the residual it was accepted with:
  /// ‖Av − µv‖ ≤ 8 ‖A‖ √d ε. A restart keeps several times as many Ritz vectors as a round adds; with no more than are
  /// wanted, the edge of a dense spectrum takes half as many rounds again.
  /// Source: block Davidson without a preconditioner, K. Wu and H. Simon, *Thick-restart Lanczos*, SIAM J. Matrix Anal.
  /// Appl. 22 (2000).
  /// - Parameter matrix: order × order, both triangles, not changed.
  /// - Parameter target: wanted × order, dense; row j becomes the unit eigenvector of value j.
  func leadingByKrylov(
    _ matrix: Block, order: Int, wanted: Int, into target: Block
  ) throws(BackendError) -> [Double]? {
    let added = max(8, min(wanted + 3, 16))
    let kept = max(4 * added, wanted + 2 * added)
    let capacity = min(kept + 8 * added, order)
    var basis = try KrylovBasis(self, matrix: matrix, order: order, capacity: capacity)
    func rows(_ name: String, _ count: Int) throws(BackendError) -> Block {
      Block(buffer: try scratch(name, count: count * order), stride: order)
    }
    let block = try rows("krylov block", added)
    let vectors = try rows("ritz vectors", kept)
    let images = try rows("ritz images", kept)
    let residuals = try rows("ritz residuals", kept)
    let mixing = try scratch("ritz mixing", count: kept * capacity)
    let theta = try scratch("ritz values", count: kept)
    let norms = try scratch("ritz norms", count: kept)
    let stream = RandomStream(seed: 0, purpose: .probes, index: order)
    try launch(
      .fill, "fill_gaussian", items: added * order / 2 + 1, .buffer(block.buffer), .uint(added * order), .ulong(0),
      .ulong(stream.stream), .ulong(stream.seed), .uint(0), .buffer(block.buffer))
    let epsilon = precision == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    var height = added
    for _ in 0..<400 {
      guard try basis.append(block, added: height) else { return nil }
      let (values, combinations) = try basis.ritz()
      let count = min(kept, basis.count)
      if count >= wanted {
        try write(combinations.prefix(count).flatMap { $0 }, to: mixing)
        try write(Array(values.prefix(count)), to: theta)
        let factor = Block(buffer: mixing, stride: basis.count)
        try gemm(factor, basis.rows, rows: count, columns: order, inner: basis.count, into: vectors)
        try gemm(factor, basis.images, rows: count, columns: order, inner: basis.count, into: images)
        try launch(
          .ritz, "ritz_residual", items: order, height: count, .buffer(residuals.buffer), .buffer(images.buffer),
          .buffer(vectors.buffer), .uint(order), .buffer(theta))
        try launch(
          .dots, "row_dots", rows: count, .buffer(residuals.buffer), .buffer(residuals.buffer), .uint(order),
          .buffer(residuals.buffer), .uint(0), .buffer(norms))
        let squares = try readReals(norms, count: count)
        let size = max(abs(values[0]), abs(values[values.count - 1]))
        let tolerance = 8 * epsilon * Double(order).squareRoot() * size
        let open = squares.indices.filter { !(squares[$0] <= tolerance * tolerance) }
        if open.allSatisfy({ $0 >= wanted }) {
          try copyRows(vectors, to: target, rows: wanted, columns: order)
          return Array(values.prefix(wanted))
        }
        height = min(added, open.count)
        for (row, index) in open.prefix(height).enumerated() {
          try copyRows(residuals.at(index, 0), to: block.at(row, 0), rows: 1, columns: order)
        }
        if basis.count + height > capacity {
          try basis.restart(vectors, images: images, values: Array(values.prefix(count)))
        }
      } else {
        try copyRows(basis.images.at(basis.count - height, 0), to: block, rows: height, columns: order)
      }
    }
    return nil
  }
}
