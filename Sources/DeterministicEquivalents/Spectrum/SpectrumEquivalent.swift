import RealModule

/// The deterministic equivalent of a spectrum: that of the joint predictor, or of the Gram S for principal components.
///
/// The predictor Â is similar to the symmetric B = I − W⁻¹, W = D^½(S + λI)D^½ with D the diagonal of the equivalent of
/// (S + λI)⁻¹, so an eigenvalue μ of Â stands at z = 1/(1 − μ) in the spectrum of W: positions are given in z here, and in μ
/// by `predictorEigenvalue(at:)`; the density in μ is ρ(z) z². Under Bernoulli masks μ has a factor 1/p. For the Gram, z is the eigenvalue of S itself.
///
///     ρ(z) = Im tr G(z + i0)/(πd),   G = (c Σ′ + λD − z)⁻¹
///
/// Spikes move a vanishing fraction of the spectrum and are told by `outliers`; the bulk is that of the noise under them.
/// Source: A. Wortsman Zurich, F. Gerace, B. Loureiro, Y. M. Lu, arXiv:2601.23208 (2026); for the solution on the real axis,
/// J. W. Silverstein, S.-I. Choi, *Analysis of the limiting spectral distribution of large dimensional random matrices*, 1995,
/// doi:10.1006/jmva.1995.1058.
public struct SpectrumEquivalent: Sendable {
  /// One interval of the continuous spectrum, in z.
  public struct Interval: Sendable, Equatable {
    public var lower: Double
    public var upper: Double
    /// The fraction of all eigenvalues in it.
    public var mass: Double
  }

  /// A fraction of all eigenvalues at one point, in z.
  public struct Atom: Sendable, Equatable {
    public var position: Double
    public var mass: Double
  }

  /// The intervals of the continuous spectrum, ascending; their ends are all bulk edges.
  public let intervals: [Interval]
  /// Eigenvalues at a point: those of the null space of S for n < d where D is constant on more than n coordinates.
  public let atoms: [Atom]
  /// 1 less the mass of intervals and atoms: 0 but for rounding where Σ and D are diagonal together, since a stretch that was missed
  /// shows in the distribution function; up to 1e-2 under a dense Σ whose bulk falls into a host of intervals.
  public let missingMass: Double
  /// The bulk that the spectrum was solved for.
  public let bulk: BulkMeasure

  let components: [SpectralComponent]

  /// The spectrum of a bulk.
  /// - Throws: `noConvergence` where the intervals and atoms found do not hold all mass to 1e-2.
  public init(bulk: BulkMeasure) throws(PopulationError) {
    self.bulk = bulk
    atoms = bulk.atoms.map { Atom(position: $0.z, mass: $0.mass) }
    let atomMass = atoms.reduce(0) { $0 + $1.mass }
    // A second, finer search where the first left something out.
    var best: (components: [SpectralComponent], missing: Double)?
    for (resolution, order) in bulk.pencil == nil ? [(512, 1024), (4096, 1024)] : [(96, 128), (384, 512)] {
      let found = Self.components(of: bulk, resolution: resolution, order: order)
      let missing = 1 - atomMass - found.reduce(0) { $0 + $1.mass }
      if best.map({ abs(missing) < abs($0.missing) }) ?? true { best = (found, missing) }
      if abs(missing) <= 1e-6 { break }
    }
    guard let best, abs(best.missing) <= 1e-2 else {
      throw .noConvergence(what: "the spectrum: a fraction \(best?.missing ?? 1) of the eigenvalues was not found")
    }
    components = best.components
    missingMass = best.missing
    // The search for a hard edge at 0 ends above it.
    let least = bulk.shifts.first?.value ?? 0
    intervals = components.map {
      Interval(lower: $0.lower.endsSearch ? least : $0.lower.z, upper: $0.upper.z, mass: $0.mass)
    }
  }

