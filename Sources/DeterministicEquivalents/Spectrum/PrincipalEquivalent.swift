import RealModule

/// The deterministic equivalent of probabilistic principal components as a predictor of hidden cells, by rank.
///
/// At rank r, T = I − Σ_(i≤r) w_i v_i v_iᵀ with the leading eigenpairs (Λ_i, v_i) of S, w_i = 1 − σ²/Λ_i and σ² the mean of the
/// other eigenvalues, predicts by Â = I − diag(T)⁻¹T. Where coordinates are alike, diag T is a constant and
///
///     E_gen = [ tr Σ − Σ_i (1 − (1 − w_i)²) s_i ] / d / (1 − Σ_i w_i/d)²,   s_i = v_iᵀΣv_i:
///
/// an outlier has s = v + Σ_j θ_j (u_jᵀv_i)², v the noise; in the bulk, s(z) = (n/d) Im(1/c)/Im(tr G/d), the share of Σ that an
/// eigenvector at z holds, and the spikes add, over all of the bulk, Σ_i ∫ Im[ τ_i g/(1 + τ_i c g) ] dz/π with g = 1/(cv − z) and τ_i
/// the eigenvalues of UΘUᵀ. What is left out is of order 1/d: fluctuations of diag T, and the ends of a chain.
/// Source: the model, M. E. Tipping, C. M. Bishop, 1999, doi:10.1111/1467-9868.00196; eigenvectors of the bulk, O. Ledoit,
/// S. Péché, *Eigenvectors of some large sample covariance matrix ensembles*, 2011, doi:10.1007/s00440-010-0298-3.
public struct PrincipalEquivalent: Sendable {
  /// The spectrum of the bulk of S.
  public let spectrum: SpectrumEquivalent
  /// Outliers above the bulk, descending: Λ and s.
  private let outliers: [(eigenvalue: Double, variance: Double)]
  /// v, and τ_i, the eigenvalues of UΘUᵀ; without spikes none.
  private let noise: Double
  private let spikes: [Double]
  /// tr Σ.
  private let totalVariance: Double
  private let coordinateCount: Int

  /// How many eigenvalues leave the bulk upwards: the rank that the bulk's edge chooses.
  public var edgeRank: Int { outliers.count }

  /// - Throws: `unsupported` where coordinates differ; else as `SpectrumEquivalent`.
  public init(population: any Population, sampleCount: Int) throws(PopulationError) {
    guard population.hasEqualCoordinates else {
      throw .unsupported(
        reason: "the error of principal components has no closed form where coordinates differ; simulate it")
    }
    coordinateCount = population.coordinateCount
    totalVariance = blockSum(population.variances)
    guard let spiked = population.spiked else {
      spectrum = try SpectrumEquivalent(bulk: population.gramBulk(sampleCount: sampleCount))
      (outliers, noise, spikes) = ([], 0, [])
      return
    }
    let theory = try OutlierEquivalent(gramOf: spiked, sampleCount: sampleCount)
    spectrum = theory.spectrum
    let edge = theory.spectrum.intervals.last?.upper ?? .infinity
    noise = spiked.noise.commonVariance ?? 0
    spikes = spiked.spikeEigenvalues
    outliers = theory.outliers.filter { $0.position > edge }.map { outlier in
      (
        outlier.position,
        zip(spiked.strengths, outlier.overlaps).reduce(spiked.noise.commonVariance ?? 0) {
          $0 + $1.0 * $1.1.symmetrized
        }
      )
    }
  }

  /// E_gen at a rank.
  /// - Returns: nil for a rank not below both the samples and the coordinates: no eigenvalue is left for σ².
  public func error(rank: Int) -> Double? {
    let d = Double(coordinateCount)
    guard rank >= 0, rank < min(coordinateCount, spectrum.bulk.sampleCount) else { return nil }
    let leading = outliers.prefix(rank)
    var sums = LeadingSums()
    for (eigenvalue, variance) in leading { sums.add(eigenvalue, count: 1, variance: variance) }
    if rank > leading.count { addBulk(Double(rank - leading.count), to: &sums) }
    let discarded = max(0, totalVariance - sums.eigenvalue) / (d - Double(rank))
    let trace = totalVariance - sums.variance + discarded * discarded * sums.varianceBySquare
    let kept = 1 - (sums.count - discarded * sums.inverse) / d
    return trace / d / (kept * kept)
  }

  /// Sums over leading eigenpairs.
  private struct LeadingSums {
    var count = 0.0
    /// Σ Λ, Σ 1/Λ, Σ s, Σ s/Λ².
    var eigenvalue = 0.0
    var inverse = 0.0
    var variance = 0.0
    var varianceBySquare = 0.0

    /// `count` eigenpairs at Λ whose s sum to `variance`.
    mutating func add(_ eigenvalue: Double, count: Double, variance: Double) {
      self.count += count
      self.eigenvalue += count * eigenvalue
      inverse += count / eigenvalue
      self.variance += variance
      varianceBySquare += variance / (eigenvalue * eigenvalue)
    }
  }

  /// The greatest `count` eigenvalues of the bulk, by Simpson's rule in the angle that smooths the edges.
  private func addBulk(_ count: Double, to sums: inout LeadingSums) {
    let bulk = spectrum.bulk
    let bottom = spectrum.quantile(1 - count / bulk.weight)
    let n = Double(bulk.sampleCount)
    let panels = 128
    for component in spectrum.components where component.upper.z > bottom {
      let start = component.contains(bottom) ? component.angle(of: bottom) : 0
      let step = (.pi - start) / Double(panels)
      for index in 0...panels {
        let (z, slope) = component.position(at: start + Double(index) * step)
        guard slope > 0, let found = bulk.density(at: z, guess: component.guess(at: z)),
          case .inside(let c) = found.contraction
        else { continue }
        let rule = index == 0 || index == panels ? 1.0 : index % 2 == 1 ? 4 : 2
        let weight = rule * step / 3 * slope
        let plain = n * (Complex(1) / c).imaginary
        let g = Complex(1) / (c * noise - Complex(z))
        let spiked = spikes.reduce(0) { $0 + (g * $1 / (Complex(1) + c * g * $1)).imaginary }
        sums.add(z, count: weight * bulk.weight * found.density, variance: weight * (plain + spiked) / .pi)
      }
    }
  }
}

extension SpikedPopulation {
  /// The eigenvalues of UΘUᵀ that are not 0: those of K^½ΘK^½, K = UᵀU.
  fileprivate var spikeEigenvalues: [Double] {
    var gram = SmallMatrix(order: strengths.count)
    for i in strengths.indices {
      for j in strengths.indices {
        gram[i, j] = directions[i].indices.reduce(0) { $0 + directions[i][$1] * directions[j][$1] }
      }
    }
    let eigen = gram.symmetricEigen
    var root = SmallMatrix(order: strengths.count)
    for (value, vector) in zip(eigen.values, eigen.vectors) {
      for i in strengths.indices {
        for j in strengths.indices { root[i, j] += max(0, value).squareRoot() * vector[i] * vector[j] }
      }
    }
    return (root * SmallMatrix(diagonal: strengths) * root).symmetricEigen.values
  }
}
