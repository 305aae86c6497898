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

  /// m_i(z), descending.
  /// - Parameter z: above all p_k.
  private func values(at z: Double) throws -> [Double] {
    try form(at: z)
    return try device.eigenvalues(of: gram).reversed()
  }

  /// How many eigenvalues of W lie beyond z; nil where z is not above all p_k.
  package func count(beyond z: Double) throws -> Int? {
    guard z > pole else { return nil }
    return try values(at: z).count { $0 > 1 }
  }

  /// Whether some eigenvalue of W lies beyond z, or z is not above all p_k: I − M(z) has no Cholesky factor.
  func exceeds(_ z: Double) throws -> Bool {
    guard z > pole else { return true }
    try form(at: z)
    try device.scale(gram, rows: try device.makeVector([Device.Element](repeating: -1, count: gram.rows)), columns: nil)
    try device.addDiagonal(1, to: gram)
    return try !device.factorsPositiveDefinite(gram)
  }

  /// The eigenvalue of W of some rank, from the greatest: 1/m_i is nearly linear in z, and secants on it converge in a few steps.
  /// - Parameter rank: from 0.
  /// - Returns: nil where it is not above all p_k.
  package func place(rank: Int) throws -> Double? {
    // 1/m_i − 1, which grows with z.
    func value(_ z: Double) throws -> Double {
      let m = try values(at: z)[rank]
      return m > 0 ? 1 / m - 1 : .infinity
    }
    var low = (z: pole * (1 + 1e-9), value: try value(pole * (1 + 1e-9)))
    guard low.value < 0 else { return nil }
    var high = (z: 2 * low.z, value: try value(2 * low.z))
    while high.value <= 0 {
      low = high
      high = (2 * high.z, try value(2 * high.z))
    }
    for iteration in 0..<200 {
      let secant = low.z - low.value * (high.z - low.z) / (high.value - low.value)
      let isInside = secant > low.z && secant < high.z && iteration % 4 < 3
      let z = isInside ? secant : (low.z + high.z) / 2
      guard z > low.z, z < high.z else { return z }
      let found = (z: z, value: try value(z))
      // To the rounding of m.
      if abs(found.value) <= 8 * Double(Device.Element.ulpOfOne) || high.z - low.z <= 4 * z.ulp { return z }
      if found.value < 0 {
        low = found
        high.value /= 2
      } else {
        high = found
        low.value /= 2
      }
    }
    return (low.z + high.z) / 2
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
