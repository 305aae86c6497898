import LacunaAlgebra

extension OpenCLBackend {
  /// Gives CLBlast's product a tiling whose results agree with the host's: the one of the built-in table, or for a device
  /// that it does not know the fastest of `GemmParameters.candidates`, measured once and then kept.
  ///
  /// Once a process for each device and precision. Products of other threads wait.
  /// - Throws: `device` where no tiling passes the self-test.
  func configureProducts(_ memory: TilingMemory) throws(BackendError) {
    let precision = Element.precision
    try CLBlast.lock.held { () throws(BackendError) in
      if context.routes.knowsTiling {
        if context.faults.selfTest == nil, CLBlast.isTrusted(device, precision: precision) {
          if let ways = CLBlast.ways(device, precision: precision) {
            context.adopt(ways)
          }
          return
        }
        if let known = GemmParameters.known(device, precision: precision) {
          try adopt(known)
          return CLBlast.trust(device, precision: precision)
        }
      }
      // Until one is settled, no backend may count on the tiling that happens to be set.
      CLBlast.distrust(device, precision: precision)
      let key = "\(device.platform) \(device.name) \(device.driver) \(precision.rawValue)"
      if try !adoptKept(memory, key: key) {
        let fastest = try fastestTiling()
        try adopt(fastest)
        memory.save(key, fastest.text)
      }
      try chooseWays(memory, key: key)
      CLBlast.trust(device, precision: precision)
    }
  }

  /// Sets a tiling and compares products with the host's.
  private func adopt(_ tiling: GemmParameters) throws(BackendError) {
    try tiling.apply(to: device, precision: Element.precision)
    try CompileTime.counting { () throws(BackendError) in
      try selfTest(smallestIndirect: tiling.smallestIndirect)
    }
  }

  /// - Returns: whether a tiling was kept and still gives right products. Only one of the candidates counts: numbers from a
  ///   damaged file could compute anything.
  private func adoptKept(_ memory: TilingMemory, key: String) throws(BackendError) -> Bool {
    guard let text = memory.load(key) else { return false }
    let candidates = GemmParameters.candidates(device, precision: Element.precision)
    guard let kept = candidates.first(where: { $0.text == text }) else {
      memory.note("the tiling kept for \(device.name) is none that is known, and is measured again")
      return false
    }
    do throws(BackendError) {
      try adopt(kept)
      return true
    } catch {
      memory.note("the tiling kept for \(device.name) fails now (\(error)), and is measured again")
      return false
    }
  }

  /// The candidate that multiplies fastest of those that pass the self-test.
  private func fastestTiling() throws(BackendError) -> GemmParameters {
    var best: (tiling: GemmParameters, rate: Double)?
    var failure: BackendError?
    var right: [GemmParameters] = []
    let start = ContinuousClock.now
    var longest = Duration.zero
    for tiling in GemmParameters.candidates(device, precision: Element.precision) {
      // The likeliest come first; a compiler that is slow may leave the others untried.
      let before = ContinuousClock.now - start
      if best != nil, before + longest > Self.longestSearch { break }
      defer { longest = max(longest, ContinuousClock.now - start - before) }
      do throws(BackendError) {
        try adopt(tiling)
        // An order large enough for the rearranging route.
        let rate = try DeviceRates.measure(.multiply, order: 512, on: self)
        if rate > (best?.rate ?? 0) { best = (tiling, rate) }
        right.append(tiling)
      } catch {
        // One that this driver does not build or computes wrongly with.
        failure = error
      }
    }
    guard let quick = best else {
      throw failure ?? .unsupported("products: no tiling fits its limits", device: device.name)
    }
    // A fast device shows its differences at larger orders only.
    let order = 2048.0
    guard 2 * order * order * order / quick.rate < 0.2 else { return quick.tiling }
    best = nil
    for tiling in right {
      try tiling.apply(to: device, precision: Element.precision)
      let rate = try DeviceRates.measure(.multiply, order: Int(order), on: self)
      if rate > (best?.rate ?? 0) { best = (tiling, rate) }
    }
    return best?.tiling ?? quick.tiling
  }

  /// Within which candidates are tried; the first one always is.
  private static var longestSearch: Duration { .seconds(4) }
}
