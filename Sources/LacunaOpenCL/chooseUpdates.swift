import LacunaAlgebra

extension OpenCLBackend {
  /// By what large rank updates are computed on a device that was measured: the way kept for it if it still is right, or else
  /// the fastest of those that pass the self-test.
  ///
  /// A way that this driver does not build, or computes wrongly with, is none; strips always are one.
  func chooseUpdates(_ memory: TilingMemory, key: String) throws(BackendError) {
    guard context.offers(.narrowTiles) else { return }
    let key = key + " rank updates"
    if let text = memory.load(key), let kept = UpdateWay(rawValue: text), isRight(kept) {
      context.largeUpdates = kept
    } else {
      context.largeUpdates = try fastestUpdates()
      memory.save(key, context.largeUpdates.rawValue)
    }
    // A device of the built-in table was measured for a test alone.
    if GemmParameters.known(device, precision: Element.precision) == nil {
      CLBlast.note(context.largeUpdates, device, precision: Element.precision)
    }
  }

  private func isRight(_ way: UpdateWay) -> Bool {
    way == .strips || context.offers(way) && (try? CompileTime.counting { try testUpdates(way) }) != nil
  }

  private func fastestUpdates() throws(BackendError) -> UpdateWay {
    let ways = [UpdateWay.wideTiles, .strips].filter(isRight)
    if ways.count == 1 { return ways[0] }
    // A fast device shows its differences at larger orders only.
    let order = try seconds(.strips, order: 512) < 0.002 ? 2048 : 512
    var best = (way: UpdateWay.strips, seconds: Double.infinity)
    for way in ways {
      let seconds = try seconds(way, order: order)
      if seconds < best.seconds { best = (way, seconds) }
    }
    return best.way
  }

  /// Of one update of a square block of samples, the best of three after one that compiles.
  private func seconds(_ way: UpdateWay, order n: Int) throws(BackendError) -> Double {
    let x = try makeMatrix(rows: n, columns: n)
    try fill(x, law: .gaussian, stream: RandomStream(seed: 1, stream: 0), offset: 0)
    let s = try makeMatrix(rows: n, columns: n)
    var best = Double.infinity
    for run in 0..<4 {
      try context.finish()
      let start = ContinuousClock.now
      try context.accumulateLower(
        x.block, x.block, transposed: true, size: n, inner: n, scale: 1, by: way, into: s.block)
      try context.finish()
      if run > 0 { best = min(best, (ContinuousClock.now - start) / .seconds(1)) }
    }
    return best
  }
}
