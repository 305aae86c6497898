import LacunaAlgebra

/// What is known of the operands of a product, and what is wanted of its result: bits of `tiles.cl`.
struct TileShape: OptionSet {
  let rawValue: Int

  fileprivate static let turnedA = TileShape(rawValue: 1)
  fileprivate static let turnedB = TileShape(rawValue: 2)
  /// Nothing above the diagonal of the result is computed.
  static let lowerResult = TileShape(rawValue: 4)
  /// op(a) has zeros above its diagonal.
  static let lowerA = TileShape(rawValue: 8)
  /// op(a) has zeros below its diagonal.
  static let upperA = TileShape(rawValue: 16)
  /// op(b) has zeros above its diagonal.
  static let lowerB = TileShape(rawValue: 32)
}

extension DeviceContext {
  /// Whether a product is one for `tiles`: on a GPU, where launches would take longer than it.
  func isSmall(rows: Int, columns: Int, inner: Int) -> Bool {
    offers(.narrowTiles) && rows * columns * inner <= routes.smallProduct
  }

  /// c ← alpha · op(a) op(b) + beta · c for row-major blocks in one launch, `count` times at equal distances; in several, some
  /// rows of tiles each, where one would run for too long.
  /// - Parameter kernel: whose tiles; nil for those that suit a small product.
  /// - Parameter step: elements from one block to the next, each after its block.
  func tiles(
    _ a: Block, transposeA: Bool = false, step aStep: Int = 0,
    _ b: Block, transposeB: Bool = false, step bStep: Int = 0,
    rows: Int, columns: Int, inner: Int, alpha: Double = 1, beta: Double = 0, shape: TileShape = [],
    by kernel: TileKernel? = nil, into c: Block, step cStep: Int = 0, count: Int = 1
  ) throws(BackendError) {
    let kernel = kernel ?? smallTiles(rows: rows)
    var bits = shape
    if transposeA { bits.insert(.turnedA) }
    if transposeB { bits.insert(.turnedB) }
    let width = (columns + kernel.columns - 1) / kernel.columns
    let height = (rows + kernel.rows - 1) / kernel.rows
    try launch(
      kernel.source, kernel.name, groups: width, height: height * count,
      tallest: max(1, longestProduct / (2 * kernel.rows * max(1, columns * inner))), .buffer(a.buffer),
      .uint(a.offset), .uint(a.stride), .uint(aStep), .buffer(b.buffer), .uint(b.offset), .uint(b.stride), .uint(bStep),
      .buffer(c.buffer), .uint(c.offset), .uint(c.stride), .uint(cStep), .uint(rows), .uint(columns), .uint(inner),
      .real(alpha), .real(beta), .uint(bits.rawValue))
  }
}
