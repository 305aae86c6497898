import LacunaAlgebra

/// Products of small integers, which every order of summation gives exactly: no bit of a result may differ.
extension OpenCLBackend {
  /// Products and Grams through the rearranging route: each way round, onto what is there, and from blocks inside of matrices
  /// as the factorisation has them.
  ///
  /// The host takes C·v = ±A(Bv) + C₀v with integers v: O(n²) work shows any wrong entry.
  func testLarge(_ rows: Int, _ columns: Int, _ inner: Int) throws(BackendError) {
    let (a, b, c) = (Integers(rows, inner, key: 1), Integers(inner, columns, key: 2), Integers(rows, columns, key: 3))
    let v = Integers(1, columns, key: 4)
    let expected = zip(a.times(b.times(v.values)), c.times(v.values)).map { $1 - $0 }
    for transposeA in [false, true] {
      for transposeB in [false, true] {
        let result = try place(c)
        try multiply(
          try place(transposeA ? a.transposed : a), transposeA: transposeA,
          try place(transposeB ? b.transposed : b), transposeB: transposeB, alpha: -1, beta: 1, into: result)
        try require(result, times: v.values, expected, "a product", inner)
      }
    }
    // The same inside of larger matrices: offsets and strides.
    let (left, right, result) = (try place(a.framed), try place(b.framed), try place(c.framed))
    try context.gemm(
      left.block.at(1, 3), right.block.at(1, 3), rows: rows, columns: columns, inner: inner, alpha: -1, beta: 1,
      into: result.block.at(1, 3))
    let framed = [3, 5, 7] + v.values
    let before = zip(c.framed.times(framed).dropFirst(), c.times(v.values)).map { $0 - $1 }
    try require(
      result, times: framed, [c.framed.times(framed)[0]] + zip(expected, before).map { $0 + $1 },
      "a product of blocks", inner)
    if context.routes.actsAsGPU { try testBatch(Integers(rows, rows, key: 7)) }
    // In one launch too, where that is a way of this device.
    try testGram(b, by: [.clblast] + (context.offers(.narrowTiles) ? [.narrowTiles] : []))
  }

  /// XᵀX of X and XXᵀ of Xᵀ, wide enough for their strips to take the same route.
  func testGram(_ x: Integers, by ways: [ProductWay]) throws(BackendError) {
    let wide = Integers(x.rows, 2 * x.columns, key: 5)
    let v = Integers(1, wide.columns, key: 6).values
    // Lower triangle times v, the product with each unit vector's share left out above the diagonal.
    let gram = wide.transposed.lowerGram(times: v)
    for transposed in [false, true] {
      let operand = try place(transposed ? wide : wide.transposed)
      for way in ways {
        let result = try makeMatrix(rows: wide.columns, columns: wide.columns)
        try requireWhole(result, "the self-test")
        try context.accumulateLower(
          operand.block, operand.block, transposed: transposed, size: wide.columns, inner: wide.rows, scale: 1,
          by: way, into: result.block)
        try clearUpperTriangle(of: result)
        try require(result, times: v, gram, "a Gram", wide.rows)
      }
    }
  }

  /// Products of blocks of 64 on the diagonal, all at once, onto the blocks to their right.
  private func testBatch(_ a: Integers) throws(BackendError) {
    let (edge, count) = (64, (a.rows - 64) / 64)
    let matrix = try place(a)
    let blocks = Blocks(first: matrix.block, distance: edge * (a.columns + 1))
    let other = try place(a)
    try context.gemm(
      blocks, Blocks(first: other.block.at(edge, 0), distance: blocks.distance), rows: edge, columns: edge, inner: edge,
      alpha: -1, into: blocks.at(0, edge), count: count)
    let v = Integers(1, a.columns, key: 8).values
    var expected = a.times(v)
    for i in 0..<count * edge {
      let start = i / edge * edge
      for j in start + edge..<start + 2 * edge {
        let sum = (0..<edge).reduce(0) {
          $0 + a.values[i * a.columns + start + $1] * a.values[(start + edge + $1) * a.columns + j - edge]
        }
        expected[i] -= (sum + a.values[i * a.columns + j]) * v[j]
      }
    }
    try require(matrix, times: v, expected, "a batch", edge)
  }

  func place(_ integers: Integers) throws(BackendError) -> Matrix {
    let matrix = try makeUninitialized(rows: integers.rows, columns: integers.columns)
    try requireWhole(matrix, "the self-test")
    try upload(Element.nearest(integers.values.map { Double($0) }), to: matrix, firstRow: 0)
    return matrix
  }

  func require(
    _ c: Matrix, times v: [Int], _ expected: [Int], _ what: String, _ inner: Int
  ) throws(BackendError) {
    let values = Element.doubles(try download(c))
    for i in expected.indices {
      let row = i * c.columns
      let sum = v.indices.reduce(0.0) { $0 + values[row + $1] * Double(v[$1]) }
      let seen = context.faults.selfTest?(sum) ?? sum
      if seen == Double(expected[i]) { continue }
      throw .device(
        call: "self-test", status: 0,
        log: "\(what) of \(expected.count) × \(inner) by \(inner) × \(v.count) is wrong in row \(i + 1); "
          + "this driver or its tiling cannot be trusted")
    }
  }
}

/// A matrix of integers of at most 8 in modulus, the same everywhere: sums of 2¹⁸ products are exact in float32.
struct Integers {
  let rows, columns: Int
  let values: [Int]

  init(_ rows: Int, _ columns: Int, key: UInt32) {
    self.init(
      rows, columns,
      (0..<UInt32(rows * columns)).map { index in
        let mixed = (index &+ key &* 0x9E37_79B9) &* 0x85EB_CA6B
        return Int((mixed ^ mixed >> 15) &* 0xC2B2_AE35 >> 16) % 17 - 8
      })
  }

  private init(_ rows: Int, _ columns: Int, _ values: [Int]) {
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  var transposed: Integers {
    Integers(columns, rows, (0..<rows * columns).map { values[$0 % rows * columns + $0 / rows] })
  }

  /// With a row above and three columns to the left.
  var framed: Integers {
    var all = [Int](repeating: 5, count: columns + 3)
    for i in 0..<rows { all += [1, 2, 3] + values[i * columns..<(i + 1) * columns] }
    return Integers(rows + 1, columns + 3, all)
  }

  /// With zeros above the diagonal.
  var lower: Integers {
    Integers(rows, columns, (0..<rows * columns).map { $0 % columns > $0 / columns ? 0 : values[$0] })
  }

  func times(_ v: [Int]) -> [Int] {
    (0..<rows).map { i in (0..<columns).reduce(0) { $0 + values[i * columns + $1] * v[$1] } }
  }

  /// tril(AAᵀ)·v, by the running sums Σ_{j ≤ i} v_j a_j.
  func lowerGram(times v: [Int]) -> [Int] {
    var running = [Int](repeating: 0, count: columns)
    return (0..<rows).map { i in
      var sum = 0
      for k in 0..<columns {
        running[k] += v[i] * values[i * columns + k]
        sum += values[i * columns + k] * running[k]
      }
      return sum
    }
  }
}
