import LacunaAlgebra

/// The spectrum of some samples on columns of mean 0 and mean square 1 among them, and the joint predictors that have its
/// eigenvectors.
///
/// S = Σ_j s_j v_j v_jᵀ of those columns. A predictor is the hollow matrix I − diag(P)⁻¹P of a precision P with these eigenvectors,
/// given by p_0 of the directions that no v_j spans and by w_j = p_j/p_0. A cell z_k of a row z less its prediction is
///
///     r_k = (z⊥ + Σ_j w_j (v_j·z) v_j)_k / (Σ_j w_j v_jk² + rest_k),    z⊥ = z − Σ_j (v_j·z) v_j,  rest_k = 1 − Σ_j v_jk²:
///
/// ridge λ has w_j = λ/(s_j + λ); probabilistic PCA of rank r w_j = σ²/s_j for j ≤ r and 1 beyond, σ² the mean of the eigenvalues
/// beyond. Source for it: M. E. Tipping, C. M. Bishop, *Probabilistic principal component analysis*, 1999,
/// doi:10.1111/1467-9868.00196.
struct TrainedSpectrum<Device: Backend> {
  let device: Device
  let frame: TrainedFrame<Device>
  /// Unit vectors v_j as rows, r × d.
  let vectors: Device.Matrix
  /// s, descending.
  let values: [Double]
  /// Of each coordinate; 0 where the vectors span all directions.
  let rest: [Double]

  /// - Parameter rows: the samples.
  /// - Parameter frame: of the same samples.
  init(_ fit: DataFit<Device>, rows: [Int], frame: TrainedFrame<Device>) throws {
    let device = fit.device
    let (m, d) = (rows.count, fit.coordinateCount)
    self.device = device
    self.frame = frame
    let scale = 1 / Device.Element(m)
    if m > d {
      let gram = try device.makeMatrix(rows: d, columns: d)
      try fit.forEachPiece(of: rows) { block, _ in
        try frame.apply(to: block)
        try device.accumulateGram(of: block, scale: scale, into: gram)
      }
      (values, vectors) = try Self.whole(gram, device: device)
      rest = [Double](repeating: 0, count: d)
    } else {
      let block = try device.makeMatrix(rows: m, columns: d)
      try fit.gather(rows, into: block)
      try frame.apply(to: block)
      let gram = try device.makeMatrix(rows: m, columns: m)
      try device.accumulateSampleGram(of: block, scale: scale, into: gram)
      let ascending = try device.eigendecompose(gram)
      let least = 100 * Double(m) * Double(Device.Element.ulpOfOne) * (ascending.last ?? 0)
      let kept = Array((0..<m).reversed().prefix { ascending[$0] > least })
      values = kept.map { ascending[$0] }
      let combinations = try device.makeMatrix(rows: kept.count, columns: m)
      vectors = try device.makeMatrix(rows: kept.count, columns: d)
      guard !kept.isEmpty else {
        rest = [Double](repeating: 1, count: d)
        return
      }
      try device.gather(of: gram, rows: kept, into: combinations)
      try device.multiply(
        combinations, transposeA: false, block, transposeB: false, alpha: 1, beta: 0, into: vectors)
      try device.scale(
        vectors, rows: try device.makeVector(elements(values.map { 1 / (Double(m) * $0).squareRoot() })), columns: nil)
      let squares = try device.makeVector(d)
      try device.columnDots(vectors, vectors, weights: nil, into: squares)
      rest = doubles(try device.download(squares)).map { max(0, 1 - $0) }
    }
  }

  /// The same of the samples of some folds, more than coordinates, by their moments.
  /// - Parameter frame: of the same samples.
  init(_ moments: FoldMoments<Device>, folds: [Int], frame: TrainedFrame<Device>) throws {
    let device = moments.device
    let gram = try moments.scatter(of: folds, about: frame.means)
    try frame.apply(toMoments: gram)
    let share = Device.Element(1 / Double(moments.sampleCount(of: folds)))
    try device.scale(
      gram, rows: try device.makeVector([Device.Element](repeating: share, count: gram.rows)), columns: nil)
    self.device = device
    self.frame = frame
    (values, vectors) = try Self.whole(gram, device: device)
    rest = [Double](repeating: 0, count: gram.rows)
  }

