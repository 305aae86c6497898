import LacunaAlgebra

extension DataFit {
  /// The eigenvalues of S in the units of the device's columns, those that are surely 0 left out.
  func spectrum() throws -> [Double] {
    if let found = ledger.eigenvalues { return found }
    let found = try spectrum(of: route)
    ledger.eigenvalues = found
    return found
  }

  /// The same of other samples.
  func spectrum(of route: Route) throws -> [Double] {
    let values: [Double]
    switch route {
    case .primal(let primal):
      values = try device.eigenvalues(of: try primal.spentGram())
    case .dual(let dual):
      let regression = dual.regression
      try device.copy(regression.gram, to: regression.inverse)
      var found = try device.eigenvalues(of: regression.inverse)
      // The one that was given to the null vector.
      if regression.deflation > 0,
        let own = found.indices.min(by: {
          abs(found[$0] - regression.deflation) < abs(found[$1] - regression.deflation)
        })
      {
        found.remove(at: own)
      }
      values = found
    }
    return values.filter { $0 > 0 }
  }

  /// The error on new rows of the fit of some of the samples, means refitted and weights as they are: measured on the others.
  /// - Parameter chosen: the samples to fit, ascending; at least two, and not all.
  /// - Parameter ridge: λ, of the mean over the samples chosen.
  /// - Returns: the other samples with the mean squared error of a cell of each; nil where the device does not keep its digits.
  func measured(fitting chosen: [Int], ridge: Double) throws -> (samples: [Int], errors: [Double])? {
    guard let ridge = deviceRidge(ridge) else { return nil }
    var isChosen = [Bool](repeating: false, count: sampleCount)
    for i in chosen { isChosen[i] = true }
    let others = (0..<sampleCount).filter { !isChosen[$0] }
    let (m, d) = (chosen.count, coordinateCount)
    let height = max(1, min(max(256, (1 << 20) / d), sampleCount))
    func pieces(_ rows: [Int]) -> [[Int]] {
      stride(from: 0, to: rows.count, by: height).map { Array(rows[$0..<min($0 + height, rows.count)]) }
    }
    let isDual = m < d || (m == d && centered)
    let blocks = try (isDual ? [chosen] : pieces(chosen)).map { rows in
      let block = try device.makeMatrix(rows: rows.count, columns: d)
      try gather(rows, into: block)
      return block
    }
    let mean = try device.makeMatrix(rows: 1, columns: d)
    try device.clear(mean)
    if centered {
      for block in blocks {
        let ones = try device.makeMatrix(
          [Device.Element](repeating: 1 / Device.Element(m), count: block.rows), rows: 1, columns: block.rows)
        try device.multiply(ones, transposeA: false, block, transposeB: false, alpha: 1, beta: 1, into: mean)
      }
      for block in blocks { try device.takeOff(mean, from: block) }
    }
    var squares = try columnSquares(blocks, count: m)
    // A column that does not vary among these is nothing but the rounding of its mean.
    let kept = zip(zip(variances, divisors), squares).map { whole, own in
      own > 1e-20 * whole.0 / whole.1 / whole.1 || !centered
    }
    if kept.contains(false) {
      let factors = try device.makeVector(kept.map { $0 ? 1 : Device.Element(0) })
      for block in blocks { try device.scale(block, rows: nil, columns: factors) }
      for k in kept.indices where !kept[k] { squares[k] = 0 }
    }
    let model: SubsampleModel<Device>
    let estimate: EstimatedErrors?
    if isDual {
      let dual = try DualEvaluation(device: device, samples: blocks[0], squares: squares, centered: centered)
      estimate = try EstimatedErrors.ifInvertible { try dual.errors(ridge: ridge) }
      model = .dual(dual)
    } else {
      let primal = try PrimalEvaluation(
        device: device, samples: SampleBlocks(blocks), coordinateCount: d, centered: centered)
      estimate = try EstimatedErrors.ifInvertible { try primal.errors(ridge: ridge) }
      model = .primal(primal)
    }
    guard let estimate, estimate.relativeError <= 100 * Device.Element.precision.tolerance else { return nil }
    var rows = ResidualRows(
      sampleCount: others.count, errors: [Double](repeating: 1, count: d), variances: variances)
    var first = 0
    for piece in pieces(others) {
      let z = try device.makeMatrix(rows: piece.count, columns: d)
      try gather(piece, into: z)
      if centered { try device.takeOff(mean, from: z) }
      let samples = Array(first..<first + piece.count)
      try model.residuals(of: z, ridge: ridge) { values, coordinates in
        rows.add(
          ResidualTile(samples: samples, coordinates: coordinates, values: values).restored(divisors))
      }
      first += piece.count
    }
    return (others, rows.squares.map { $0 / Double(d) })
  }

