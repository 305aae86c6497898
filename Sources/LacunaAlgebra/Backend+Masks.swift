/// Masked samples by the other operations of the protocol: what a backend without kernels of its own for them computes.
extension Backend {
  public func maskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    try maskRowsFromHost(
      of: x, masks: masks, firstSample: firstSample, firstPair: firstPair, keeping: side, into: rows)
  }

  public func accumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError) {
    try accumulateMaskedGramByTiles(of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
  }

  public func accumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    try accumulateMaskedCrossByTiles(of: x, masks: masks, firstSample: firstSample, scale: scale, into: c)
  }
}

extension Backend {
  /// Draws the masks on the host: right on any device, at the price of a transfer of x and of the rows.
  package func maskRowsFromHost(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
  ) throws(BackendError) {
    try requirePairs(of: x, masks: masks, firstSample: firstSample, firstPair: firstPair, into: rows)
    let d = x.columns
    let source = try download(x)
    var values = [Element](repeating: 0, count: rows.count)
    for t in 0..<rows.rows {
      let (i, m) = (firstPair + t).quotientAndRemainder(dividingBy: masks.count)
      let visible = masks.visibility(sample: firstSample + i, mask: m, coordinateCount: d)
      for j in 0..<d where visible[j] == (side == .visible) { values[t * d + j] = source[i * d + j] }
    }
    try upload(values, to: rows, firstRow: 0)
  }

  /// By tiles of masked rows, each added by one `accumulateGram`.
  /// - Parameter tile: storage for a tile, of any height; nil makes it.
  package func accumulateMaskedGramByTiles(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix, tile: Matrix? = nil
  ) throws(BackendError) {
    try requireMasks(masks, width: x.columns, firstSample: firstSample, into: g, "accumulateMaskedGram")
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
  package func accumulateMaskedCrossByTiles(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    try requireMasks(masks, width: x.columns, firstSample: firstSample, into: c, "accumulateMaskedCross")
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

extension Backend {
  /// The checks that every `maskRows` makes.
  public func requirePairs(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, into rows: Matrix
  ) throws(BackendError) {
    let pairs = x.rows * masks.count
    guard rows.columns == x.columns, firstPair >= 0, rows.rows <= pairs - firstPair else {
      throw .dimensionMismatch(
        operation: "maskRows", expected: "at most \(pairs) rows of \(x.columns), of \(x.rows) samples",
        actual: "\(rows.rows) × \(rows.columns) from pair \(firstPair)")
    }
    try requireMasks(masks, width: x.columns, firstSample: firstSample, into: nil, "maskRows")
  }

  /// The checks that every sum over masks makes.
  public func requireMasks(
    _ masks: MaskPattern, width d: Int, firstSample: Int, into square: Matrix?, _ operation: String
  ) throws(BackendError) {
    precondition(firstSample >= 0, "samples count from 0")
    if let square, square.rows != d || square.columns != d {
      throw .dimensionMismatch(
        operation: operation, expected: "\(d) × \(d)", actual: "\(square.rows) × \(square.columns)")
    }
    switch masks {
    case .bernoulli(let keep, let count, _):
      precondition(keep >= 0 && keep <= 1 && count >= 1, "a probability, and at least one mask")
    case .fixedSize(let visible, let count, _):
      precondition(count >= 1, "at least one mask")
      guard 0...d ~= visible else {
        throw .dimensionMismatch(
          operation: operation, expected: "0 to \(d) visible coordinates", actual: "\(visible)")
      }
    case .given(let given):
      guard given.coordinateCount == d else {
        throw .dimensionMismatch(
          operation: operation, expected: "masks of \(d) coordinates", actual: "\(given.coordinateCount)")
      }
    }
  }
}
