import LacunaAlgebra

extension OpenCLBackend {
  public func performMaskRows(
    of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide,
    into rows: Matrix
  ) throws(BackendError) {
    guard x.isWhole && rows.isWhole else {
      return try maskRowsOfSlabs(
        of: x, masks: masks, firstSample: firstSample, firstPair: firstPair, keeping: side, into: rows)
    }
    try context.mask(
      x.block, masks, firstSample: firstSample, firstPair: firstPair, span: 1, weighting: .none,
      hidden: side == .hidden, rows: rows.rows, into: rows.buffer)
  }

  /// Tiles of masked rows, the square roots of the weights in them, each a rank update of the lower triangle.
  public func performAccumulateMaskedGram(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
  ) throws(BackendError) {
    guard x.isWhole && g.isWhole else {
      return try accumulateMaskedGramOfSlabs(of: x, masks: masks, firstSample: firstSample, scale: scale, into: g)
    }
    try context.forEachTile(of: x.rows * masks.count, columns: x.columns) {
      (tile, first, rows) throws(BackendError) in
      try context.mask(
        x.block, masks, firstSample: firstSample, firstPair: first, span: 1,
        weighting: .squareRoots, hidden: false,
        rows: rows, into: tile.buffer)
      try context.accumulateLower(
        tile, tile, transposed: true, size: x.columns, inner: rows, scale: Double(scale),
        into: g.block)
    }
  }

  /// Tiles of samples times the sum of their masks, and one product of each with the samples.
  public func performAccumulateMaskedCross(
    of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
  ) throws(BackendError) {
    guard x.isWhole && c.isWhole else {
      return try accumulateMaskedCrossOfSlabs(of: x, masks: masks, firstSample: firstSample, scale: scale, into: c)
    }
    let d = x.columns
    try context.forEachTile(of: x.rows, columns: d) { (tile, first, rows) throws(BackendError) in
      try context.mask(
        x.block, masks, firstSample: firstSample, firstPair: first * masks.count, span: masks.count,
        weighting: .weights, hidden: false, rows: rows, into: tile.buffer)
      try context.gemm(
        x.block.at(first, 0), transposeA: true, tile, rows: d, columns: d, inner: rows,
        alpha: Double(scale), beta: 1,
        into: c.block)
    }
  }
}

extension DeviceContext {
  /// What the weights of given masks multiply.
  enum Weighting { case none, weights, squareRoots }

  /// Calls with a scratch tile for so many of `count` rows at a time, under the lock.
  func forEachTile(
    of count: Int, columns: Int, _ body: (Block, Int, Int) throws(BackendError) -> Void
  ) throws(BackendError) {
    if count == 0 || columns == 0 { return }
    try lock.held { () throws(BackendError) in
      let height = min(count, max(256, (routes.actsAsGPU ? 1 << 24 : 1 << 21) / columns))
      let tile = Block(buffer: try scratch("masked tile", count: height * columns), stride: columns)
      for first in stride(from: 0, to: count, by: height) {
        try body(tile, first, min(height, count - first))
      }
    }
  }

  /// Queues the kernel of a pattern: see `masked_gram.cl`.
  func mask(
    _ x: Block, _ masks: MaskPattern, firstSample: Int, firstPair: Int, span: Int,
    weighting: Weighting, hidden: Bool,
    rows: Int, into out: DeviceBuffer
  ) throws(BackendError) {
    let columns = x.stride
    if rows == 0 || columns == 0 { return }
    let words = (columns + 31) / 32
    // A group a row: an item a word where there are so many, and 32 at least to share the columns.
    let items = min(KernelConstants.groupSize, max(32, words.rounded(upTo: 32)))
    func paint(_ kernel: String, localWords: Int, _ more: Argument...) throws(BackendError) {
      guard localWords * 4 <= device.localMemory else {
        throw .unsupported("masks of \(columns) coordinates", device: device.name)
      }
      try launch(
        .maskedGram, kernel, global: (rows * items, 1), group: (items, 1),
        arguments: [
          .buffer(x.buffer), .buffer(out), .uint(columns),
          .ulong(UInt64(firstSample) &* UInt64(masks.count)),
          .ulong(UInt64(firstPair)), .uint(masks.count), .uint(span), .uint(hidden ? 1 : 0),
          .local(localWords * 4),
        ] + more)
    }
    switch masks {
    case .bernoulli(let keep, _, let stream):
      try paint(
        "mask_bernoulli", localWords: words, .ulong(stream.stream), .ulong(stream.seed),
        .ulong(MaskPattern.threshold(keep: keep)))
    case .fixedSize(let visible, _, let stream):
      try paint(
        "mask_fixed", localWords: 3 * words + 1, .ulong(stream.stream), .ulong(stream.seed),
        .uint(visible))
    case .given(let given):
      let kept = try constants(of: given)
      let weights: DeviceBuffer? =
        switch weighting {
        case .none: nil
        case .weights: kept.weights
        case .squareRoots: kept.roots
        }
      try paint(
        "mask_given", localWords: words, .buffer(kept.pattern), .buffer(weights ?? out),
        .uint(weights == nil ? 0 : 1))
    }
  }

  /// Given masks on the device, kept from call to call: a trial masks block after block of samples alike.
  private func constants(of masks: GivenMasks) throws(BackendError) -> GivenMaskBuffers {
    try lock.held { () throws(BackendError) in
      if let kept = givenMasks.first(where: { $0.masks == masks }) { return kept }
      let words = masks.words
      let pattern = try allocate(byteCount: words.count * 4)
      try write(words, to: pattern, at: 0)
      let fresh = GivenMaskBuffers(
        masks: masks, pattern: pattern, weights: try place(masks.weights),
        roots: try place(masks.weights.map { $0.squareRoot() }))
      if givenMasks.count == 2 { givenMasks.removeFirst() }
      givenMasks.append(fresh)
      return fresh
    }
  }
}

/// Given masks with their words, weights and square roots of weights on the device.
struct GivenMaskBuffers {
  let masks: GivenMasks
  let pattern: DeviceBuffer
  let weights: DeviceBuffer
  let roots: DeviceBuffer
}
