import LacunaAlgebra

/// Products of matrices of which some lie in slabs: one for each combination of buffers.
extension OpenCLBackend {
  func multiplySlabs(
    _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
  ) throws(BackendError) {
    let inner = transposeA ? a.rows : a.columns
    if inner == 0 {
      return try forEachSlab(of: c) { (c, _) throws(BackendError) in
        try performMultiply(
          a, transposeA: transposeA, b, transposeB: transposeB, alpha: alpha, beta: beta, into: c[0])
      }
    }
    let (x, y, z) = (try slabs(of: a), try slabs(of: b), try slabs(of: c))
    try context.lock.held { () throws(BackendError) in
      for rows in Slabs.pieces(0..<c.rows, heights: transposeA ? [z.height] : [z.height, x.height]) {
        for columns in Slabs.pieces(0..<c.columns, heights: transposeB ? [y.height] : []) {
          let heights = (transposeA ? [x.height] : []) + (transposeB ? [] : [y.height])
          for k in Slabs.pieces(0..<inner, heights: heights) {
            try context.gemm(
              transposeA ? x.at(k.lowerBound, rows.lowerBound) : x.at(rows.lowerBound, k.lowerBound),
              transposeA: transposeA,
              transposeB ? y.at(columns.lowerBound, k.lowerBound) : y.at(k.lowerBound, columns.lowerBound),
              transposeB: transposeB, rows: rows.count, columns: columns.count, inner: k.count, alpha: Double(alpha),
              beta: k.lowerBound == 0 ? Double(beta) : 1, into: z.at(rows.lowerBound, columns.lowerBound))
          }
        }
      }
    }
  }

  func accumulateGramOfSlabs(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError) {
    let sum = try slabs(of: s)
    try forEachSlab(of: x) { (x, rows) throws(BackendError) in
      try context.accumulateGram(of: x[0].block, rows: rows.count, scale: Double(scale), into: sum)
    }
  }

  func accumulateSampleGramOfSlabs(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError) {
    guard x.columns > 0 else { return }
    let (samples, sum) = (try slabs(of: x), try slabs(of: k))
    let pieces = Slabs.pieces(0..<k.rows, heights: [samples.height, sum.height])
    try context.lock.held { () throws(BackendError) in
      for (i, rows) in pieces.enumerated() {
        let own = samples.at(rows.lowerBound, 0)
        for columns in pieces[..<i] {
          try context.gemm(
            own, samples.at(columns.lowerBound, 0), transposeB: true, rows: rows.count, columns: columns.count,
            inner: x.columns, alpha: Double(scale), beta: 1, into: sum.at(rows.lowerBound, columns.lowerBound))
        }
        try context.accumulateLower(
          own, own, transposed: false, size: rows.count, inner: x.columns, scale: Double(scale),
          into: sum.at(rows.lowerBound, rows.lowerBound))
      }
    }
  }

  func accumulateMaskedGramOfSlabs(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError) {
    let sum = try slabs(of: g)
    try forEachSlab(of: x) { (x, samples) throws(BackendError) in
      try context.forEachTile(of: samples.count * masks.count, columns: g.columns) {
        (tile, first, rows) throws(BackendError) in
        try context.mask(
          x[0].block, masks, firstSample: firstSample + samples.lowerBound, firstPair: first, span: 1,
          weighting: .squareRoots, hidden: false, rows: rows, into: tile.buffer)
        try context.accumulateGram(of: tile, rows: rows, scale: Double(scale), into: sum)
      }
    }
  }

  func accumulateMaskedCrossOfSlabs(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    let (d, sum) = (c.columns, try slabs(of: c))
    try forEachSlab(of: x) { (x, samples) throws(BackendError) in
      try context.forEachTile(of: samples.count, columns: d) { (tile, first, rows) throws(BackendError) in
        try context.mask(
          x[0].block, masks, firstSample: firstSample + samples.lowerBound, firstPair: first * masks.count,
          span: masks.count, weighting: .weights, hidden: false, rows: rows, into: tile.buffer)
        for range in sum.ranges {
          try context.gemm(
            x[0].block.at(first, range.lowerBound), transposeA: true, tile, rows: range.count, columns: d,
            inner: rows, alpha: Double(scale), beta: 1, into: sum.at(range.lowerBound, 0))
        }
      }
    }
  }

  /// The pairs of each slab of samples, to their rows.
  func maskRowsOfSlabs(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    if x.isWhole {
      return try forEachSlab(of: rows) { (rows, range) throws(BackendError) in
        try performMaskRows(
          of: x, masks: masks, firstSample: firstSample, firstPair: firstPair + range.lowerBound, keeping: side,
          into: rows[0])
      }
    }
    let samples = try parts(of: x)
    for slab in samples {
      let pairs = slab.rows.lowerBound * masks.count..<slab.rows.upperBound * masks.count
      try forEachPiece(of: rows, heights: [], within: pairs.lowerBound - firstPair..<pairs.upperBound - firstPair) {
        (piece, range) throws(BackendError) in
        try performMaskRows(
          of: slab.matrix, masks: masks, firstSample: firstSample + slab.rows.lowerBound,
          firstPair: firstPair + range.lowerBound - pairs.lowerBound, keeping: side, into: piece)
      }
    }
  }
}

extension DeviceContext {
  /// Lower triangle of S ← S + scale · XᵀX: for each slab of S what lies left of its diagonal block, and that block.
  func accumulateGram(of x: Block, rows: Int, scale: Double, into s: Slabs) throws(BackendError) {
    if rows == 0 { return }
    for range in s.ranges {
      let own = x.at(0, range.lowerBound)
      try gemm(
        own, transposeA: true, x, rows: range.count, columns: range.lowerBound, inner: rows, alpha: scale, beta: 1,
        into: s.at(range.lowerBound, 0))
      try accumulateLower(
        own, own, transposed: true, size: range.count, inner: rows, scale: scale,
        into: s.at(range.lowerBound, range.lowerBound))
    }
  }
}
