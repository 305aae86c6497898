import LacunaAlgebra

/// Ways of a product besides CLBlast's, each before it is used.
extension OpenCLBackend {
  /// Rank updates, products each way round of blocks inside of matrices, and products of triangles, of sizes that fit the tiles
  /// and such that do not.
  func test(_ way: ProductWay) throws(BackendError) {
    guard let kernel = way.kernel else { return }
    for (inner, half) in [(3, 5), (64, 128), (131, 149)] { try testGram(Integers(inner, half, key: 9), by: [way]) }
    for (rows, columns, inner) in [(1, 2, 3), (128, 192, 32), (145, 131, 67)] {
      let (a, b) = (Integers(rows, inner, key: 1), Integers(inner, columns, key: 2))
      for transposeA in [false, true] {
        for transposeB in [false, true] { try test(kernel, a, transposeA, b, transposeB, shape: []) }
      }
    }
    let square = Integers(203, 203, key: 3)
    try test(kernel, square.lower, false, Integers(203, 77, key: 4), false, shape: .lowerA)
    try test(kernel, square.lower, true, square, false, shape: .upperA)
    try test(kernel, square, false, square.lower, false, shape: .lowerB)
  }

  /// op(a) op(b), twice in one batch, subtracted from rows of a matrix that are framed by others.
  private func test(
    _ kernel: TileKernel, _ a: Integers, _ transposeA: Bool, _ b: Integers, _ transposeB: Bool, shape: TileShape
  ) throws(BackendError) {
    // Of a triangle the transpose is wanted, of others the matrix itself.
    let (left, right) = (shape == .upperA ? a.transposed : a, b)
    let (rows, columns, inner) = (left.rows, right.columns, left.columns)
    let c = Integers(2 * rows, columns, key: 5)
    let v = Integers(1, columns, key: 6).values
    let product = left.times(right.times(v))
    let expected = zip(c.times(v), product + product).map { $0 - $1 }
    let operands = (
      try place((transposeA ? left.transposed : left).framed), try place((transposeB ? right.transposed : right).framed)
    )
    let result = try place(c.framed)
    try context.tiles(
      operands.0.block.at(1, 3), transposeA: transposeA, step: 0, operands.1.block.at(1, 3), transposeB: transposeB,
      step: 0, rows: rows, columns: columns, inner: inner, alpha: -1, beta: 1, shape: shape, by: kernel,
      into: result.block.at(1, 3), step: rows * (columns + 3), count: 2)
    let framed = [3, 5, 7] + v
    let before = zip(c.framed.times(framed).dropFirst(), c.times(v)).map { $0 - $1 }
    try require(
      result, times: framed, [c.framed.times(framed)[0]] + zip(expected, before).map { $0 + $1 },
      "a product by \(kernel.name)", inner)
  }
}
