import LacunaAlgebra

/// Regression on data with missing cells, the observed pattern as the mask.
///
/// Every entry of the Gram is the mean over the samples that show both coordinates,
///
///     S_ij = Σ_i o_i o_j x_i x_j / Σ_i o_i o_j,
///
/// unbiased where cells are missing at random, but not positive semidefinite of itself: negative eigenvalues are lifted to 0
/// and `liftedEigenvalue` keeps the lowest. Each row's hidden cells are filled by their conditional mean given its observed
/// ones, x_h = S_ho (S_oo + λI)⁻¹ x_o = −(P_hh)⁻¹ P_ho x_o with P = (S + λI)⁻¹; the smaller of the two systems is solved.
///
/// With weights w all this is of the columns divided by √w, and what is filled in is given back in their units.
public struct ObservedRegression<Device: Backend> {
  public let sampleCount: Int
  public let coordinateCount: Int
  public let missingCount: Int
  /// Means over the observed cells of each coordinate, taken off; zeros where not centred.
  public var means: [Double] { frame.means }
  /// Mean square over the observed cells of each coordinate, after the means were taken off.
  public let variances: [Double]
  /// The lowest eigenvalue of the Gram of jointly observed pairs where it was below rounding, else nil.
  public let liftedEigenvalue: Double?
  /// w; nil stands for ones.
  var scaling: [Double]? { frame.weights }
  /// The means, to twice a double's digits, and w.
  private let frame: ColumnFrame
  /// 1/√w.
  let factors: [Double]
  /// S, d × d, both triangles, lifted, of the scaled columns.
  private let gram: Device.Matrix
  /// D² less λ: what an entry of S may be off by is η D_j D_l; diag S, or its greatest eigenvalue where it was lifted.
  let sizes: [Double]
  let device: Device

  /// - Parameter device: where the work is done.
  /// - Parameter values: n × d, row-major; NaN is missing.
  /// - Parameter n: samples.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the penalty.
  /// - Throws: `MissingDataError` naming the first coordinate, or pair, that is never observed;
  ///   `FitError.request` for weights that are none; `BackendError`.
  public init(
    device: Device, values: [Double], sampleCount n: Int, centered: Bool, weights: RidgeWeights = .uniform
  ) throws {
    let d = values.count / n
    precondition(n > 0 && values.count == n * d)
    try weights.check(coordinateCount: d)
    self.device = device
    sampleCount = n
    coordinateCount = d
    missingCount = values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
    let moments = try ObservedMoments(values, coordinateCount: d, centered: centered)
    variances = moments.variances
    frame = ColumnFrame(means: moments.means, lows: moments.lows, weights: weights.penalty(variances: variances))
    factors = frame.factors ?? [Double](repeating: 1, count: d)
    let rows = frame.centered(values)

    let products = try device.makeMatrix(rows: d, columns: d)
    let pairs = try device.makeMatrix(rows: d, columns: d)
    let size = min(n, max(256, (1 << 20) / d))
    let storage = try device.makeMatrix(rows: size, columns: d)
    for first in stride(from: 0, to: n, by: size) {
      let cells = first * d..<min(first + size, n) * d
      let x = storage.firstRows(cells.count / d)
      let (filled, shown): ([Device.Element], [Device.Element]) = observed(
        rows, cells: cells, factors: factors)
      try device.upload(filled, to: x, firstRow: 0)
      try device.accumulateGram(of: x, scale: 1, into: products)
      try device.upload(shown, to: x, firstRow: 0)
      try device.accumulateGram(of: x, scale: 1, into: pairs)
    }
    try device.symmetrize(products)
    try device.symmetrize(pairs)
    let height = device.rowBlock(columns: d)
    for first in stride(from: 0, to: d, by: height) {
      let rows = first..<min(first + height, d)
      let together = doubles(try device.download(pairs, rows: rows))
      for i in rows {
        for j in 0..<i where together[(i - first) * d + j] < 0.5 {
          throw MissingDataError.neverObservedTogether(first: j, second: i)
        }
      }
      var joint = doubles(try device.download(products, rows: rows))
      for e in joint.indices { joint[e] /= together[e] }
      try device.upload(elements(joint), to: products, firstRow: first)
    }
    let lifted = try Self.lift(products, workspace: pairs, device: device)
    liftedEigenvalue = lifted?.lowest
    gram = products
    if let lifted {
      sizes = [Double](repeating: lifted.greatest, count: d)
    } else {
      let diagonal = try device.makeVector(d)
      try device.diagonal(of: gram, into: diagonal)
      sizes = doubles(try device.download(diagonal))
    }
  }