  /// target ← some samples as the device has them.
  func gather(_ rows: [Int], into target: Device.Matrix) throws {
    switch route {
    case .primal(let primal): try primal.samples.gather(rows, into: target, on: device)
    case .dual(let dual): try device.gather(of: dual.regression.samples, rows: rows, into: target)
    }
  }

  private func columnSquares(_ blocks: [Device.Matrix], count: Int) throws -> [Double] {
    var sums = [Double](repeating: 0, count: coordinateCount)
    let vector = try device.makeVector(coordinateCount)
    for block in blocks {
      try device.columnDots(block, block, weights: nil, into: vector)
      for (k, sum) in doubles(try device.download(vector)).enumerated() { sums[k] += sum / Double(count) }
    }
    return sums
  }
}

extension Backend {
  /// Takes a row off each row of a block.
  func takeOff(_ mean: Matrix, from block: Matrix) throws(BackendError) {
    let ones = try makeMatrix([Element](repeating: 1, count: block.rows), rows: block.rows, columns: 1)
    try multiply(ones, transposeA: false, mean, transposeB: false, alpha: -1, beta: 1, into: block)
  }
}

/// A fit of some samples, for rows that it did not see.
private enum SubsampleModel<Device: Backend> {
  case primal(PrimalEvaluation<Device>)
  case dual(DualEvaluation<Device>)

  /// z_i less its prediction, (zQ)_ik/Q_kk; through the Gram of the samples zλQ = z − (zXᵀ)MX/n, over p.
  /// - Parameter z: rows in the frame of the fit.
  /// - Parameter body: called with residuals of some coordinates, row-major.
  func residuals(of z: Device.Matrix, ridge: Double, _ body: ([Double], Range<Int>) -> Void) throws {
    switch self {
    case .primal(let primal):
      let device = primal.device
      let (q, diagonal) = try primal.resolvent(ridge: ridge)
      let out = try device.makeMatrix(rows: z.rows, columns: z.columns)
      try device.multiply(z, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: out)
      try device.scale(out, rows: nil, columns: try device.makeVector(elements(diagonal.map { 1 / $0 })))
      body(doubles(try device.download(out)), 0..<z.columns)
    case .dual(let dual):
      let (device, regression) = (dual.device, dual.regression)
      _ = try regression.invert(ridge: ridge)
      let n = regression.sampleCount
      let cross = try device.makeMatrix(rows: z.rows, columns: n)
      try device.multiply(z, transposeA: false, regression.samples, transposeB: true, alpha: 1, beta: 0, into: cross)
      let storage = try device.makeMatrix(
        rows: z.rows, columns: dualBlockColumns(sampleCount: n, coordinateCount: z.columns))
      try regression.forEachBlock(times: regression.inverse) { block in
        let (p, _) = try regression.diagonals(of: block, ridge: ridge)
        let out = storage.reshaped(rows: z.rows, columns: block.product.columns)
        try device.copyColumns(of: z, from: block.first, to: out)
        try device.multiply(
          cross, transposeA: false, block.product, transposeB: false, alpha: -1 / Device.Element(n), beta: 1, into: out)
        try device.scale(out, rows: nil, columns: try device.makeVector(elements(p.map { 1 / $0 })))
        body(doubles(try device.download(out)), block.first..<block.first + block.product.columns)
      }
    }
  }
}
