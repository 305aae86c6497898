import LacunaAlgebra

extension DeviceContext {
  /// Rows Zᵀ ← Zᵀ Qᵀ, Q = H₀H₁… the reflectors above the diagonal of a: eigenvectors of T become those of A.
  ///
  /// Blocks of reflectors from the last to the first, each I − VᵀTV: Zᵀ ← Zᵀ − (Zᵀ Vᵀ) (Tᵀ V), three products.
  /// - Parameter z: `rows` × n, dense.
  func backTransform(
    _ z: DeviceBuffer, rows: Int, reflectorsIn a: DeviceBuffer, tau: DeviceBuffer, size n: Int
  ) throws(BackendError) {
    let reflectors = n - 1
    if reflectors < 1 || rows == 0 { return }
    let step = 64
    let v = try scratch("block reflectors", count: step * n)
    let tv = try scratch("block reflectors, turned", count: step * n)
    let gram = try scratch("reflector gram", count: step * step)
    let triangle = try scratch("reflector triangle", count: step * step)
    let product = try scratch("reflector product", count: rows * step)
    for c in stride(from: (reflectors - 1) / step * step, through: 0, by: -step) {
      let count = min(step, reflectors - c)
      let width = n - c - 1
      let vBlock = Block(buffer: v, stride: width)
      let tvBlock = Block(buffer: tv, stride: width)
      let small = Block(buffer: gram, stride: count)
      let zBlock = Block(buffer: z, stride: n).at(0, c + 1)
      try launch(
        .reflectors, "reflectors_gather", items: width, height: count, .buffer(a), .uint(n), .uint(c), .buffer(v))
      try gemm(vBlock, vBlock, transposeB: true, rows: count, columns: count, inner: width, into: small)
      try launch(
        .reflectors, "reflectors_triangle", groups: 1, .buffer(gram), .uint(count), .uint(c), .buffer(tau),
        .buffer(triangle))
      try gemm(
        Block(buffer: triangle, stride: count), transposeA: true, vBlock, rows: count, columns: width, inner: count,
        into: tvBlock)
      let productBlock = Block(buffer: product, stride: count)
      try gemm(zBlock, vBlock, transposeB: true, rows: rows, columns: count, inner: width, into: productBlock)
      try gemm(productBlock, tvBlock, rows: rows, columns: width, inner: count, alpha: -1, beta: 1, into: zBlock)
    }
  }
}
