import LacunaAlgebra

extension DeviceContext {
  /// Rows Zᵀ ← Zᵀ Qᵀ, Q = H₀H₁… the reflectors above the diagonal of a: eigenvectors of T become those of A.
  ///
  /// Blocks of reflectors from the last to the first, each I − VᵀTV: Zᵀ ← Zᵀ − (Zᵀ Vᵀ) (Tᵀ V), three products.
  /// - Parameter z: `rows` × n, dense.
  /// - Parameter areIdentity: whether the rows are those of an identity, of which a block changes those from its own first
  ///   coordinate on.
  /// - Parameter width: of the band that A was reduced to; T, where that is 1.
  func backTransform(
    _ z: DeviceBuffer, rows: Int, areIdentity: Bool = false, reflectorsIn a: DeviceBuffer, tau: DeviceBuffer,
    size n: Int, width: Int = 1
  ) throws(BackendError) {
    // One more would be of one coordinate.
    let reflectors = n - width - 1
    if reflectors < 1 || rows == 0 { return }
    let step = 64
    let v = try scratch("block reflectors", count: step * n)
    let tv = try scratch("block reflectors, turned", count: step * n)
    let gram = try scratch("reflector gram", count: step * step)
    let triangle = try scratch("reflector triangle", count: step * step)
    let product = try scratch("reflector product", count: rows * step)
    for c in stride(from: (reflectors - 1) / step * step, through: 0, by: -step) {
      let count = min(step, reflectors - c)
      let first = c + width
      let columns = n - first
      let vBlock = Block(buffer: v, stride: columns)
      let tvBlock = Block(buffer: tv, stride: columns)
      let small = Block(buffer: gram, stride: count)
      let top = areIdentity ? first : 0
      let zBlock = Block(buffer: z, stride: n).at(top, first)
      try launch(
        .reflectors, "reflectors_gather", items: columns, height: count, .buffer(a), .uint(n), .uint(c),
        .uint(width), .buffer(v))
      try gemm(vBlock, vBlock, transposeB: true, rows: count, columns: count, inner: columns, into: small)
      try launch(
        .reflectors, "reflectors_triangle", groups: 1, .buffer(gram), .uint(count), .uint(c), .buffer(tau),
        .buffer(triangle))
      try gemm(
        Block(buffer: triangle, stride: count), transposeA: true, vBlock, rows: count, columns: columns, inner: count,
        into: tvBlock)
      let productBlock = Block(buffer: product, stride: count)
      try gemm(zBlock, vBlock, transposeB: true, rows: rows - top, columns: count, inner: columns, into: productBlock)
      try gemm(
        productBlock, tvBlock, rows: rows - top, columns: columns, inner: count, alpha: -1, beta: 1, into: zBlock)
    }
  }
}
