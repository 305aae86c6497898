import LacunaAlgebra

/// A band on its way to factors at many shifts: `SymmetricBand.factor(shift:)` on the device.
struct BandFactoring {
  let layout: BandLayout
  let shiftCount, probeCount: Int
  /// The band's entries, and all shifts and probes; float64.
  let entries, shifts, probes: DeviceBuffer
  /// For each shift of a launch what one block row leaves to the next.
  let state: DeviceBuffer
  /// For each shift the order of the leading minor that is not positive, or 0; 32 bits.
  let failures: DeviceBuffer
}

extension DeviceContext {
  /// Whether factors are the device's work: float32 does not do.
  func factorsBands(_ layout: BandLayout) -> Bool {
    usesFloat64 && bandFactorBytes(layout) <= device.localMemory
  }

  /// Of local memory: a block with an odd stride, and its pivots.
  private func bandFactorBytes(_ layout: BandLayout) -> Int { 8 * layout.width * (((layout.width + 1) | 1) + 1) }

  /// Hold `lock` until it is done with.
  func factoring(
    _ b: SymmetricBand, _ layout: BandLayout, shifts: [Double], probes: [[Double]]
  ) throws(BackendError) -> BandFactoring {
    let state = 8 * b.width * b.width + 2 * probes.count * b.width
    let factoring = BandFactoring(
      layout: layout, shiftCount: shifts.count, probeCount: probes.count,
      entries: try scratch("band entries", byteCount: 8 * b.entries.count),
      shifts: try scratch("band shifts", byteCount: 8 * shifts.count),
      probes: try scratch("band probes", byteCount: 8 * probes.count * b.order),
      state: try scratch("band state", byteCount: 8 * shifts.count * state),
      failures: try scratch("band failures", byteCount: 4 * shifts.count))
    try write(b.entries, to: factoring.entries, at: 0)
    try write(shifts, to: factoring.shifts, at: 0)
    try write(probes.flatMap(\.self), to: factoring.probes, at: 0)
    return factoring
  }

  /// Queues the factors of some of the shifts, block row after block row, in launches that are short even for one compute unit of a
  /// slow device.
  func factor(_ factoring: BandFactoring, _ shifts: Range<Int>, into memory: BandMemory) throws(BackendError) {
    let (layout, b) = (factoring.layout, factoring.layout.width)
    // One of L and one of M a block row; what they wait for counts as operations.
    let steps = 2 * layout.blocks
    let atOnce = max(1, routes.longestLaunch / max(1, device.computeUnits) / (8 * b * b * b + 1 << 17))
    for first in stride(from: 0, to: steps, by: atOnce) {
      try launch(
        .bandFactor, "band_factor", groups: 1, height: shifts.count, .buffer(factoring.entries), .uint(layout.order),
        .uint(b), .buffer(factoring.shifts), .uint(shifts.lowerBound), .buffer(factoring.probes),
        .uint(factoring.probeCount), .uint(first), .uint(min(first + atOnce, steps)), .buffer(factoring.state),
        .buffer(memory.factors), .buffer(memory.weights), .buffer(factoring.failures), .local(bandFactorBytes(layout)))
    }
  }

  /// Waits for the factors of all shifts.
  /// - Throws: `notPositiveDefinite` of the first shift that leaves the band indefinite.
  func requireFactors(_ factoring: BandFactoring) throws(BackendError) {
    guard factoring.layout.order > 0 else { return }
    let failures = try read(factoring.failures, count: factoring.shiftCount, as: UInt32(0))
    guard let minor = failures.first(where: { $0 > 0 }).map({ Int($0) }) else { return }
    guard minor <= factoring.layout.order else {
      throw Status.nonsense("band_factor", "minor \(minor) of \(factoring.layout.order)")
    }
    throw .notPositiveDefinite(leadingMinor: minor)
  }
}
