import LacunaAlgebra

/// Second moments of samples that a spectrum was not made of, in its eigenvectors: the error there of every predictor that has them.
///
/// With y = Vz and z⊥ as in `TrainedSpectrum`, the sum over the samples of r_k² is N_k(w)/D_k(w)²,
///
///     N_k = Σ z⊥_k² + 2 Σ_j w_j v_jk (Σ y_j z⊥_k) + Σ_ij w_i w_j v_ik v_jk (Σ y_i y_j),    D_k = Σ_j w_j v_jk² + rest_k,
///
/// a sum of terms of which none is larger than what they make: nothing cancels.
struct HeldMoments<Device: Backend> {
  private let spectrum: TrainedSpectrum<Device>
  /// Σ z⊥_k².
  private let outside: [Double]
  /// Σ y_j z⊥_k, r × d; nil where all of z is in the span.
  private let crossed: Device.Matrix?
  /// Σ y_i y_j, r × r, symmetric.
  private let inside: Device.Matrix
  /// Σ_k z_k² of all.
  private let total: Double
  /// Scratch: r × d, and a row.
  private let scaled, product, row: Device.Matrix
  private var device: Device { spectrum.device }
  private var rank: Int { spectrum.values.count }
  private var d: Int { outside.count }

  init(_ fit: DataFit<Device>, rows: [Int], spectrum: TrainedSpectrum<Device>) throws {
    let (device, d, r) = (fit.device, fit.coordinateCount, spectrum.values.count)
    let inside = try device.makeMatrix(rows: r, columns: r)
    let crossed = r < d ? try device.makeMatrix(rows: r, columns: d) : nil
    var outside = [Double](repeating: 0, count: d)
    var total = 0.0
    let row = try device.makeVector(d)
    func add(_ block: Device.Matrix) throws -> [Double] {
      try device.columnDots(block, block, weights: nil, into: row)
      return doubles(try device.download(row))
    }
    try fit.forEachPiece(of: rows) { block, _ in
      try spectrum.frame.apply(to: block)
      total += try add(block).reduce(0, +)
      let y = try spectrum.project(block)
      guard let crossed else { return try device.accumulateGram(of: y, scale: 1, into: inside) }
      for (k, square) in try add(block).enumerated() { outside[k] += square }
      guard r > 0 else { return }
      try device.accumulateGram(of: y, scale: 1, into: inside)
      try device.multiply(y, transposeA: true, block, transposeB: false, alpha: 1, beta: 1, into: crossed)
    }
    if r > 0 { try device.symmetrize(inside) }
    try self.init(spectrum, outside: outside, crossed: crossed, inside: inside, total: total)
  }

  /// The same of the samples of a fold by its moments, for a spectrum that spans all directions: Σ yyᵀ = V(Σ zzᵀ)Vᵀ.
  init(_ moments: FoldMoments<Device>, fold: Int, spectrum: TrainedSpectrum<Device>) throws {
    let device = moments.device
    let scatter = try moments.scatter(of: [fold], about: spectrum.frame.means)
    try spectrum.frame.apply(toMoments: scatter)
    let d = scatter.rows
    let row = try device.makeVector(d)
    try device.diagonal(of: scatter, into: row)
    let total = doubles(try device.download(row)).reduce(0, +)
    let product = try device.makeMatrix(rows: d, columns: d)
    try device.multiply(
      spectrum.vectors, transposeA: false, scatter, transposeB: false, alpha: 1, beta: 0, into: product)
    try device.multiply(
      product, transposeA: false, spectrum.vectors, transposeB: true, alpha: 1, beta: 0, into: scatter)
    try device.symmetrize(scatter)
    try self.init(
      spectrum, outside: [Double](repeating: 0, count: d), crossed: nil, inside: scatter, total: total)
  }

  private init(
    _ spectrum: TrainedSpectrum<Device>, outside: [Double], crossed: Device.Matrix?, inside: Device.Matrix,
    total: Double
  ) throws {
    let (device, r, d) = (spectrum.device, spectrum.values.count, outside.count)
    self.spectrum = spectrum
    self.inside = inside
    self.crossed = crossed
    self.outside = outside
    self.total = total
    scaled = try device.makeMatrix(rows: r, columns: d)
    product = try device.makeMatrix(rows: r, columns: d)
    row = try device.makeVector(d)
  }

  /// Σ r_k² over the samples and all k; ∞ where a denominator is nothing.
  func error(_ weights: [Double]) throws -> Double {
    guard rank > 0 else { return total }
    try device.copy(spectrum.vectors, to: scaled)
    try device.scale(scaled, rows: try device.makeVector(elements(weights)), columns: nil)
    try device.multiply(inside, transposeA: false, scaled, transposeB: false, alpha: 1, beta: 0, into: product)
    try device.columnDots(product, scaled, weights: nil, into: row)
    var numerators = zip(doubles(try device.download(row)), outside).map { $0 + $1 }
    if let crossed {
      try device.columnDots(crossed, scaled, weights: nil, into: row)
      for (k, value) in doubles(try device.download(row)).enumerated() { numerators[k] += 2 * value }
    }
    return Self.sum(numerators, try spectrum.denominators(weights))
  }

