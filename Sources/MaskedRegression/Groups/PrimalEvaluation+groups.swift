import LacunaAlgebra

extension PrimalEvaluation {
  /// Residuals of every group under the fit without it, and their sums.
  ///
  /// Groups of at most d samples by `GroupMatrix`. For a longer one the inverse without the group is less work: with
  /// s = Σ_G x and n' = n − |G|,
  ///
  ///     nQ'⁻¹ = n(S + λI) − X_GᵀX_G (− ssᵀ/n' with an intercept),   R_ik = (x_iᵀQ' (+ sᵀQ'/n'))_k / Q'_kk.
  /// - Parameter groups: in batches of at most d.
  /// - Parameter ridge: λ ≥ 0, of the objective sum of squares + nλ|a|², with n samples in all or without the group.
  func leaveGroupsOut(
    _ groups: GroupBatches, ridge: Double, _ receive: (ResidualTile) throws -> Void
  ) throws -> GroupSums {
    let d = squares.count
    let n = Double(samples.sampleCount)
    var sums = GroupSums(coordinateCount: d)
    let sizes = squares.map { $0 + ridge }
    let (q, diagonal) = try resolvent(ridge: ridge)
    if !groups.batches.isEmpty {
      let (estimate, forms) = try estimate(q, sizes: sizes)
      let inverseSizes = try device.makeVector(elements(sizes.map { 1 / $0 }))
      let height = groups.height
      let storage = try (0..<3).map { _ in try device.makeMatrix(rows: height, columns: d) }
      let square = try device.makeMatrix(rows: height, columns: height)
      /// Σ ‖C⁻¹‖²/|G| Σ_i a_i².
      var roundings = 0.0
      for batch in groups.batches {
        let m = batch.samples.count
        let (x, r, y) = (storage[0].firstRows(m), storage[1].firstRows(m), storage[2].firstRows(m))
        try samples.gather(batch.samples, into: x, on: device)
        try device.multiply(x, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
        let matrix = square.reshaped(rows: m, columns: m)
        try device.multiply(
          x, transposeA: false, r, transposeB: true, alpha: -1 / Device.Element(n), beta: 0, into: matrix)
        let c = try GroupMatrix(
          batch, matrix: matrix, identity: 1, share: centered ? 1 / n : 0, ridge: ridge, on: device)
        try device.multiply(c.inverse, transposeA: false, r, transposeB: false, alpha: 1, beta: 0, into: y)
        let v = doubles(try device.download(r))
        let tile = c.residuals(
          v: v, solved: doubles(try device.download(y)), diagonal: diagonal[...],
          sampleCount: samples.sampleCount, coordinates: 0..<d)
        let lengths = try rowSquares(x, weights: inverseSizes)
        let products = weightedSquares(of: v, sizes)
        let a = zip(products, lengths).map { estimate.product(form: $0, size: $1) }
        c.take(
          errors: batch.groups.map { group in
            let (a2, w2) = (group.reduce(0) { $0 + a[$1] * a[$1] }, group.reduce(0) { $0 + products[$1] })
            return (a2 * w2).squareRoot() / n + 4 * estimate.unitRoundoff * Double(group.count).squareRoot()
          }, into: &sums.worst)
        for (group, range) in batch.groups.enumerated() {
          roundings += c.gains[group] * range.reduce(0) { $0 + a[$1] * a[$1] }
        }
        sums.add(tile)
        try receive(tile)
      }
      for k in 0..<d {
        sums.own[k] = estimate.gramError * forms[k] / diagonal[k]
        sums.errors[k] = roundings * forms[k] / (diagonal[k] * diagonal[k])
      }
    }
    for group in groups.large { try leaveOut(group, ridge: ridge, sizes: sizes, &sums, receive) }
    return sums
  }

  /// What rounding makes of an inverse of entries of these sizes, and g_k².
  private func estimate(_ q: Device.Matrix, sizes: [Double]) throws -> (DigitEstimate, forms: [Double]) {
    var estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: samples.sampleCount, coordinateCount: sizes.count)
    let forms = try rowSquares(q, weights: try device.makeVector(elements(sizes)))
    estimate.condition = max(1, zip(forms, sizes).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot())
    return (estimate, forms)
  }

