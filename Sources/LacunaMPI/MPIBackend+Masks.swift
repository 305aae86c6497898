#if MPI
  import LacunaAlgebra
  import LacunaHost

  /// Samples through masks: each rank masks its own samples.
  extension MPIBackend {
    /// Pairs are dealt, not the samples they are of: a panel of samples passes to all ranks.
    public func performMaskRows(
      of x: Matrix, masks: MaskPattern, firstSample: Int, firstPair: Int, keeping side: MaskSide, into rows: Matrix
    ) throws(BackendError) {
      guard rows.count > 0 else { return }
      let height = max(panelHeight, masks.count)
      for first in stride(from: 0, to: rows.rows, by: height) {
        let part = first..<min(first + height, rows.rows)
        let start = (firstPair + part.lowerBound) / masks.count
        let end = (firstPair + part.upperBound - 1) / masks.count + 1
        let samples = try scratch(end - start, x.columns)
        try collect(x, rows: start..<end, into: samples.pointer)
        let blocks =
          rows.isWhole ? [DealtBlock(local: first, global: first, count: part.count)] : ranks.blocks(of: part)
        for block in blocks {
          try host.maskRows(
            of: samples, masks: masks, firstSample: firstSample + start,
            firstPair: firstPair + block.global - start * masks.count, keeping: side,
            into: rows.localRows(block.local, block.count))
        }
      }
    }

    public func performAccumulateMaskedGram(
      of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into g: Matrix
    ) throws(BackendError) {
      try forEachTile(of: x, masks: masks, firstSample: firstSample, squareRoots: true) {
        (tile, _) throws(BackendError) in
        if g.isWhole {
          try addToWhole(g, lowerTriangle: true) { (sum) throws(BackendError) in
            try host.accumulateGram(of: tile, scale: scale, into: sum)
          }
        } else {
          try addSum(tile, tile, scale: scale, to: g, lowerTriangle: true)
        }
      }
    }

    public func performAccumulateMaskedCross(
      of x: Matrix, masks: MaskPattern, firstSample: Int, scale: Element, into c: Matrix
    ) throws(BackendError) {
      let source = try dealt(x).local
      try forEachTile(of: x, masks: masks, firstSample: firstSample, squareRoots: false) {
        (tile, first) throws(BackendError) in
        let samples = try scratch(tile.rows, x.columns)
        try host.gather(of: source, rows: (0..<tile.rows).map { (first + $0) / masks.count }, into: samples)
        if c.isWhole {
          try addToWhole(c, lowerTriangle: false) { (sum) throws(BackendError) in
            try host.multiply(samples, transposeA: true, tile, transposeB: false, alpha: scale, beta: 0, into: sum)
          }
        } else {
          try addSum(samples, tile, scale: scale, to: c, lowerTriangle: false)
        }
      }
    }

    /// A few rows that every rank has whole: the ranks' sums added.
    private func addToWhole(
      _ target: Matrix, lowerTriangle: Bool, _ body: (HostMatrix<Element>) throws(BackendError) -> Void
    ) throws(BackendError) {
      let part = try scratch(target.rows, target.columns)
      try body(part)
      var sums = Element.doubles(try host.download(part))
      ranks.sum(&sums)
      try host.upload(Element.nearest(sums), to: part, firstRow: 0)
      for i in 0..<target.rows {
        addCells(
          part.pointer + i * target.columns, to: target.local.pointer + i * target.columns,
          count: lowerTriangle ? i + 1 : target.columns)
      }
    }

    /// Calls, on all ranks alike often, with tiles of the visible of a rank's own samples, a row a pair, and the first pair's number.
    ///
    /// Pair p of a rank is of its own sample ⌊p/M⌋, through mask p mod M.
    private func forEachTile(
      of x: Matrix, masks: MaskPattern, firstSample: Int, squareRoots: Bool,
      _ body: (HostMatrix<Element>, Int) throws(BackendError) -> Void
    ) throws(BackendError) {
      let (d, m) = (x.columns, masks.count)
      let x = try dealt(x)
      let most = ranks.localRows(x.rows, of: 0) * m
      guard most > 0, d > 0 else { return }
      // A sum over ranks a tile: tall ones, beside a rank's part of the Gram.
      let height = min(most, max(512, d / 2))
      let storage = try scratch(height, d)
      let own = x.local.rows * m
      for first in stride(from: 0, to: most, by: height) {
        let pairs = min(first, own)..<min(first + height, own)
        let tile = storage.firstRows(pairs.count)
        for block in x.blocks {
          let part = pairs.clamped(to: block.local * m..<(block.local + block.count) * m)
          guard !part.isEmpty else { continue }
          try host.maskRows(
            of: x.localRows(block.local, block.count), masks: masks, firstSample: firstSample + block.global,
            firstPair: part.lowerBound - block.local * m, keeping: .visible,
            into: HostMatrix(of: tile, firstRow: part.lowerBound - pairs.lowerBound, rows: part.count))
        }
        if case .given(let given) = masks, given.weights.contains(where: { $0 != 1 }) {
          let weights = try scratch(1, pairs.count)
          for (t, pair) in pairs.enumerated() {
            let weight = given.weights[pair % m]
            weights.pointer[t] = Element(squareRoots ? weight.squareRoot() : weight)
          }
          try host.scale(tile, rows: weights, columns: nil)
        }
        try body(tile, pairs.lowerBound)
      }
    }
  }
#endif