  /// The intervals with their densities. A gap too narrow for the search shows where the density of an interval is sampled:
  /// the search is then completed by what was seen there.
  private static func components(of bulk: BulkMeasure, resolution: Int, order: Int) -> [SpectralComponent] {
    var points = bulk.scannedPoints(resolution: resolution)
    var found: [SpectralComponent] = []
    for _ in 0..<16 {
      let known = found
      found = bulk.intervals(between: points).map { interval in
        known.first { $0.gaps.isEmpty && $0.lower.z == interval.lower.z && $0.upper.z == interval.upper.z }
          ?? SpectralComponent(interval, of: bulk, maximumOrder: order)
      }
      var more = found.flatMap(\.gaps)
      if more.isEmpty { more = bulk.hiddenPoints(beside: found.map { BulkInterval(lower: $0.lower, upper: $0.upper) }) }
      if more.isEmpty { break }
      points = (points + more).sorted { $0.z < $1.z }
    }
    return found
  }

  /// ρ(z) of the continuous part; 0 outside the intervals, not a number where the equation did not converge.
  ///
  /// From the interval's series where that has converged, to 1e-9 (mostly 1e-11) of the greatest z ρ(z) over the sine of the angle between
  /// the edges (1 in the middle, 0 at the edges); by the equation itself elsewhere.
  public func density(at z: Double) -> Double {
    guard let component = components.first(where: { $0.contains(z) }) else { return 0 }
    if let density = component.density(at: z) { return density }
    return bulk.density(at: z, guess: component.guess(at: z))?.density ?? .nan
  }

  /// The fraction of eigenvalues at or below z, atoms included.
  public func distribution(at z: Double) -> Double {
    atoms.reduce(0) { $0 + ($1.position <= z ? $1.mass : 0) }
      + components.reduce(0) { $0 + $1.mass(below: z) }
  }

  /// The least z at which the distribution function reaches a fraction of all eigenvalues.
  /// - Parameter fraction: in [0, 1].
  public func quantile(_ fraction: Double) -> Double {
    // Pieces in order of position: an atom is never inside an interval.
    let pieces =
      components.map { ($0.lower.z, $0.mass, Optional($0)) } + atoms.map { ($0.position, $0.mass, nil) }
    var remaining = fraction * pieces.reduce(0) { $0 + $1.1 }
    let sorted = pieces.sorted { $0.0 < $1.0 }
    for (index, (position, mass, component)) in sorted.enumerated() {
      if remaining <= mass || index == sorted.count - 1 {
        return component?.position(ofMass: min(remaining, mass)) ?? position
      }
      remaining -= mass
    }
    return .nan
  }

  // MARK: The predictor's own eigenvalues

  /// μ = 1 − 1/z, of the leave-one-out predictor.
  public static func predictorEigenvalue(_ z: Double) -> Double { 1 - 1 / z }

  /// μ = a(1 − 1/z), a the gain of the bulk.
  public func predictorEigenvalue(at z: Double) -> Double { bulk.gain * Self.predictorEigenvalue(z) }

  /// z of an eigenvalue of the predictor; nil from μ = a on, which no z reaches.
  func place(of eigenvalue: Double) -> Double? {
    let rest = 1 - eigenvalue / bulk.gain
    return rest > 0 ? 1 / rest : nil
  }

  /// The density of the predictor's eigenvalues at μ, ρ(z) z²/a.
  public func predictorDensity(at eigenvalue: Double) -> Double {
    place(of: eigenvalue).map { density(at: $0) * $0 * $0 / bulk.gain } ?? 0
  }

  /// The fraction of the predictor's eigenvalues at or below μ.
  public func predictorDistribution(at eigenvalue: Double) -> Double {
    place(of: eigenvalue).map { distribution(at: $0) } ?? 1
  }

  /// The quantile of the predictor's eigenvalues.
  public func predictorQuantile(_ fraction: Double) -> Double {
    predictorEigenvalue(at: quantile(fraction))
  }

  /// The intervals in μ, ascending.
  public var predictorIntervals: [Interval] {
    intervals.map {
      Interval(lower: predictorEigenvalue(at: $0.lower), upper: predictorEigenvalue(at: $0.upper), mass: $0.mass)
    }
  }

  /// The atoms in μ.
  public var predictorAtoms: [Atom] {
    atoms.map { Atom(position: predictorEigenvalue(at: $0.position), mass: $0.mass) }
  }
}
