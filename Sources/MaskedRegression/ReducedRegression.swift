import LacunaAlgebra

/// Leave-one-coordinate-out errors at many ridges from one orthogonal reduction of the Gram: the route for n ≥ d.
///
/// S = WᵀTW with T tridiagonal, a band, or diagonal where eigenvectors are taken. Then with R = (T + λI)⁻¹ and w_k column k of W
///
///     Q_kk = w_kᵀRw_k,    (Q²)_kk = ‖Rw_k‖²,    (Qu)_k = w_kᵀR(Wu),
///
/// O(d²) a ridge for all coordinates, no d × d matrix but W, which takes the Gram's place. E_tr needs no more, nor does
/// E_gen under Σ = cI + UΘUᵀ. For any other Σ, diag(QΣQ) needs Q itself, whose forming costs as much as an inverse.
public struct ReducedRegression<Device: Backend> {
  /// What the Gram is reduced to.
  public enum Form: Sendable {
    /// Tridiagonal: 8/3 d³ operations.
    case tridiagonal
    /// A band, as many operations, all of them of products: forms take more.
    case band
    /// Diagonal, W the eigenvectors: about 9 d³.
    case diagonal
  }

  private let device: Device
  private let sampleCount: Int
  private let variances: [Double]
  private let w: Device.Matrix
  private let t: SymmetricBand

  /// Ridges whose forms are held at once.
  private static var chunk: Int { 64 }

  /// - Parameter device: where the work is done.
  /// - Parameter gram: d × d, lower triangle of S = XᵀX/n; becomes W.
  /// - Parameter sampleCount: n.
  /// - Parameter form: of the reduction.
  public init(device: Device, gram: Device.Matrix, sampleCount: Int, form: Form) throws {
    self.device = device
    self.sampleCount = sampleCount
    let vector = try device.makeVector(gram.rows)
    try device.diagonal(of: gram, into: vector)
    variances = try device.doubles(vector)
    w = gram
    switch form {
    case .tridiagonal: t = SymmetricBand(try device.tridiagonalize(gram))
    case .band: t = try device.reduceToBand(gram)
    case .diagonal:
      let values = try device.eigendecompose(gram)
      t = SymmetricBand(order: values.count, width: 1) { i, j in i == j ? values[i] : 0 }
    }
  }

  /// Training and generalisation error of every coordinate at every ridge.
  ///
  ///     E_tr,k = (Q_kk − λ(Q²)_kk)/Q_kk²,    E_gen,k = (c(Q²)_kk + Σ_s θ_s (Qu_s)_k²)/Q_kk²
  ///
  /// - Parameter ridges: λ, each above 0.
  /// - Parameter covariance: Σ, or nil where it is unknown.
  /// - Throws: as `PrimalRegression.resolvent`; `numericallySingular` without a coordinate where T + λI is not positive
  ///   definite to the precision of T.
  public func errors(ridges: [Double], covariance: IsotropicSpikes?) throws -> [CoordinateErrors] {
    let probes = try covariance.map { try turned($0.directions) } ?? []
    var result: [CoordinateErrors] = []
    for start in stride(from: 0, to: ridges.count, by: Self.chunk) {
      let part = Array(ridges[start..<min(start + Self.chunk, ridges.count)])
      let forms = try forms(ridges: part, probes: probes)
      for (r, ridge) in part.enumerated() {
        result.append(try errors(ridge: ridge, forms: forms, row: r * (2 + probes.count), covariance: covariance))
      }
    }
    return result
  }

  private func errors(
    ridge: Double, forms: ResolventTable, row: Int, covariance: IsotropicSpikes?
  ) throws -> CoordinateErrors {
    let d = variances.count
    let limit = 1 / (Double(d) * Double(Device.Element.ulpOfOne))
    var errors = CoordinateErrors(training: [], generalization: covariance == nil ? nil : [])
    errors.training.reserveCapacity(d)
    for k in 0..<d {
      let (q, square) = (forms[row, k], forms[row + 1, k])
      guard (variances[k] + ridge) * q < limit else { throw singular(coordinate: k, ridge: ridge) }
      errors.training.append(ridge == 0 ? 1 / q : (q - ridge * square) / (q * q))
      if let covariance {
        let projections = covariance.strengths.indices.lazy.map { forms[row + 2 + $0, k] }
        errors.generalization?.append(covariance.form(square: square, projections: projections) / (q * q))
      }
    }
    return errors
  }

  private func forms(ridges: [Double], probes: [[Double]]) throws -> ResolventTable {
    if ridges.contains(0) && sampleCount < variances.count {
      throw RegressionError.singularGram(sampleCount: sampleCount, coordinateCount: variances.count)
    }
    do throws(BackendError) {
      return try device.resolventTable(of: w, band: t, shifts: ridges, probes: probes)
    } catch {
      guard case .notPositiveDefinite = error else { throw error }
      throw singular(coordinate: nil, ridge: ridges.min() ?? 0)
    }
  }

  private func singular(coordinate: Int?, ridge: Double) -> RegressionError {
    .numericallySingular(coordinate: coordinate, ridge: ridge, precision: Device.Element.precision)
  }

  /// Wu for each vector u.
  private func turned(_ vectors: [[Double]]) throws -> [[Double]] {
    let d = variances.count
    if vectors.isEmpty { return [] }
    let u = try device.makeMatrix(elements(vectors.flatMap(\.self)), rows: vectors.count, columns: d)
    let out = try device.makeMatrix(rows: vectors.count, columns: d)
    try device.multiply(u, transposeA: false, w, transposeB: true, alpha: 1, beta: 0, into: out)
    let values = try device.doubles(out)
    return vectors.indices.map { s in Array(values[s * d..<(s + 1) * d]) }
  }
}
