import LacunaAlgebra

/// Any covariance under a matrix ridge, by one eigensolve for each Γ: Γ^(−½)ΣΓ^(−½) = VΩVᵀ, T = Γ^(−½)V,
///
///     Q̄ = T(αΩ + 1)⁻¹Tᵀ,   Q̄ΣQ̄ = TΩ(αΩ + 1)⁻²Tᵀ,
///
/// so each α then costs O(d²). Keeps Σ, d² numbers, and as many for each resolvent.
public struct DenseCovariance<B: Backend<Double>>: MatrixRidgePopulation {
  public let variances: [Double]
  let covariance: [Double]
  let backend: B

  /// - Parameter covariance: Σ, d × d, row-major; the lower triangle is what is used.
  /// - Parameter d: coordinates of Σ.
  /// - Parameter backend: does the linear algebra.
  /// - Throws: `dimensionMismatch`, `notPositiveDefinite` where a variance is not positive.
  public init(covariance: [Double], coordinateCount d: Int, backend: B) throws(PopulationError) {
    try requirePositive(d, "coordinate count")
    guard covariance.count == d * d else {
      throw .dimensionMismatch(argument: "covariance", expected: d * d, actual: covariance.count)
    }
    variances = (0..<d).map { covariance[$0 * d + $0] }
    try requirePositive(variances)
    self.covariance = covariance
    self.backend = backend
  }

  public func resolvent(hidden: Double, shift: Double) throws(PopulationError) -> any MatrixRidgeResolvent {
    let d = variances.count
    let roots = ridges(hidden: hidden, shift: shift).map { 1 / $0.squareRoot() }
    let (matrix, values) = try onBackend { () throws(BackendError) in
      let matrix = try backend.makeMatrix(covariance, rows: d, columns: d)
      let scale = try backend.makeVector(roots)
      try backend.scale(matrix, rows: scale, columns: scale)
      let values = try backend.eigendecompose(matrix)
      // Rows of the matrix are the vectors: Tᵀ is Vᵀ with its columns scaled.
      try backend.scale(matrix, rows: nil, columns: scale)
      return (matrix, values)
    }
    guard let least = values.first, let greatest = values.last, least > Double(d) * -.ulpOfOne * greatest else {
      throw .notPositiveDefinite(
        reason: "its least eigenvalue, in units of the ridge, is \(values.first ?? .nan)")
    }
    return Resolvent(
      values: values.map { max($0, 0) }, vectors: matrix, variances: variances, ridges: roots.map { 1 / ($0 * $0) },
      backend: backend)
  }

  private struct Resolvent: MatrixRidgeResolvent {
    let values: [Double]
    /// Tᵀ: row j belongs to value j.
    let vectors: B.Matrix
    let variances: [Double]
    let ridges: [Double]
    let backend: B

    func diagonals(signal: Double) throws(PopulationError) -> MatrixRidgeDiagonals {
      let weights = values.map { 1 / (signal * $0 + 1) }
      let shares = zip(values, weights).map { $0 * $1 }
      return MatrixRidgeDiagonals(
        resolvent: try diagonal(weights),
        resolventCovarianceResolvent: try diagonal(zip(shares, weights).map { $0 * $1 }),
        covarianceResolvent: zip(try diagonal(shares), ridges).map { $0 * $1 })
    }

    /// diag T diag(w) Tᵀ.
    private func diagonal(_ weights: [Double]) throws(PopulationError) -> [Double] {
      try onBackend { () throws(BackendError) in
        let out = try backend.makeVector(values.count)
        try backend.columnDots(vectors, vectors, weights: try backend.makeVector(weights), into: out)
        return try backend.download(out)
      }
    }

    func squares(signal: Double) throws(PopulationError) -> MatrixRidgeSquares {
      let d = values.count
      return try onBackend { () throws(BackendError) in
        let scaled = try backend.makeMatrix(rows: d, columns: d)
        try backend.copy(vectors, to: scaled)
        try backend.scale(scaled, rows: try backend.makeVector(values.map { 1 / (signal * $0 + 1) }), columns: nil)
        let resolvent = try backend.makeMatrix(rows: d, columns: d)
        try backend.multiply(
          vectors, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: resolvent)
        let out = try backend.makeVector(d)
        try backend.rowDots(resolvent, resolvent, weights: nil, into: out)
        let identity = try backend.download(out)
        try backend.rowDots(resolvent, resolvent, weights: try backend.makeVector(variances), into: out)
        return MatrixRidgeSquares(identity: identity, variances: try backend.download(out))
      }
    }
  }
}