  /// Replaces negative eigenvalues by 0.
  /// - Returns: the lowest and the greatest; nil, and the Gram as it was, where the lowest is 0 to rounding.
  private static func lift(
    _ gram: Device.Matrix, workspace vectors: Device.Matrix, device: Device
  ) throws(BackendError) -> (lowest: Double, greatest: Double)? {
    try device.copy(gram, to: vectors)
    let values = try device.eigendecompose(vectors)
    let greatest = max(abs(values.first ?? 0), abs(values.last ?? 0))
    guard let least = values.first, least < -Double(values.count) * Double(Device.Element.ulpOfOne) * greatest else {
      return nil
    }
    let scaled = try device.makeMatrix(rows: gram.rows, columns: gram.rows)
    try device.copy(vectors, to: scaled)
    try device.scale(scaled, rows: try device.makeVector(elements(values.map { max($0, 0) })), columns: nil)
    try device.multiply(
      vectors, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: gram)
    try device.symmetrize(gram)
    return (least, greatest)
  }

  /// P = (S + λI)⁻¹, d × d, both triangles.
  func precision(ridge: Double) throws -> Device.Matrix {
    let matrix = try device.makeMatrix(rows: coordinateCount, columns: coordinateCount)
    try device.copy(gram, to: matrix)
    try device.addDiagonal(Device.Element(ridge), to: matrix)
    try invertGram(matrix, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(matrix)
    return matrix
  }

  /// Â = I − diag(P)⁻¹P, d × d, hollow: row k predicts coordinate k where all others are observed. In whole rows, from the
  /// first to the last.
  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    let p = try precision(ridge: ridge)
    let vector = try device.makeVector(coordinateCount)
    try device.diagonal(of: p, into: vector)
    let diagonal = doubles(try device.download(vector))
    let roots = scaling?.map { $0.squareRoot() }
    try device.scale(
      p, rows: try device.makeVector(elements(diagonal.indices.map { -(roots?[$0] ?? 1) / diagonal[$0] })),
      columns: try roots.map { try device.makeVector(elements($0.map { 1 / $0 })) })
    try device.setDiagonal(of: p, to: try device.makeVector(coordinateCount))
    try device.forEachRows(of: p, body)
  }

  /// The data with every missing cell filled by its conditional mean.
  ///
  /// - Parameter values: n' × d, row-major, of the coordinates fitted; NaN is missing.
  /// - Parameter ridge: λ > 0.
  public func filled(_ values: [Double], ridge: Double) throws -> [Double] {
    guard values.contains(where: \.isNaN) else { return values }
    let rows = try completed(centered(values), ridge: ridge, precision: try precision(ridge: ridge))
    var result = values
    for cell in result.indices where result[cell].isNaN { result[cell] = means[cell % coordinateCount] + rows[cell] }
    return result
  }

  /// Every value less its column's mean.
  func centered(_ values: [Double]) -> [Double] { frame.centered(values) }

  /// Rows less the means with every missing cell filled by its conditional mean.
  func completed(_ values: [Double], ridge: Double, precision: Device.Matrix) throws -> [Double] {
    let d = coordinateCount
    precondition(values.count % d == 0)
    var result = values
    for (hidden, samples) in patterns(values) {
      var isHidden = [Bool](repeating: false, count: d)
      for k in hidden { isHidden[k] = true }
      let shown = (0..<d).filter { !isHidden[$0] }
      let system = try conditional(of: hidden, on: shown, ridge: ridge, precision: precision)
      let height = device.rowBlock(columns: d)
      for first in stride(from: 0, to: samples.count, by: height) {
        let block = samples[first..<min(first + height, samples.count)]
        let x = try device.makeMatrix(
          elements(block.flatMap { i in shown.map { values[i * d + $0] * factors[$0] } }),
          rows: block.count, columns: shown.count)
        let found = doubles(try device.download(try system.apply(to: x, on: device)))
        for (row, i) in block.enumerated() {
          for (j, h) in hidden.enumerated() {
            result[i * d + h] = found[row * hidden.count + j] / factors[h]
          }
        }
      }
    }
    return result
  }

  /// Samples by the set of their missing cells, complete ones left out.
  private func patterns(_ values: [Double]) -> [(hidden: [Int], samples: [Int])] {
    let d = coordinateCount
    var index: [[Int]: Int] = [:]
    var patterns: [(hidden: [Int], samples: [Int])] = []
    for i in 0..<values.count / d {
      let hidden = (0..<d).filter { values[i * d + $0].isNaN }
      guard !hidden.isEmpty else { continue }
      if let known = index[hidden] {
        patterns[known].samples.append(i)
      } else {
        index[hidden] = patterns.count
        patterns.append((hidden, [i]))
      }
    }
    return patterns
  }

