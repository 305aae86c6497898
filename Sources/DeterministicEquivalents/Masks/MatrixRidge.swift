/// Q̄ = (αΣ + Γ)⁻¹ for one diagonal Γ ≻ 0 and any signal strength α ≥ 0: what a matrix ridge asks of a population.
public protocol MatrixRidgeResolvent {
  /// diag Q̄ and diag Q̄ΣQ̄.
  func diagonals(signal: Double) throws(PopulationError) -> MatrixRidgeDiagonals

  /// diag Q̄² and diag Q̄DQ̄, D = diag Σ.
  func squares(signal: Double) throws(PopulationError) -> MatrixRidgeSquares
}

public struct MatrixRidgeSquares: Sendable {
  /// diag Q̄².
  public var identity: [Double]
  /// diag Q̄DQ̄.
  public var variances: [Double]

  public init(identity: [Double], variances: [Double]) {
    self.identity = identity
    self.variances = variances
  }
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

  /// The resolvent (Σ + Γ)⁻¹ with diag Γ = hidden · variances + shift, every entry above 0.
  /// - Parameter hidden: in [0, 1].
  /// - Parameter shift: at least 0.
  func resolvent(hidden: Double, shift: Double) throws(PopulationError) -> any MatrixRidgeResolvent
}

extension MatrixRidgePopulation {
  var coordinateCount: Int { variances.count }

  func ridges(hidden: Double, shift: Double) -> [Double] { variances.map { hidden * $0 + shift } }
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

  public func resolvent(hidden: Double, shift: Double) -> any MatrixRidgeResolvent {
    Resolvent(population: population, ridge: hidden * variances[0] + shift)
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
    func squares(signal: Double) throws(PopulationError) -> MatrixRidgeSquares {
      let diagonals = try diagonals(signal: signal)
      let squares = zip(diagonals.resolvent, diagonals.resolventCovarianceResolvent).map { ($0 - signal * $1) / ridge }
      return MatrixRidgeSquares(identity: squares, variances: zip(squares, population.variances).map { $0 * $1 })
    }
  }
}

extension DiagonalPopulation: MatrixRidgePopulation {
  public var matrixRidge: (any MatrixRidgePopulation)? { self }

  public func resolvent(hidden: Double, shift: Double) -> any MatrixRidgeResolvent {
    Resolvent(variances: variances, ridges: ridges(hidden: hidden, shift: shift))
  }

  private struct Resolvent: MatrixRidgeResolvent {
    let variances: [Double]
    let ridges: [Double]

    func diagonals(signal: Double) -> MatrixRidgeDiagonals {
      let inverse = variances.indices.map { 1 / (signal * variances[$0] + ridges[$0]) }
      return MatrixRidgeDiagonals(
        resolvent: inverse, resolventCovarianceResolvent: zip(variances, inverse).map { $0 * $1 * $1 },
        covarianceResolvent: zip(variances, inverse).map { $0 * $1 })
    }

    func squares(signal: Double) -> MatrixRidgeSquares {
      let squares = variances.indices.map { k in
        let inverse = 1 / (signal * variances[k] + ridges[k])
        return inverse * inverse
      }
      return MatrixRidgeSquares(identity: squares, variances: zip(squares, variances).map { $0 * $1 })
    }
  }
}