  /// All eigenvalues, descending, and their vectors as rows.
  /// - Parameter gram: destroyed.
  private static func whole(
    _ gram: Device.Matrix, device: Device
  ) throws -> (values: [Double], vectors: Device.Matrix) {
    let ascending = try device.eigendecompose(gram)
    let vectors = try device.makeMatrix(rows: gram.rows, columns: gram.rows)
    try device.gather(of: gram, rows: Array((0..<gram.rows).reversed()), into: vectors)
    return (ascending.reversed().map { max(0, $0) }, vectors)
  }

  /// Below this of the greatest eigenvalue nothing is known.
  private var least: Double { 1e3 * Double(Device.Element.ulpOfOne) * max(values.first ?? 0, 1) }

  /// w of a ridge; nil where the device keeps no digits of it.
  func weights(ridge: Double) -> [Double]? {
    ridge > least ? values.map { $0 == 0 ? 1 : 1 / (1 + $0 / ridge) } : nil
  }

  /// σ² of every rank from 0 to the greatest, 0 where nothing is left.
  func noises(dimension: Int) -> [Double] {
    var tail = 0.0
    var noises = [Double](repeating: 0, count: values.count + 1)
    for r in values.indices.reversed() {
      tail += values[r]
      if r < dimension { noises[r] = tail / Double(dimension - r) }
    }
    return noises.map { $0 > least ? $0 : 0 }
  }

  /// w of probabilistic PCA; nil where the device keeps no digits of it.
  func weights(rank: Int, dimension: Int) -> [Double]? {
    let noises = noises(dimension: dimension)
    guard rank < noises.count, noises[rank] > 0 else { return nil }
    return values.enumerated().map { $0 < rank ? noises[rank] / $1 : 1 }
  }

  /// Σ_j w_j v_jk² + rest_k.
  func denominators(_ weights: [Double]) throws -> [Double] {
    let out = try device.makeVector(rest.count)
    if weights.isEmpty { return rest }
    try device.columnDots(
      vectors, vectors, weights: try device.makeVector(elements(weights)), into: out)
    return zip(doubles(try device.download(out)), rest).map { $0 + $1 }
  }

  /// v_j·z of each row, m × r; the block becomes z⊥.
  func project(_ block: Device.Matrix) throws -> Device.Matrix {
    let projections = try device.makeMatrix(rows: block.rows, columns: vectors.rows)
    guard vectors.rows > 0 else { return projections }
    try device.multiply(block, transposeA: false, vectors, transposeB: true, alpha: 1, beta: 0, into: projections)
    if vectors.rows == vectors.columns {
      try device.clear(block)
    } else {
      try device.multiply(projections, transposeA: false, vectors, transposeB: false, alpha: -1, beta: 1, into: block)
    }
    return projections
  }

  /// Σ_k r_k² of each row.
  /// - Parameter outside: z⊥.
  /// - Parameter projections: v_j·z.
  func squares(outside: Device.Matrix, projections: Device.Matrix, weights: [Double]) throws -> [Double] {
    let residuals = try device.makeMatrix(rows: outside.rows, columns: outside.columns)
    try device.copy(outside, to: residuals)
    if !weights.isEmpty {
      let scaled = try device.makeMatrix(rows: projections.rows, columns: projections.columns)
      try device.copy(projections, to: scaled)
      try device.scale(scaled, rows: nil, columns: try device.makeVector(elements(weights)))
      try device.multiply(scaled, transposeA: false, vectors, transposeB: false, alpha: 1, beta: 1, into: residuals)
    }
    let inverses = try denominators(weights).map { $0 > 0 ? 1 / $0 : 0 }
    try device.scale(residuals, rows: nil, columns: try device.makeVector(elements(inverses)))
    return try device.doubleRowDots(residuals, residuals)
  }
}
