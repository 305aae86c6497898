import LacunaAlgebra

/// Why a population covariance, or a question asked of the theory, is refused.
public enum PopulationError: Error, Sendable, Equatable {
  /// Σ is not positive definite; the reason says how that was seen.
  case notPositiveDefinite(reason: String)
  /// Two sizes that must agree do not.
  case dimensionMismatch(argument: String, expected: Int, actual: Int)
  /// Σ differs from its transpose; row and column count from 0.
  case notSymmetric(row: Int, column: Int, difference: Double)
  /// A number out of its range; the requirement says which range.
  case invalidArgument(name: String, value: Double, requirement: String)
  /// λ = 0 with as many samples as coordinates: the errors diverge.
  case ridgelessAtInterpolation(sampleCount: Int)
  /// No circulant covariance with non-negative eigenvalues was found up to this length.
  case noCirculantEmbedding(coordinateCount: Int, triedLength: Int, leastEigenvalue: Double)
  /// An iteration stopped short of its tolerance.
  case noConvergence(what: String)
  /// The structure has no formula for this at this size.
  case unsupported(reason: String)
  /// What does the linear algebra failed.
  case backend(BackendError)
}

extension PopulationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPositiveDefinite(let reason):
      "the population covariance is not positive definite: \(reason)"
    case .dimensionMismatch(let argument, let expected, let actual):
      "\(argument) has \(actual) entries where \(expected) are needed"
    case .notSymmetric(let row, let column, let difference):
      "the population covariance is not symmetric: entries (\(row + 1), \(column + 1)) and (\(column + 1), \(row + 1)) "
        + "differ by \(difference); average the matrix with its transpose"
    case .invalidArgument(let name, let value, let requirement):
      "\(name) is \(value) but must be \(requirement)"
    case .ridgelessAtInterpolation(let sampleCount):
      "ridge 0 with as many samples as coordinates (\(sampleCount)): the errors are infinite; "
        + "use a positive ridge or another sample count"
    case .noCirculantEmbedding(let coordinateCount, let triedLength, let leastEigenvalue):
      "the Toeplitz covariance of \(coordinateCount) coordinates has no non-negative circulant embedding up to length "
        + "\(triedLength) (least eigenvalue \(leastEigenvalue)); a slower or smoother decay of the first row, "
        + "or a dense covariance file, would do"
    case .noConvergence(let what):
      "no convergence in \(what); other ridges or sample counts may do"
    case .unsupported(let reason):
      reason
    case .backend(let error):
      error.description
    }
  }
}

/// Does linear algebra; its failure becomes `PopulationError.backend`.
func onBackend<Value>(_ work: () throws(BackendError) -> Value) throws(PopulationError) -> Value {
  do throws(BackendError) {
    return try work()
  } catch {
    throw .backend(error)
  }
}

/// Refuses a count below one.
func requirePositive(_ count: Int, _ name: String) throws(PopulationError) {
  guard count >= 1 else {
    throw .invalidArgument(name: name, value: Double(count), requirement: "at least 1")
  }
}

/// Refuses variances that are not positive numbers.
func requirePositive(_ variances: [Double]) throws(PopulationError) {
  for (index, variance) in variances.enumerated() where !(variance > 0 && variance.isFinite) {
    throw .notPositiveDefinite(reason: "the variance of coordinate \(index + 1) is \(variance), not a positive number")
  }
}