  /// The conditional mean of hidden coordinates given shown ones, x_h = S_ho (S_oo + λI)⁻¹ x_o or −(P_hh)⁻¹ P_ho x_o, whose
  /// system is the smaller.
  private struct Conditional {
    var factor: Device.Matrix
    var cross: Device.Matrix
    var solvesFirst: Bool

    /// - Parameter x: m × s, samples of shown coordinates; may be changed.
    /// - Returns: m × h.
    func apply(to x: Device.Matrix, on device: Device) throws(BackendError) -> Device.Matrix {
      let out = try device.makeMatrix(rows: x.rows, columns: cross.rows)
      if solvesFirst { try device.solvePositiveDefinite(factor: factor, rows: x) }
      try device.multiply(
        x, transposeA: false, cross, transposeB: true, alpha: solvesFirst ? 1 : -1, beta: 0, into: out)
      if !solvesFirst { try device.solvePositiveDefinite(factor: factor, rows: out) }
      return out
    }
  }

  private func conditional(
    of hidden: [Int], on shown: [Int], ridge: Double, precision: Device.Matrix
  ) throws -> Conditional {
    let solvesFirst = hidden.count > shown.count
    let (source, block) = solvesFirst ? (gram, shown) : (precision, hidden)
    let factor = try device.makeMatrix(rows: block.count, columns: block.count)
    let cross = try device.makeMatrix(rows: hidden.count, columns: shown.count)
    try device.gather(of: source, rows: block, columns: block, into: factor)
    try device.gather(of: source, rows: hidden, columns: shown, into: cross)
    if solvesFirst { try device.addDiagonal(Device.Element(ridge), to: factor) }
    try requireRegular(ridge: ridge, precision: Device.Element.precision) {
      block[$0 - 1]
    } _: {
      () throws(BackendError) in
      _ = try device.factorPositiveDefinite(factor)
    }
    return Conditional(factor: factor, cross: cross, solvesFirst: solvesFirst)
  }
}

/// x_ik f_k of the observed cells and 0 of the others; 1 and 0.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
func observed<Element: Scalar>(
  _ values: [Double], cells: Range<Int>, factors: [Double]
) -> (filled: [Element], shown: [Element]) {
  let d = factors.count
  var filled = [Element](repeating: 0, count: cells.count)
  var shown = filled
  for row in 0..<cells.count / d {
    for k in 0..<d {
      let value = values[cells.lowerBound + row * d + k]
      guard !value.isNaN else { continue }
      filled[row * d + k] = Element(value * factors[k])
      shown[row * d + k] = 1
    }
  }
  return (filled, shown)
}

/// Means, to twice a double's digits, and mean squares about them of columns over the cells that are not missing.
private struct ObservedMoments {
  /// The means are `means` + `lows`; zeros where not centred.
  var means, lows: [Double]
  var variances: [Double]

  init(_ values: [Double], coordinateCount d: Int, centered: Bool) throws(MissingDataError) {
    var origins = [Double](repeating: .nan, count: d)
    var sums = [Double](repeating: 0, count: d)
    var counts = sums
    for (cell, value) in values.enumerated() where !value.isNaN {
      let k = cell % d
      // Differences to the first one: a column of equal numbers has that mean exactly.
      if counts[k] == 0 { origins[k] = value }
      sums[k] += value - origins[k]
      counts[k] += 1
    }
    if let k = counts.firstIndex(of: 0) { throw .neverObserved(coordinate: k) }
    means = [Double](repeating: 0, count: d)
    (lows, variances) = (means, means)
    if centered {
      for k in 0..<d { means[k] = origins[k] + sums[k] / counts[k] }
      // What is left beside them: numbers far from 0 that differ little have few digits less a rounded mean.
      var rests = lows
      for (cell, value) in values.enumerated() where !value.isNaN { rests[cell % d] += value - means[cell % d] }
      for k in 0..<d { lows[k] = rests[k] / counts[k] }
    }
    let frame = ColumnFrame(means: means, lows: lows)
    for (cell, value) in frame.centered(values).enumerated() where !value.isNaN {
      variances[cell % d] += value * value / counts[cell % d]
    }
  }
}

/// Why data with missing cells have no Gram; coordinates count from 0 here, and from 1 in messages.
public enum MissingDataError: Error, Sendable, Equatable, CustomStringConvertible {
  case neverObserved(coordinate: Int)
  case neverObservedTogether(first: Int, second: Int)

  public var description: String {
    switch self {
    case .neverObserved(let k): "coordinate \(k + 1) is never observed; remove its column"
    case .neverObservedTogether(let i, let j):
      "coordinates \(i + 1) and \(j + 1) are never observed in the same sample, so nothing is known of their "
        + "covariance; remove one of the columns"
    }
  }
}
