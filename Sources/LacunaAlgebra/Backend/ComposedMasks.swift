/// Masked samples by the other operations.
extension Backend {
  /// Draws the masks on the host.
  public func performMaskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    let d = x.columns
    try forEachRowBlock(of: rows.rows, columns: d) { range throws(BackendError) in
      let pairs = firstPair + range.lowerBound..<firstPair + range.upperBound
      let first = pairs.lowerBound / masks.count
      let source = try download(x, rows: first..<(pairs.upperBound - 1) / masks.count + 1)
      var values = [Element](repeating: 0, count: range.count * d)
      for (t, pair) in pairs.enumerated() {
        let (i, m) = pair.quotientAndRemainder(dividingBy: masks.count)
        let visible = masks.visibility(sample: firstSample + i, mask: m, coordinateCount: d)
        for j in 0..<d where visible[j] == (side == .visible) { values[t * d + j] = source[(i - first) * d + j] }
      }
      try upload(values, to: rows, firstRow: range.lowerBound)
    }
  }

  public func performAccumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError) {
    try accumulateMaskedGramByTiles(of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
  }

  /// By tiles of masked rows, each added by one `accumulateGram`.
  /// - Parameter tile: storage for a tile, of any height; nil makes it.
  package func accumulateMaskedGramByTiles(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix, tile: Matrix? = nil
  ) throws(BackendError) {
    try forEachMaskedTile(
      of: x, masks: masks, firstSample: firstSample, tile: tile
    ) { (tile, first) throws(BackendError) in
      if let weights = try maskWeights(masks, firstPair: first, count: tile.rows, squareRoots: true) {
        try self.scale(tile, rows: weights, columns: nil)
      }
      try accumulateGram(of: tile, scale: scale, into: g)
    }
  }

  /// By tiles: the visible rows plus the hidden ones are the samples repeated.
  public func performAccumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    var whole: Matrix?
    try forEachMaskedTile(of: x, masks: masks, firstSample: firstSample) { (tile, first) throws(BackendError) in
      if whole == nil { whole = try makeMatrix(rows: tile.rows, columns: tile.columns) }
      guard let samples = whole?.firstRows(tile.rows) else { return }
      try maskRows(
        of: x, masks: masks, firstSample: firstSample, firstPair: first, keeping: .hidden, into: samples)
      try add(tile, alpha: 1, beta: 1, to: samples)
      if let weights = try maskWeights(masks, firstPair: first, count: tile.rows, squareRoots: false) {
        try self.scale(tile, rows: weights, columns: nil)
      }
      try multiply(samples, transposeA: true, tile, transposeB: false, alpha: scale, beta: 1, into: c)
    }
  }

  private func forEachMaskedTile(
    of x: Matrix, masks: MaskPattern, firstSample: Int, tile given: Matrix? = nil,
    _ body: (Matrix, Int) throws(BackendError) -> Void
  ) throws(BackendError) {
    let pairs = x.rows * masks.count
    guard pairs > 0, x.columns > 0 else { return }
    // Small enough that fresh pages and cache misses cost little beside the products, tall enough for them to run at speed.
    let tile: Matrix
    if let given {
      tile = given
    } else {
      let height = max(256, (1 << 16) / x.columns, min(512, x.columns / 4))
      tile = try makeMatrix(rows: min(pairs, height), columns: x.columns)
    }
    var first = 0
    while first < pairs {
      let rows = tile.firstRows(min(tile.rows, pairs - first))
      try maskRows(of: x, masks: masks, firstSample: firstSample, firstPair: first, keeping: .visible, into: rows)
      try body(rows, first)
      first += rows.rows
    }
  }

  /// w_m, or its square root, of each of the pairs; nil where all are 1.
  private func maskWeights(
    _ masks: MaskPattern, firstPair: Int, count: Int, squareRoots: Bool
  ) throws(BackendError) -> Matrix? {
    guard case .given(let given) = masks, given.weights.contains(where: { $0 != 1 }) else { return nil }
    var values: [Element] = []
    for t in 0..<count {
      let weight = given.weights[(firstPair + t) % given.count]
      values.append(Element(squareRoots ? weight.squareRoot() : weight))
    }
    return try makeVector(values)
  }
}
