/// Q̄ = (αΣ + Γ)⁻¹ for one diagonal Γ ≻ 0 and any signal strength α ≥ 0: what a matrix ridge asks of a population.
///
/// A coordinate whose γ_k is infinite predicts no other. Of its own entries there is the limit in units of 1/γ_k: of γ_k Q̄_kk,
/// γ_k² (Q̄ΣQ̄)_kk, γ_k (ΣQ̄)_kk and γ_k Q̄_kj.
public protocol MatrixRidgeResolvent {
  /// diag Q̄, diag Q̄ΣQ̄ and diag ΣQ̄.
  func diagonals(signal: Double) throws(PopulationError) -> MatrixRidgeDiagonals

  /// Σ_{j≠k} w_j Q̄_kj² of every row k, for each of several w, whose entries are finite.
  func offDiagonalSquares(signal: Double, weights: [[Double]]) throws(PopulationError) -> [[Double]]
}

public struct MatrixRidgeDiagonals: Sendable {
  /// diag Q̄.
  public var resolvent: [Double]
  /// diag Q̄ΣQ̄.
  public var resolventCovarianceResolvent: [Double]
  /// diag ΣQ̄, which 1 − Γ_kQ̄_kk is α times, without the digits that this loses where the ridge is large.
  public var covarianceResolvent: [Double]

  public init(resolvent: [Double], resolventCovarianceResolvent: [Double], covarianceResolvent: [Double]) {
    self.resolvent = resolvent
    self.resolventCovarianceResolvent = resolventCovarianceResolvent
    self.covarianceResolvent = covarianceResolvent
  }
}

/// A covariance Σ that answers for diagonal ridges, not only for multiples of the identity.
public protocol MatrixRidgePopulation: Sendable {
  /// diag Σ, length d.
  var variances: [Double] { get }

  /// The resolvent (αΣ + Γ)⁻¹.
  /// - Parameter ridges: diag Γ, each above 0; infinite ones where `MatrixRidgeResolvent` says what they mean.
  /// - Throws: `unsupported` for ridges that differ, where Σ has no structure for that.
  func resolvent(ridges: [Double]) throws(PopulationError) -> any MatrixRidgeResolvent
}

extension MatrixRidgePopulation {
  var coordinateCount: Int { variances.count }

  func ridges(hidden: Double, shift: Double) -> [Double] { variances.map { hidden * $0 + shift } }

  /// The resolvent with diag Γ = hidden · variances + shift.
  func resolvent(hidden: Double, shift: Double) throws(PopulationError) -> any MatrixRidgeResolvent {
    try resolvent(ridges: ridges(hidden: hidden, shift: shift))
  }
}

/// Any population whose variances are all the same: Γ is a multiple of the identity, and Q̄ = R(κ)/α at κ = γ/α.
public struct EqualVariancePopulation: MatrixRidgePopulation {
  private let population: any Population
  public let variances: [Double]

  /// - Throws: `invalidArgument` where the variances differ.
  public init(_ population: any Population) throws(PopulationError) {
    let values = population.variances
    if let other = values.first(where: { $0 != values[0] }) {
      throw .invalidArgument(name: "variance", value: other, requirement: "the same for every coordinate")
    }
    self.population = population
    variances = values
  }

  public func resolvent(ridges: [Double]) throws(PopulationError) -> any MatrixRidgeResolvent {
    guard let ridge = ridges.first, ridges.allSatisfy({ $0 == ridge }) else {
      throw .unsupported(reason: "a covariance of this structure with ridges that differ; a dense covariance would do")
    }
    return Resolvent(population: population, ridge: ridge)
  }

  private struct Resolvent: MatrixRidgeResolvent {
    let population: any Population
    let ridge: Double

    func diagonals(signal: Double) throws(PopulationError) -> MatrixRidgeDiagonals {
      let d = population.coordinateCount
      guard signal > 0 else {
        return MatrixRidgeDiagonals(
          resolvent: Array(repeating: 1 / ridge, count: d),
          resolventCovarianceResolvent: population.variances.map { $0 / (ridge * ridge) },
          covarianceResolvent: population.variances.map { $0 / ridge })
      }
      let kappa = ridge / signal
      let diagonals = try population.resolventDiagonals(effectiveRidge: kappa)
      // ΣR = 1 − κR, or κRΣR to relative order ‖Σ‖/κ where that has lost half its digits.
      let shares = zip(diagonals.resolvent, diagonals.resolventCovarianceResolvent).map { r, g in
        let share = 1 - kappa * r
        return share > 1e-8 ? share : kappa * g
      }
      return MatrixRidgeDiagonals(
        resolvent: diagonals.resolvent.map { $0 / signal },
        resolventCovarianceResolvent: diagonals.resolventCovarianceResolvent.map { $0 / (signal * signal) },
        covarianceResolvent: shares.map { $0 / signal })
    }

    /// Q̄² = (Q̄ − αQ̄ΣQ̄)/γ.
    func offDiagonalSquares(signal: Double, weights: [[Double]]) throws(PopulationError) -> [[Double]] {
      let diagonals = try diagonals(signal: signal)
      let squares = zip(diagonals.resolvent, diagonals.resolventCovarianceResolvent).map {
        max(0, ($0 - signal * $1) / ridge - $0 * $0)
      }
      return try weights.map { weights throws(PopulationError) -> [Double] in
        guard weights.allSatisfy({ $0 == weights[0] }) else {
          throw .unsupported(
            reason: "a covariance of this structure with weights that differ; a dense covariance would do")
        }
        return zip(squares, weights).map { $0 * $1 }
      }
    }
  }
}

extension DiagonalPopulation: MatrixRidgePopulation {
  public var matrixRidge: (any MatrixRidgePopulation)? { self }

  public func resolvent(ridges: [Double]) -> any MatrixRidgeResolvent {
    Resolvent(variances: variances, ridges: ridges)
  }

  private struct Resolvent: MatrixRidgeResolvent {
    let variances: [Double]
    let ridges: [Double]

    /// In units of 1/γ where that is 0.
    private func inverse(signal: Double) -> [Double] {
      variances.indices.map { ridges[$0] == .infinity ? 1 : 1 / (signal * variances[$0] + ridges[$0]) }
    }

    func diagonals(signal: Double) -> MatrixRidgeDiagonals {
      let inverse = inverse(signal: signal)
      return MatrixRidgeDiagonals(
        resolvent: inverse, resolventCovarianceResolvent: zip(variances, inverse).map { $0 * $1 * $1 },
        covarianceResolvent: zip(variances, inverse).map { $0 * $1 })
    }

    func offDiagonalSquares(signal: Double, weights: [[Double]]) -> [[Double]] {
      weights.map { $0.map { _ in 0 } }
    }
  }
}
