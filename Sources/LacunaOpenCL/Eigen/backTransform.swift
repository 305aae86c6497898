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
    let step = reflectorBlock
    let v = try scratch("block reflectors", count: step * n.rounded(upTo: Self.gramRun))
    let tv = try scratch("block reflectors, turned", count: step * n)
    let gram = try scratch("reflector gram", count: step * step)
    let triangle = try scratch("reflector triangle", count: step * step)
    let product = try scratch("reflector product", count: rows * step)
    for c in stride(from: (reflectors - 1) / step * step, through: 0, by: -step) {
      let count = min(step, reflectors - c)
      let first = c + width
      let columns = n - first
      let vBlock = Block(buffer: v, stride: isSplit(columns) ? columns.rounded(upTo: Self.gramRun) : columns)
      let tvBlock = Block(buffer: tv, stride: columns)
      let products = Block(buffer: gram, stride: count)
      let factor = Block(buffer: triangle, stride: count)
      let top = areIdentity ? first : 0
      let zBlock = Block(buffer: z, stride: n).at(top, first)
      try launch(
        .reflectors, "reflectors_gather", items: vBlock.stride, height: count, .buffer(a), .uint(n), .uint(c),
        .uint(width), .buffer(v), .uint(vBlock.stride))
      try reflectorGram(vBlock, count: count, into: products)
      try launch(
        .reflectors, "reflectors_triangle", groups: (count + smallBlock - 1) / smallBlock, .buffer(gram), .uint(count),
        .uint(c), .buffer(tau), .buffer(triangle))
      try joinReflectors(products, count: count, into: factor)
      try gemm(factor, transposeA: true, vBlock, rows: count, columns: columns, inner: count, into: tvBlock)
      let productBlock = Block(buffer: product, stride: count)
      try gemm(zBlock, vBlock, transposeB: true, rows: rows - top, columns: count, inner: columns, into: productBlock)
      try gemm(
        productBlock, tvBlock, rows: rows - top, columns: columns, inner: count, alpha: -1, beta: 1, into: zBlock)
    }
  }

  /// Reflectors that are applied at once: on a GPU more, since few rows of products do not keep it busy.
  private var reflectorBlock: Int { offers(.narrowTiles) ? 2 * smallBlock : smallBlock }

  /// Numbers of scratch memory that `backTransform` takes for each row of a matrix, about.
  var reflectorScratch: Int { 3 * reflectorBlock + reflectorBlock * reflectorBlock / Self.gramRun }

  /// Coordinates over which a part of the reflectors' inner products is summed.
  private static var gramRun: Int { 512 }

  /// Whether those are summed in parts side by side, as on a GPU: they are so few that few groups would have them to themselves.
  private func isSplit(_ columns: Int) -> Bool { offers(.narrowTiles) && columns > Self.gramRun }

  /// VVᵀ, V's rows being followed by zeros up to their stride, a multiple of `gramRun` where it is in parts.
  private func reflectorGram(_ v: Block, count: Int, into gram: Block) throws(BackendError) {
    let (run, runs) = (Self.gramRun, v.stride / Self.gramRun)
    guard isSplit(v.stride) else {
      return try gemm(v, v, transposeB: true, rows: count, columns: count, inner: v.stride, into: gram)
    }
    let parts = try scratch("reflector gram, parts", count: runs * count * count)
    try tiles(
      v, step: run, v, transposeB: true, step: run, rows: count, columns: count, inner: run,
      into: Block(buffer: parts, stride: count), step: count * count, count: runs)
    try launch(
      .skinny, "skinny_total", items: count, height: count, .buffer(parts), .uint(runs), .uint(count), .uint(count),
      .buffer(gram.buffer), .uint(gram.offset))
  }

  /// T of two blocks of reflectors, of which its diagonal blocks are there: T₁₂ ← −T₁G₁₂T₂.
  private func joinReflectors(_ gram: Block, count: Int, into triangle: Block) throws(BackendError) {
    let (rows, columns) = (smallBlock, count - smallBlock)
    if columns <= 0 { return }
    let product = Block(buffer: try scratch("reflector join", count: rows * columns), stride: columns)
    try tiles(
      gram.at(0, rows), triangle.at(rows, rows), rows: rows, columns: columns, inner: columns, by: .narrow,
      into: product)
    try tiles(
      triangle, product, rows: rows, columns: columns, inner: rows, alpha: -1, by: .narrow, into: triangle.at(0, rows))
  }
}