  private static func sum(_ numerators: [Double], _ denominators: [Double]) -> Double {
    zip(numerators, denominators).reduce(0) { sum, part in
      part.1 > 0 ? sum + max(0, part.0) / (part.1 * part.1) : .infinity
    }
  }

  /// The same of probabilistic PCA at every rank from 0 to the greatest, ∞ where its noise is nothing.
  ///
  /// Each of N's sums is split at the rank into parts whose weights are σ²/s_j and 1; what a rank more adds to each takes
  /// Σ_{i<j} v_ik B_ij/s_i and Σ_{i>j} v_ik B_ij, B = Σ yyᵀ: two products for all ranks.
  /// - Parameter dimension: columns that are compared.
  func rankErrors(dimension: Int) throws -> [Double] {
    let noises = spectrum.noises(dimension: dimension)
    guard rank > 0 else { return [total] }
    let values = spectrum.values.map { max($0, .leastNormalMagnitude) }
    // v_j/s_j of directions that are noise at every rank of interest stand for nothing.
    let isKnown = values.indices.map { noises[$0 + 1] > 0 }
    let inverses = zip(values, isKnown).map { $1 ? 1 / $0 : 0 }
    let below = try device.makeMatrix(rows: rank, columns: rank)
    try device.copy(inside, to: below)
    try device.clearUpperTriangle(of: below)
    let diagonal = try device.makeVector(rank)
    try device.diagonal(of: inside, into: diagonal)
    try device.setDiagonal(of: below, to: try device.makeVector(rank))
    try device.copy(spectrum.vectors, to: scaled)
    try device.scale(scaled, rows: try device.makeVector(elements(inverses)), columns: nil)
    try device.multiply(below, transposeA: false, scaled, transposeB: false, alpha: 1, beta: 0, into: product)
    let first = doubles(try device.download(product))
    try device.multiply(below, transposeA: true, spectrum.vectors, transposeB: false, alpha: 1, beta: 0, into: product)
    let last = doubles(try device.download(product))
    return RankPath(
      vectors: doubles(try device.download(spectrum.vectors)), first: first, last: last,
      crossed: try crossed.map { doubles(try device.download($0)) }, own: doubles(try device.download(diagonal)),
      inverses: inverses, outside: outside, rest: spectrum.rest
    ).errors(noises: noises)
  }
}

/// `HeldMoments.rankErrors` on the host.
private struct RankPath {
  /// v, Σ_{i<j} v_ik B_ij/s_i, Σ_{i>j} v_ik B_ij and Σ y_j z⊥_k, row j of d numbers each.
  let vectors, first, last: [Double]
  let crossed: [Double]?
  /// B_jj and 1/s_j.
  let own, inverses: [Double]
  let outside, rest: [Double]

  func errors(noises: [Double]) -> [Double] {
    let (r, d) = (own.count, outside.count)
    // Over j beyond each rank, weight 1: what is linear, quadratic, and of the denominator.
    var linear = [Double](repeating: 0, count: (r + 1) * d)
    var (quadratic, squares) = (linear, linear)
    for at in (0..<r * d).reversed() {
      let v = vectors[at]
      quadratic[at] = quadratic[at + d] + v * (2 * last[at] + v * own[at / d])
      squares[at] = squares[at + d] + v * v
      if let crossed { linear[at] = linear[at + d] + v * crossed[at] }
    }
    // The same up to the rank, with 1/s_j; and of both.
    var linearUp = [Double](repeating: 0, count: d)
    var (quadraticUp, squaresUp, mixed) = (linearUp, linearUp, linearUp)
    var errors = [Double](repeating: .infinity, count: noises.count)
    for rank in 0...r {
      let noise = noises[rank]
      if rank == 0 || noise > 0 {
        var sum = 0.0
        for k in 0..<d {
          let at = rank * d + k
          let denominator = noise * squaresUp[k] + squares[at] + rest[k]
          let numerator =
            outside[k] + 2 * (noise * linearUp[k] + linear[at])
            + noise * (noise * quadraticUp[k] + 2 * mixed[k]) + quadratic[at]
          sum += denominator > 0 ? max(0, numerator) / (denominator * denominator) : .infinity
        }
        errors[rank] = sum
      }
      guard rank < r else { break }
      let inverse = inverses[rank]
      for k in 0..<d {
        let at = rank * d + k
        let v = vectors[at]
        mixed[k] += v * (inverse * last[at] - first[at])
        quadraticUp[k] += v * inverse * (2 * first[at] + v * inverse * own[rank])
        squaresUp[k] += v * v * inverse
        if let crossed { linearUp[k] += v * inverse * crossed[at] }
      }
    }
    return errors
  }
}
