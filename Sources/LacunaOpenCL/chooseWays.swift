import LacunaAlgebra

extension OpenCLBackend {
  /// By what large products and rank updates are computed on a device that was measured: the ways kept for it if they still are
  /// right, or else the fastest of those that pass the self-test.
  ///
  /// A way that this driver does not build, or computes wrongly with, is none; CLBlast always is one.
  func chooseWays(_ memory: TilingMemory, key: String) throws(BackendError) {
    guard context.offers(.narrowTiles) else { return }
    let keys = (updates: key + " rank updates", products: key + " products")
    func kept(_ key: String) -> ProductWay? { memory.load(key).flatMap { ProductWay(rawValue: $0) } }
    if let updates = kept(keys.updates), let products = kept(keys.products),
      Set([updates, products]).allSatisfy({ isRight($0, memory) })
    {
      (context.largeUpdates, context.largeProducts) = (updates, products)
    } else {
      let right = [ProductWay.matrixUnits, .wideTiles, .clblast].filter { isRight($0, memory) }
      let updates = try fastest(of: right, at: update)
      let products = try fastest(of: right.filter { $0 != .wideTiles }, at: multiply)
      memory.save(keys.updates, updates.rawValue)
      memory.save(keys.products, products.rawValue)
      (context.largeUpdates, context.largeProducts) = (updates, products)
    }
    let second = 2 * 512.0 * 512 * 512 / (try seconds(context.largeProducts, order: 512, at: multiply))
    let ways = ProductWays(
      products: context.largeProducts, updates: context.largeUpdates,
      longest: max(context.routes.longestLaunch, Int(min(second / 4, 0x1p60))))
    context.adopt(ways)
    // A device of the built-in table was measured for a test alone.
    if GemmParameters.known(device, precision: Element.precision) == nil {
      CLBlast.note(ways, device, precision: Element.precision)
    }
  }

  private func isRight(_ way: ProductWay, _ memory: TilingMemory) -> Bool {
    guard context.offers(way) else { return false }
    do throws(BackendError) {
      try CompileTime.counting { () throws(BackendError) in try test(way) }
      return true
    } catch {
      let what = way == .matrixUnits ? "matrix units" : "wide tiles"
      memory.note("the \(what) of \(device.name) are not used: \(error)")
      return false
    }
  }

  private func fastest(
    of ways: [ProductWay], at work: (ProductWay, Matrix, Matrix) throws(BackendError) -> Void
  ) throws(BackendError) -> ProductWay {
    if ways.count == 1 { return ways[0] }
    // A fast device shows its differences at larger orders only.
    let order = try seconds(.clblast, order: 512, at: work) < 0.002 ? 2048 : 512
    var best = (way: ProductWay.clblast, seconds: Double.infinity)
    for way in ways {
      let seconds = try seconds(way, order: order, at: work)
      if seconds < best.seconds { best = (way, seconds) }
    }
    return best.way
  }

  private func update(_ way: ProductWay, _ x: Matrix, _ s: Matrix) throws(BackendError) {
    try context.accumulateLower(
      x.block, x.block, transposed: true, size: x.columns, inner: x.rows, scale: 1, by: way, into: s.block)
  }

  private func multiply(_ way: ProductWay, _ x: Matrix, _ s: Matrix) throws(BackendError) {
    let n = x.rows
    guard let kernel = way.kernel else {
      return try context.gemm(x.block, x.block, rows: n, columns: n, inner: n, into: s.block)
    }
    try context.tiles(x.block, x.block, rows: n, columns: n, inner: n, by: kernel, into: s.block)
  }

  /// Of one piece of work on a square matrix, the best of three after one that compiles.
  private func seconds(
    _ way: ProductWay, order n: Int, at work: (ProductWay, Matrix, Matrix) throws(BackendError) -> Void
  ) throws(BackendError) -> Double {
    let x = try makeMatrix(rows: n, columns: n)
    try fill(x, law: .gaussian, stream: RandomStream(seed: 1, stream: 0), offset: 0)
    let s = try makeMatrix(rows: n, columns: n)
    var best = Double.infinity
    for run in 0..<4 {
      try context.finish()
      let start = ContinuousClock.now
      try work(way, x, s)
      try context.finish()
      if run > 0 { best = min(best, (ContinuousClock.now - start) / .seconds(1)) }
    }
    return best
  }
}
