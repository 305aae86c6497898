import LacunaAlgebra

/// Any covariance, through one eigensolve: Σ = Σ_j s_j w_j w_jᵀ. Traces then cost O(d), diagonals O(d²).
///
/// Keeps d² doubles (the eigenvectors) besides the d eigenvalues.
public struct DensePopulation: Population {
  public let coordinateCount: Int
  public let variances: [Double]
  /// s_j, ascending.
  public let eigenvalues: [Double]
  /// Row j holds w_j.
  let eigenvectors: [Double]
  let backend: any Backend<Double>

  /// - Parameter covariance: Σ, d × d, row-major; entries may differ from their mirror by 1e-10 of the geometric mean of
  ///   the two variances, and the lower triangle is what is used.
  /// - Parameter d: coordinates of Σ.
  /// - Parameter backend: does the eigensolves, those of a spectrum too.
  /// - Throws: `PopulationError.dimensionMismatch`, `.notSymmetric` with the first such position, `.notPositiveDefinite`
  ///   with the least eigenvalue where it is not above d·ε·(the greatest); what the backend throws.
  public init<B: Backend>(covariance: [Double], coordinateCount d: Int, backend: B) throws(PopulationError)
  where B.Element == Double {
    try requirePositive(d, "coordinate count")
    guard covariance.count == d * d else {
      throw .dimensionMismatch(argument: "covariance", expected: d * d, actual: covariance.count)
    }
    let diagonal = (0..<d).map { covariance[$0 * d + $0] }
    try requirePositive(diagonal)
    for i in 0..<d {
      for j in 0..<i {
        let difference = covariance[i * d + j] - covariance[j * d + i]
        guard abs(difference) <= 1e-10 * (diagonal[i] * diagonal[j]).squareRoot() else {
          throw .notSymmetric(row: i, column: j, difference: difference)
        }
      }
    }
    let (matrix, values) = try onBackend { () throws(BackendError) in
      let matrix = try backend.makeMatrix(covariance, rows: d, columns: d)
      return (matrix, try backend.eigendecompose(matrix))
    }
    guard let least = values.first, let greatest = values.last, least > Double(d) * .ulpOfOne * greatest else {
      throw .notPositiveDefinite(
        reason: "its least eigenvalue is \(values.first ?? .nan), its greatest \(values.last ?? .nan)")
    }
    coordinateCount = d
    variances = diagonal
    eigenvalues = values
    eigenvectors = try onBackend { () throws(BackendError) in try backend.download(matrix) }
    self.backend = backend
  }

  public func resolventTraces(effectiveRidge: Double) -> ResolventTraces {
    diagonalTraces(of: eigenvalues, effectiveRidge: effectiveRidge)
  }

  public func resolventDiagonals(effectiveRidge: Double) -> ResolventDiagonals {
    let d = coordinateCount
    var resolvent = Array(repeating: 0.0, count: d)
    var mixed = Array(repeating: 0.0, count: d)
    eigenvectors.withUnsafeBufferPointer { vectors in
      for j in 0..<d {
        let weight = 1 / (eigenvalues[j] + effectiveRidge)
        let mixedWeight = eigenvalues[j] * weight * weight
        for k in 0..<d {
          let square = vectors[j * d + k] * vectors[j * d + k]
          resolvent[k] += weight * square
          mixed[k] += mixedWeight * square
        }
      }
    }
    return ResolventDiagonals(resolvent: resolvent, resolventCovarianceResolvent: mixed)
  }
}
