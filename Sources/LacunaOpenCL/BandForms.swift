import LacunaAlgebra
import LacunaHost

extension OpenCLBackend {
  /// Factors at as many shifts as memory takes, and a launch over all columns at these.
  ///
  /// On a GPU with float64 the factors are its own, and the host waits once, at the end; without, they are the host's. Where the
  /// device is a processor the host does it all: products of blocks are what its BLAS is for.
  /// - Throws: `notPositiveDefinite`; `unsupported` where local memory does not hold the state of four columns.
  public func performResolventForms(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    try requireWhole(w, "resolvent forms")
    try requireWhole(out, "resolvent forms")
    guard context.routes.actsAsGPU else {
      return try formsOnHost(of: w, band: b, shifts: shifts, probes: probes, into: out)
    }
    let layout = BandLayout(order: b.order, width: b.width)
    guard let lanes = context.bandLanes(layout) else {
      throw .unsupported("forms in a band of \(b.width) diagonals on either side", device: device.name)
    }
    let (span, group) = (4 * lanes, lanes * layout.tiles)
    let strips = (w.columns + span - 1) / span
    let atOnce = context.bandShifts(layout, of: shifts.count)
    try context.lock.held { () throws(BackendError) in
      let memory = BandMemory(
        factors: try context.allocate(byteCount: atOnce * layout.factorCount * Element.precision.byteCount),
        weights: try context.scratch("band weights", count: atOnce * probes.count * layout.paddedOrder))
      // ACC: a float64, or two float32.
      let sums = try context.scratch("band sums", byteCount: 8 * atOnce * probes.count * w.columns)
      let factoring =
        context.factorsBands(layout) ? try context.factoring(b, layout, shifts: shifts, probes: probes) : nil
      for first in stride(from: 0, to: shifts.count, by: atOnce) {
        let chunk = first..<min(first + atOnce, shifts.count)
        if let factoring {
          try context.factor(factoring, chunk, into: memory)
        } else {
          try factorOnHost(b, layout, shifts: Array(shifts[chunk]), probes: probes, into: memory)
        }
        try context.launch(
          .bandForms, "band_forms", global: (group, strips * chunk.count), group: (group, 1),
          tallest: max(1, context.longestProduct / max(1, 8 * b.width * b.order * span)),
          arguments: [
            .buffer(w.buffer), .uint(b.order), .uint(w.columns), .uint(b.width), .uint(span), .buffer(memory.factors),
            .uint(chunk.count), .buffer(memory.weights), .uint(probes.count), .buffer(sums), .buffer(out.buffer),
            .uint(first * (2 + probes.count) * w.columns), .local(group * context.bandStateBytes),
          ])
      }
      if let factoring { try context.requireFactors(factoring) }
    }
  }

  /// With the matrix once more in the host's memory.
  private func formsOnHost(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    let host = HostBackend<Element>()
    let own = try host.makeMatrix(rows: w.rows, columns: w.columns)
    let forms = try host.makeMatrix(rows: out.rows, columns: out.columns)
    let height = rowBlock(columns: w.columns)
    for first in stride(from: 0, to: w.rows, by: height) {
      let rows = first..<min(first + height, w.rows)
      try host.upload(try download(w, rows: rows), to: own, firstRow: first)
    }
    try host.resolventForms(of: own, band: b, shifts: shifts, probes: probes, into: forms)
    try upload(try host.download(forms), to: out, firstRow: 0)
  }

  /// Factors by the host's cores, all shifts beside each other.
  private func factorOnHost(
    _ b: SymmetricBand, _ layout: BandLayout, shifts: [Double], probes: [[Double]], into memory: BandMemory
  ) throws(BackendError) {
    let made = try b.factored(at: shifts, threads: HostThreads()) { _, factors in
      (
        layout.packed(factors, as: Element.self),
        probes.flatMap { layout.padded(factors.weights(of: $0), as: Element.self) }
      )
    }
    for (r, shift) in made.enumerated() {
      try context.write(shift.0, to: memory.factors, at: r * shift.0.count * Element.precision.byteCount)
      try context.write(shift.1, to: memory.weights, at: r * shift.1.count * Element.precision.byteCount)
    }
  }
}

/// What `band_forms.cl` reads of some shifts: the factors, and what they make of the probes.
struct BandMemory {
  let factors, weights: DeviceBuffer
}

/// How `band_forms.cl` has a band's factors.
struct BandLayout {
  let order, width: Int

  /// Of `width` rows.
  var blocks: Int { (order + width - 1) / width }
  /// Tiles of rows of a block.
  var tiles: Int { (width + KernelConstants.formTile - 1) / KernelConstants.formTile }
  var paddedOrder: Int { blocks * width }
  /// Numbers of one shift.
  var factorCount: Int { 4 * blocks * tiles * KernelConstants.formTile * width }

  /// Of each matrix the tiles of rows in turn, with rows of zeros in the last, column by column.
  func packed<Element: Scalar>(_ factors: SymmetricBand.ShiftedFactors, as element: Element.Type) -> [Element] {
    let tile = KernelConstants.formTile
    let blocks = Element.nearest(factors.blocks)
    var packed = [Element](repeating: 0, count: factorCount)
    for matrix in 0..<4 * self.blocks {
      for i in 0..<width {
        let start = (matrix * tiles + i / tile) * width * tile + i % tile
        for k in 0..<width {
          packed[start + k * tile] = blocks[(matrix * width + i) * width + k]
        }
      }
    }
    return packed
  }

  /// With zeros to the end of the last block.
  func padded<Element: Scalar>(_ vector: [Double], as element: Element.Type) -> [Element] {
    Element.nearest(vector) + [Element](repeating: 0, count: paddedOrder - order)
  }
}

extension DeviceContext {
  /// Bytes of local memory for an item's share of the state: y and x in FORM_TILE rows of four columns.
  var bandStateBytes: Int { 2 * KernelConstants.formTile * 4 * precision.byteCount }

  /// Items side by side, each with four columns of a group's strip; nil where local memory has no room for one.
  func bandLanes(_ layout: BandLayout) -> Int? {
    let most = min(KernelConstants.groupSize, device.localMemory / bandStateBytes)
    return layout.tiles > most ? nil : max(1, min(128, most) / layout.tiles)
  }

  /// Shifts whose factors are held at once: as many as plans of memory reckon with, and more where there is plenty.
  func bandShifts(_ layout: BandLayout, of count: Int) -> Int {
    let planned = 32 * SymmetricBand.usualWidth * layout.order * precision.byteCount
    let room = min(max(planned, freeMemory / 8), device.largestAllocation, routes.largestBuffer)
    return max(1, min(count, room / max(1, layout.factorCount * precision.byteCount)))
  }
}
