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
public struct ObservedRegression<Device: Backend> {
  public let sampleCount: Int
  public let coordinateCount: Int
  public let missingCount: Int
  /// Means over the observed cells of each coordinate, taken off; zeros where not centred.
  public let means: [Double]
  /// The lowest eigenvalue of the Gram of jointly observed pairs where it was below rounding, else nil.
  public let liftedEigenvalue: Double?
  /// S, d × d, row-major, lifted.
  let gram: [Double]
  private let device: Device

  /// - Parameter values: n × d, row-major; NaN is missing.
  /// - Throws: `MissingDataError` naming the first coordinate, or pair, that is never observed; `BackendError`.
  public init(device: Device, values: [Double], sampleCount n: Int, centered: Bool) throws {
    let d = values.count / n
    precondition(n > 0 && values.count == n * d)
    self.device = device
    sampleCount = n
    coordinateCount = d
    missingCount = values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
    var sums = [Double](repeating: 0, count: d)
    var counts = [Int](repeating: 0, count: d)
    for i in 0..<n {
      for k in 0..<d where !values[i * d + k].isNaN {
        sums[k] += values[i * d + k]
        counts[k] += 1
      }
    }
    if let k = counts.firstIndex(of: 0) { throw MissingDataError.neverObserved(coordinate: k) }
    let means = centered ? zip(sums, counts).map { $0 / Double($1) } : [Double](repeating: 0, count: d)
    self.means = means

    let products = try device.makeMatrix(rows: d, columns: d)
    let pairs = try device.makeMatrix(rows: d, columns: d)
    let size = min(n, max(256, (1 << 20) / d))
    for first in stride(from: 0, to: n, by: size) {
      let rows = first..<min(first + size, n)
      let cells = rows.lowerBound * d..<rows.upperBound * d
      let filled = cells.map { values[$0].isNaN ? 0 : Device.Element(values[$0] - means[$0 % d]) }
      let shown = cells.map { values[$0].isNaN ? 0 : Device.Element(1) }
      let x = try device.makeMatrix(filled, rows: rows.count, columns: d)
      try device.accumulateGram(of: x, scale: 1, into: products)
      try device.upload(shown, to: x, firstRow: 0)
      try device.accumulateGram(of: x, scale: 1, into: pairs)
    }
    try device.symmetrize(products)
    try device.symmetrize(pairs)
    let together = try device.download(pairs)
    for i in 0..<d {
      for j in 0..<i where together[i * d + j] < 0.5 {
        throw MissingDataError.neverObservedTogether(first: j, second: i)
      }
    }
    let joint = zip(try device.download(products), together).map { $0 / $1 }
    (gram, liftedEigenvalue) = try Self.lifted(joint, order: d, device: device)
  }

  /// Negative eigenvalues replaced by 0; nil where the lowest is 0 to rounding.
  private static func lifted(
    _ gram: [Device.Element], order d: Int, device: Device
  ) throws(BackendError) -> ([Double], Double?) {
    let vectors = try device.makeMatrix(gram, rows: d, columns: d)
    let values = try device.eigendecompose(vectors)
    let greatest = max(abs(values.first ?? 0), abs(values.last ?? 0))
    guard let least = values.first, least < -Double(d) * Double(Device.Element.ulpOfOne) * greatest else {
      return (gram.map { Double($0) }, nil)
    }
    let scaled = try device.makeMatrix(rows: d, columns: d)
    try device.copy(vectors, to: scaled)
    try device.scale(
      scaled, rows: try device.makeVector(values.map { Device.Element(max($0, 0)) }), columns: nil)
    let result = try device.makeMatrix(rows: d, columns: d)
    try device.multiply(
      vectors, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: result)
    try device.symmetrize(result)
    return (try device.download(result).map { Double($0) }, least)
  }

  /// P = (S + λI)⁻¹, d × d, row-major.
  private func precision(ridge: Double) throws -> [Double] {
    let matrix = try device.makeMatrix(gram.map { Device.Element($0) }, rows: coordinateCount, columns: coordinateCount)
    try device.addDiagonal(Device.Element(ridge), to: matrix)
    try invertGram(matrix, ridge: ridge, on: device) { minor in minor - 1 }
    try device.symmetrize(matrix)
    return try device.download(matrix).map { Double($0) }
  }

  /// Â = I − diag(P)⁻¹P, d × d, row-major, hollow: row k predicts coordinate k where all others are observed.
  public func predictor(ridge: Double) throws -> [Double] {
    let d = coordinateCount
    let p = try precision(ridge: ridge)
    return (0..<d * d).map { $0 / d == $0 % d ? 0 : -p[$0] / p[$0 / d * (d + 1)] }
  }

  /// The data with every missing cell filled by its conditional mean.
  ///
  /// - Parameter values: n' × d, row-major, of the coordinates fitted; NaN is missing.
  /// - Parameter ridge: λ > 0.
  public func filled(_ values: [Double], ridge: Double) throws -> [Double] {
    let d = coordinateCount
    precondition(values.count % d == 0)
    let p = try precision(ridge: ridge)
    var result = values
    for first in stride(from: 0, to: values.count, by: d) {
      let hidden = (0..<d).filter { values[first + $0].isNaN }
      guard !hidden.isEmpty else { continue }
      let shown = (0..<d).filter { !values[first + $0].isNaN }
      let x = shown.map { values[first + $0] - means[$0] }
      let conditional: [Double]
      if hidden.count <= shown.count {
        let right = hidden.map { h in shown.indices.reduce(0) { $0 - p[h * d + shown[$1]] * x[$1] } }
        conditional = solvePositiveDefinite(hidden.flatMap { i in hidden.map { p[i * d + $0] } }, right)
      } else {
        let system = shown.flatMap { i in shown.map { gram[i * d + $0] + (i == $0 ? ridge : 0) } }
        let weights = solvePositiveDefinite(system, x)
        conditional = hidden.map { h in shown.indices.reduce(0) { $0 + gram[h * d + shown[$1]] * weights[$1] } }
      }
      for (index, h) in hidden.enumerated() { result[first + h] = means[h] + conditional[index] }
    }
    return result
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
