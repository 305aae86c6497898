import LacunaAlgebra

extension DualEvaluation {
  /// Residuals of every group under the fit without it, and their sums, by `GroupMatrix`.
  /// - Parameter groups: in batches without a limit.
  /// - Parameter ridge: λ ≥ 0, of the objective sum of squares + nλ|a|², with n samples in all or without the group.
  func leaveGroupsOut(
    _ groups: GroupBatches, ridge: Double, _ receive: (ResidualTile) throws -> Void
  ) throws -> GroupSums {
    let n = sampleCount
    var sums = GroupSums(coordinateCount: coordinateCount)
    var estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: n, coordinateCount: coordinateCount)
    let inverseDiagonal = try regression.invert(ridge: ridge)
    let share = regression.deflation > 0 ? 1 / (Double(n) * (regression.deflation + ridge)) : 0
    let sizes = sampleSquares.map { $0 + ridge }
    let vector = try device.makeVector(n)
    try device.rowDots(
      regression.inverse, regression.inverse, weights: try device.makeVector(elements(sizes)), into: vector)
    let sampleForms = doubles(try device.download(vector))
    estimate.condition = max(1, zip(sampleForms, sizes).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot())
    var roundings = 0.0
    var matrices: [GroupMatrix<Device>] = []
    for batch in groups.batches {
      let m = batch.samples.count
      let matrix = try device.makeMatrix(rows: m, columns: m)
      try device.gather(of: regression.inverse, rows: batch.samples, columns: batch.samples, into: matrix)
      let c = try GroupMatrix(batch, matrix: matrix, identity: 0, share: share, ridge: ridge, on: device)
      c.take(
        errors: batch.groups.map { group in
          var (a2, b2, own) = (0.0, 0.0, 0.0)
          for i in batch.samples[group] {
            let a = estimate.product(form: sampleForms[i], size: 1 / sizes[i])
            a2 += a * a
            b2 += sampleForms[i]
            own += inverseDiagonal[i] * inverseDiagonal[i]
          }
          return (a2 * b2).squareRoot() + estimate.unitRoundoff * own.squareRoot()
        }, into: &sums.worst)
      for (group, range) in batch.groups.enumerated() {
        roundings += c.gains[group] * batch.samples[range].reduce(0) { $0 + sampleForms[$1] }
      }
      matrices.append(c)
    }
    let weights = try device.makeVector(elements(sizes))
    let inverseWeights = try device.makeVector(elements(sizes.map { 1 / $0 }))
    let width = dualBlockColumns(sampleCount: n, coordinateCount: coordinateCount)
    let storage = try (0..<2).map { _ in try device.makeMatrix(rows: groups.height, columns: width) }
    try regression.forEachBlock(times: regression.inverse) { block in
      let columns = block.first..<block.first + block.product.columns
      let (p, _) = try regression.diagonals(of: block, ridge: ridge)
      try device.columnDots(block.product, block.product, weights: weights, into: block.vector)
      let forms = doubles(try device.download(block.vector))
      try device.columnDots(block.samples, block.samples, weights: inverseWeights, into: block.vector)
      let lengths = doubles(try device.download(block.vector))
      for (place, k) in columns.enumerated() {
        let product = estimate.product(form: forms[place], size: lengths[place])
        sums.own[k] = estimate.complement(form: forms[place], size: lengths[place], count: Double(n)) / p[place]
        sums.errors[k] = roundings * product * product / (p[place] * p[place])
      }
      for c in matrices {
        let m = c.batch.samples.count
        let v = storage[0].reshaped(rows: m, columns: columns.count)
        let y = storage[1].reshaped(rows: m, columns: columns.count)
        try device.gather(of: block.product, rows: c.batch.samples, into: v)
        try device.multiply(c.inverse, transposeA: false, v, transposeB: false, alpha: 1, beta: 0, into: y)
        let tile = c.residuals(
          v: doubles(try device.download(v)), solved: doubles(try device.download(y)), diagonal: p[...],
          sampleCount: n, coordinates: columns)
        sums.add(tile)
        try receive(tile)
      }
    }
    return sums
  }
}