  /// Σ_j w_j a_ij².
  private func rowSquares(_ a: Device.Matrix, weights: Device.Matrix) throws -> [Double] {
    let out = try device.makeVector(a.rows)
    try device.rowDots(a, a, weights: weights, into: out)
    return doubles(try device.download(out))
  }

  /// One group of more than d samples.
  private func leaveOut(
    _ group: [Int], ridge: Double, sizes: [Double], _ sums: inout GroupSums,
    _ receive: (ResidualTile) throws -> Void
  ) throws {
    let d = squares.count
    let n = Double(samples.sampleCount)
    let left = n - Double(group.count)
    let height = min(group.count, samples.height)
    let storage = try (0..<2).map { _ in try device.makeMatrix(rows: height, columns: d) }
    let ones = [Device.Element](repeating: 1, count: height)
    let sum = try device.makeMatrix(rows: 1, columns: d)
    let inverseSizes = try device.makeVector(elements(sizes.map { 1 / $0 }))
    let pieces = stride(from: 0, to: group.count, by: height).map { Array(group[$0..<min($0 + height, group.count)]) }
    let gram = try device.makeMatrix(rows: d, columns: d)
    try device.copy(try regression().gram, to: gram)
    try device.clear(sum)
    for piece in pieces {
      let x = storage[0].firstRows(piece.count)
      try samples.gather(piece, into: x, on: device)
      try device.accumulateGram(of: x, scale: -1 / Device.Element(n), into: gram)
      let one = try device.makeMatrix(Array(ones[..<piece.count]), rows: 1, columns: piece.count)
      try device.multiply(one, transposeA: false, x, transposeB: false, alpha: 1, beta: 1, into: sum)
    }
    if centered { try device.accumulateGram(of: sum, scale: Device.Element(-1 / (n * left)), into: gram) }
    let rest = try PrimalRegression(device: device, gram: gram, sampleCount: samples.sampleCount)
    let (q, diagonal) = try rest.resolvent(ridge: ridge, scratch: nil)
    // The entries are differences of numbers of the size of the whole's.
    let (estimate, forms) = try estimate(q, sizes: sizes)
    let shift = try device.makeMatrix(rows: 1, columns: d)
    if centered {
      try device.multiply(
        sum, transposeA: false, q, transposeB: false, alpha: Device.Element(1 / left), beta: 0, into: shift)
    } else {
      try device.clear(shift)
    }
    let shifts = doubles(try device.download(shift))
    var roundings = 0.0
    for piece in pieces {
      let (x, r) = (storage[0].firstRows(piece.count), storage[1].firstRows(piece.count))
      try samples.gather(piece, into: x, on: device)
      try device.multiply(x, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      var values = doubles(try device.download(r))
      for (form, size) in zip(weightedSquares(of: values, sizes), try rowSquares(x, weights: inverseSizes)) {
        let a = estimate.product(form: form, size: size)
        roundings += a * a
      }
      for i in piece.indices { for k in 0..<d { values[i * d + k] = (values[i * d + k] + shifts[k]) / diagonal[k] } }
      let tile = ResidualTile(samples: piece, coordinates: 0..<d, values: values)
      sums.add(tile)
      try receive(tile)
    }
    for k in 0..<d {
      sums.own[k] = max(sums.own[k], estimate.gramError * forms[k] / diagonal[k])
      sums.errors[k] += roundings * forms[k] / (diagonal[k] * diagonal[k])
    }
  }
}

/// Σ_k w_k v_ik² of each row.
private func weightedSquares(of v: [Double], _ weights: [Double]) -> [Double] {
  let d = weights.count
  return (0..<v.count / d).map { i in
    var sum = 0.0
    for k in 0..<d { sum += weights[k] * v[i * d + k] * v[i * d + k] }
    return sum
  }
}
