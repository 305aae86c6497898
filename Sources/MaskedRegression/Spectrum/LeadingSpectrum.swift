import LacunaAlgebra

/// The greatest eigenvalues of W = D^½(S + λI)D^½, D = diag Q, where there are fewer samples than coordinates: without a d × d matrix.
///
/// With P = λD and z above all p_k, W − z has as many positive eigenvalues as I − M(z) has negative ones,
///
///     M(z) = X diag(p_k/(λ(z − p_k))) Xᵀ/n,
///
/// of order n, whose eigenvalues m_i(z) fall with z: the i-th greatest eigenvalue of W is where m_i = 1. With My = y there, D^(−½)v of
/// its eigenvector v has the entries (Xᵀy)_k/(z − p_k).
package struct LeadingSpectrum<Device: Backend> {
  private let device: Device
  private let samples: Device.Matrix
  /// p.
  private let scaled: [Double]
  private let ridge: Double
  private let copy, gram: Device.Matrix

  /// Takes nd and n² numbers beside the samples.
  init(_ dual: DualEvaluation<Device>, ridge: Double) throws {
    device = dual.device
    samples = dual.regression.samples
    self.ridge = ridge
    let n = Double(dual.sampleCount)
    scaled = try dual.scales(ridge: ridge).map { 1 / (n * $0) }
    copy = try device.makeMatrix(rows: samples.rows, columns: samples.columns)
    gram = try device.makeMatrix(rows: samples.rows, columns: samples.rows)
  }

  /// The greatest p_k.
  private var pole: Double { scaled.max() ?? 0 }

  private func form(at z: Double) throws {
    let weights = scaled.map { ($0 / (ridge * (z - $0))).squareRoot() }
    try device.copy(samples, to: copy)
    try device.scale(copy, rows: nil, columns: try device.makeVector(elements(weights)))
    try device.clear(gram)
    try device.accumulateSampleGram(of: copy, scale: 1 / Device.Element(samples.rows), into: gram)
    try device.symmetrize(gram)
  }

  /// z with m_i(z), descending, ascending in z: each a Gram and its eigenvalues.
  private final class Known {
    var points: [(z: Double, values: [Double])] = []
  }
  private let known = Known()

  /// m_i(z), descending.
  /// - Parameter z: above all p_k.
  private func values(at z: Double) throws -> [Double] {
    let index = known.points.firstIndex { $0.z >= z } ?? known.points.count
    if index < known.points.count, known.points[index].z == z { return known.points[index].values }
    try form(at: z)
    let values = Array(try device.eigenvalues(of: gram).reversed())
    known.points.insert((z, values), at: index)
    return values
  }

  /// How many eigenvalues of W lie beyond z; nil where z is not above all p_k.
  package func count(beyond z: Double) throws -> Int? {
    guard z > pole else { return nil }
    func count(_ values: [Double]?) -> Int? { values?.count { $0 > 1 } }
    // It falls with z.
    if let above = count(known.points.first { $0.z >= z }?.values),
      above == count(known.points.last { $0.z <= z }?.values)
    {
      return above
    }
    return count(try values(at: z))
  }

  /// Whether some eigenvalue of W lies beyond z, or z is not above all p_k: I − M(z) has no Cholesky factor.
  func exceeds(_ z: Double) throws -> Bool {
    guard z > pole else { return true }
    try form(at: z)
    try device.scale(gram, rows: try device.makeVector([Device.Element](repeating: -1, count: gram.rows)), columns: nil)
    try device.addDiagonal(1, to: gram)
    return try !device.factorsPositiveDefinite(gram)
  }

  /// The eigenvalue of W of some rank, from the greatest: 1/m_i is nearly linear in z, and secants on it, from what is known of other
  /// ranks, converge in a few steps.
  /// - Parameter rank: from 0.
  /// - Returns: nil where it is not above all p_k.
  package func place(rank: Int) throws -> Double? {
    // 1/m_i − 1, which grows with z.
    func value(_ values: [Double]) -> Double { values[rank] > 0 ? 1 / values[rank] - 1 : .infinity }
    let start = pole * (1 + 1e-9)
    guard value(try values(at: start)) < 0 else { return nil }
    let points = known.points.map { (z: $0.z, value: value($0.values)) }
    let first = points.firstIndex { $0.z >= start && $0.value >= 0 } ?? points.count
    var low = points[first - 1]
    var earlier = first > 1 ? points[first - 2] : nil
    var high = first < points.count ? points[first] : nil
    for iteration in 0..<200 {
      let z: Double
      if let high {
        let secant = low.z - low.value * (high.z - low.z) / (high.value - low.value)
        let isInside = secant > low.z && secant < high.z && iteration % 4 < 3
        z = isInside ? secant : (low.z + high.z) / 2
        guard z > low.z, z < high.z else { return z }
      } else {
        let secant = earlier.map { low.z - low.value * (low.z - $0.z) / (low.value - $0.value) } ?? 0
        z = secant > low.z && secant < 16 * low.z ? secant : 2 * low.z
      }
      let found = (z: z, value: value(try values(at: z)))
      // To the rounding of m.
      if abs(found.value) <= 8 * Double(Device.Element.ulpOfOne) { return z }
      if let high, high.z - low.z <= 4 * z.ulp { return z }
      if found.value < 0 {
        (earlier, low) = (low, found)
        high?.value /= 2
      } else {
        high = found
        if iteration > 0 { low.value /= 2 }
      }
    }
    return high.map { (low.z + $0.z) / 2 } ?? low.z
  }

  /// D^(−½)v of the eigenvector of some rank, of any length.
  /// - Parameter rank: from 0.
  /// - Parameter z: its eigenvalue of W.
  package func direction(rank: Int, place z: Double) throws -> [Double] {
    try form(at: z)
    let vectors = try device.makeMatrix(rows: rank + 1, columns: samples.rows)
    _ = try device.leadingEigenpairs(of: gram, into: vectors)
    let y = try device.makeMatrix(
      Array(try device.download(vectors, rows: rank..<rank + 1)), rows: 1, columns: samples.rows)
    let product = try device.makeMatrix(rows: 1, columns: samples.columns)
    try device.multiply(y, transposeA: false, samples, transposeB: false, alpha: 1, beta: 0, into: product)
    return zip(doubles(try device.download(product)), scaled).map { $0 / (z - $1) }
  }
}
