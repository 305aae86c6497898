import LacunaAlgebra

extension OpenCLBackend {
  /// Compares products and Grams with plain loops on the host, on sizes that fit no tile.
  ///
  /// A wrong tiling parameter or a broken driver shows here rather than in a result. Both routes of CLBlast's product are
  /// taken: the one-kernel route for small sizes, and, above the tiling's own threshold, the rearranging one.
  /// - Parameter smallestIndirect: `GemmParameters.smallestIndirect` of the tiling that is set.
  /// - Throws: `device` naming the size, should the two differ by more than rounding.
  func selfTest(smallestIndirect: Int) throws(BackendError) {
    try testSmall()
    let m = smallestIndirect
    // Sizes that fit no tile and are padded, and such that fit every tile and are read where they lie.
    let aligned = (m + 1).rounded(upTo: 128)
    for (rows, columns, inner) in [(m + 33, m + 5, m + 17), (aligned, aligned, aligned)] {
      try testLarge(rows, columns, inner)
    }
  }

  private func testSmall() throws(BackendError) {
    for (rows, columns, inner) in [(3, 5, 7), (67, 35, 129), (193, 161, 131)] {
      let a = try randomMatrix(rows, inner, stream: 0)
      let b = try randomMatrix(inner, columns, stream: 1)
      for transposeA in [false, true] {
        let left = transposeA ? transposed(a, rows, inner) : a
        let c = try makeMatrix(rows: rows, columns: columns)
        try fill(c, law: .gaussian, stream: RandomStream(seed: 1, stream: 2), offset: 0)
        try multiply(
          try matrix(left, rows: transposeA ? inner : rows, columns: transposeA ? rows : inner),
          transposeA: transposeA, try matrix(b, rows: inner, columns: columns), transposeB: false, alpha: 1, beta: 0,
          into: c)
        try compare(try download(c), with: a, b, rows, columns, inner, lowerOnly: false, "a product")
      }
      let gram = try makeMatrix(rows: rows, columns: rows)
      try accumulateSampleGram(of: try matrix(a, rows: rows, columns: inner), scale: 1, into: gram)
      let right = transposed(a, rows, inner)
      try compare(try download(gram), with: a, right, rows, rows, inner, lowerOnly: true, "a Gram")
      let other = try makeMatrix(rows: rows, columns: rows)
      try accumulateGram(of: try matrix(right, rows: inner, columns: rows), scale: 1, into: other)
      try compare(try download(other), with: a, right, rows, rows, inner, lowerOnly: true, "a Gram")
    }
  }

  private func matrix(_ values: [Element], rows: Int, columns: Int) throws(BackendError) -> Matrix {
    let matrix = try makeUninitialized(rows: rows, columns: columns)
    try upload(values, to: matrix, firstRow: 0)
    return matrix
  }

  private func randomMatrix(_ rows: Int, _ columns: Int, stream: UInt64) throws(BackendError) -> [Element] {
    let law = EntryLaw.sparse(density: 0.5)
    let source = RandomStream(seed: 1, stream: stream)
    return (0..<rows * columns).map { Element(law.value(at: UInt64($0), of: source)) + Element($0 % 7) / 16 }
  }

  private func transposed(_ a: [Element], _ rows: Int, _ columns: Int) -> [Element] {
    (0..<rows * columns).map { a[$0 % rows * columns + $0 / rows] }
  }

  private func compare(
    _ c: [Element], with a: [Element], _ b: [Element], _ rows: Int, _ columns: Int, _ inner: Int, lowerOnly: Bool,
    _ what: String
  ) throws(BackendError) {
    let (a, b, c) = (Element.doubles(a), Element.doubles(b), Element.doubles(c))
    var row = [Double](repeating: 0, count: columns)
    var size = [Double](repeating: 0, count: columns)
    for i in 0..<rows {
      for j in 0..<columns { (row[j], size[j]) = (0, 0) }
      for k in 0..<inner {
        let left = a[i * inner + k]
        for j in 0..<columns {
          let term = left * b[k * columns + j]
          row[j] += term
          size[j] += abs(term)
        }
      }
      for j in 0..<(lowerOnly ? i + 1 : columns) {
        let seen = context.faults.selfTest?(c[i * columns + j]) ?? c[i * columns + j]
        if !(abs(seen - row[j]) <= Double(inner + 4) * Double(Element.ulpOfOne) * size[j]) {
          throw .device(
            call: "self-test", status: 0,
            log: "\(what) of \(rows) × \(inner) by \(inner) × \(columns) is wrong at row \(i + 1), column \(j + 1): "
              + "\(seen) where the host has \(row[j]); this driver or its tiling cannot be trusted")
        }
      }
    }
  }
}
