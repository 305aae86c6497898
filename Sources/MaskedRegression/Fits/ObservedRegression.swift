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
  public let means: [Double]
  /// Mean square over the observed cells of each coordinate, after the means were taken off.
  public let variances: [Double]
  /// The lowest eigenvalue of the Gram of jointly observed pairs where it was below rounding, else nil.
  public let liftedEigenvalue: Double?
  /// w; nil stands for ones.
  let scaling: [Double]?
  /// S, d × d, row-major, lifted, of the scaled columns.
  let gram: [Double]
  private let device: Device

  /// - Parameter device: where the work is done.
  /// - Parameter values: n × d, row-major; NaN is missing.
  /// - Parameter n: samples.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the penalty.
  /// - Throws: `MissingDataError` naming the first coordinate, or pair, that is never observed; `BackendError`.
  public init(
    device: Device, values: [Double], sampleCount n: Int, centered: Bool, weights: RidgeWeights = .uniform
  ) throws {
    let d = values.count / n
    precondition(n > 0 && values.count == n * d)
    self.device = device
    sampleCount = n
    coordinateCount = d
    missingCount = values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
    let moments = try ObservedMoments(values, coordinateCount: d, centered: centered)
    means = moments.means
    variances = moments.variances
    scaling = weights.penalty(variances: variances)
    let factors = ColumnFrame(means: means, weights: scaling).factors

    let products = try device.makeMatrix(rows: d, columns: d)
    let pairs = try device.makeMatrix(rows: d, columns: d)
    let size = min(n, max(256, (1 << 20) / d))
    let storage = try device.makeMatrix(rows: size, columns: d)
    for first in stride(from: 0, to: n, by: size) {
      let cells = first * d..<min(first + size, n) * d
      let x = storage.firstRows(cells.count / d)
      let (filled, shown): ([Device.Element], [Device.Element]) = observed(
        values, cells: cells, means: means, factors: factors)
      try device.upload(filled, to: x, firstRow: 0)
      try device.accumulateGram(of: x, scale: 1, into: products)
      try device.upload(shown, to: x, firstRow: 0)
      try device.accumulateGram(of: x, scale: 1, into: pairs)
    }
    try device.symmetrize(products)
    try device.symmetrize(pairs)
    let together = doubles(try device.download(pairs))
    for i in 0..<d {
      for j in 0..<i where together[i * d + j] < 0.5 {
        throw MissingDataError.neverObservedTogether(first: j, second: i)
      }
    }
    var joint = doubles(try device.download(products))
    for e in joint.indices { joint[e] /= together[e] }
    (gram, liftedEigenvalue) = try Self.lifted(joint, order: d, device: device)
  }

  /// Negative eigenvalues replaced by 0; nil where the lowest is 0 to rounding.
  private static func lifted(
    _ gram: [Double], order d: Int, device: Device
  ) throws(BackendError) -> ([Double], Double?) {
    let vectors = try device.makeMatrix(elements(gram), rows: d, columns: d)
    let values = try device.eigendecompose(vectors)
    let greatest = max(abs(values.first ?? 0), abs(values.last ?? 0))
    guard let least = values.first, least < -Double(d) * Double(Device.Element.ulpOfOne) * greatest else {
      return (gram, nil)
    }
    let scaled = try device.makeMatrix(rows: d, columns: d)
    try device.copy(vectors, to: scaled)
    try device.scale(scaled, rows: try device.makeVector(elements(values.map { max($0, 0) })), columns: nil)
    let result = try device.makeMatrix(rows: d, columns: d)
    try device.multiply(
      vectors, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: result)
    try device.symmetrize(result)
    return (doubles(try device.download(result)), least)
  }

  /// P = (S + λI)⁻¹, d × d, both triangles.
  private func precision(ridge: Double) throws -> Device.Matrix {
    let matrix = try device.makeMatrix(elements(gram), rows: coordinateCount, columns: coordinateCount)
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
    let d = coordinateCount
    precondition(values.count % d == 0)
    var result = values
    guard values.contains(where: \.isNaN) else { return result }
    let p = doubles(try device.download(precision(ridge: ridge)))
    let factors = scaling?.map { 1 / $0.squareRoot() } ?? [Double](repeating: 1, count: d)
    for first in stride(from: 0, to: values.count, by: d) {
      let hidden = (0..<d).filter { values[first + $0].isNaN }
      guard !hidden.isEmpty else { continue }
      let shown = (0..<d).filter { !values[first + $0].isNaN }
      let x = shown.map { (values[first + $0] - means[$0]) * factors[$0] }
      let conditional: [Double]
      if hidden.count <= shown.count {
        let right = hidden.map { h in -dot(p, row: h * d, shown, x) }
        conditional = solvePositiveDefinite(hidden.flatMap { i in hidden.map { p[i * d + $0] } }, right)
      } else {
        let system = shown.flatMap { i in shown.map { gram[i * d + $0] + (i == $0 ? ridge : 0) } }
        let weights = solvePositiveDefinite(system, x)
        conditional = hidden.map { h in dot(gram, row: h * d, shown, weights) }
      }
      for (index, h) in hidden.enumerated() { result[first + h] = means[h] + conditional[index] / factors[h] }
    }
    return result
  }

  private func dot(_ matrix: [Double], row start: Int, _ columns: [Int], _ x: [Double]) -> Double {
    var sum = 0.0
    for (index, column) in columns.enumerated() { sum += matrix[start + column] * x[index] }
    return sum
  }
}

/// (x_ik − m_k) f_k of the observed cells and 0 of the others; 1 and 0.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func observed<Element: Scalar>(
  _ values: [Double], cells: Range<Int>, means: [Double], factors: [Double]?
) -> (filled: [Element], shown: [Element]) {
  let d = means.count
  var filled = [Element](repeating: 0, count: cells.count)
  var shown = filled
  for row in 0..<cells.count / d {
    for k in 0..<d {
      let value = values[cells.lowerBound + row * d + k]
      guard !value.isNaN else { continue }
      filled[row * d + k] = Element((value - means[k]) * (factors?[k] ?? 1))
      shown[row * d + k] = 1
    }
  }
  return (filled, shown)
}

/// Means and mean squares of columns over the cells that are not missing.
private struct ObservedMoments {
  var means: [Double]
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
    if centered { for k in 0..<d { means[k] = origins[k] + sums[k] / counts[k] } }
    variances = [Double](repeating: 0, count: d)
    for (cell, value) in values.enumerated() where !value.isNaN {
      let k = cell % d
      variances[k] += (value - means[k]) * (value - means[k]) / counts[k]
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
