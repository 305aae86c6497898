import RealModule

/// The law of the extreme eigenvalue of a bulk at finite d, its place to order 1/d.
///
/// Where the density falls as (a/π)√x at a distance x from the edge E, the extreme eigenvalue lies at
///
///     E + δ − 1.2065336 (d a)^(−2/3)     (outwards positive; the mean of the Tracy–Widom law for real matrices),
///
/// δ = O(1/d) from the next order of E ln|det(S + λ − zD_Q⁻¹)| = Φ(z) + Ψ(z), D_Q the drawn diagonal: outside the bulk the main
/// part has the slope reg − d a √x and Ψ = ¼ ln x + ψ₁√x + …, of which the first is the law's own and ψ₁√x moves the edge by δ = ψ₁/(d a). With
/// b = 1 − (c²/n) Σ p²B², g = diag G, index 0 for z = 0, all in the coordinates of W,
///
///     Ψ = ½ ln b + ln|det(I + cΘU′ᵀG₀U′)| + z Σ_k [ −g_k x_k + (2/n) c c₀ (G₀Σ′G)²_kk/(1 − (c c₀/n) tr Σ′G₀Σ′G) − ½ z g_k² δ_k² ],
///
/// the second term the pull of spikes that stay inside; the bracket belongs to the joint predictor: 1/Q_kk has the relative mean
/// shift x_k = (3a_k² − a_k − ∂a_k + a_kβ)/(2nb₀), a_k = (RΣR)_kk/R_kk, β = κ b₀′/b₀ (<doc:FiniteSize>) and the relative variance
/// δ_k² = 2a_k²/(nb₀), and moves with diag G. Where v are the columns' own mean squares and not those of a population, their
/// scatter, of relative variance 2/n, is no part of the law: with Φ at independent relative changes of v it is taken off Ψ,
///
///     Ψ_v = Ψ + (1/n) Σ_k (c − zc₀)² p_k² g_k² + z (Σ_k p_k g_k) (2c₀/(n²b₀)) Σ_k a_k²(1 − a_k),   a_k = c₀p_k/(c₀p_k + q_k),
///
/// exactly so for Gaussian entries, whose correlations are independent of their lengths. For the Gaussian orthogonal ensemble δ turns the radius 2√d into 2√(d − ½).
/// Source: I. M. Johnstone, *On the distribution of the largest eigenvalue in principal components analysis*, 2001,
/// doi:10.1214/aos/1009210544; N. El Karoui, 2007, doi:10.1214/009117906000000917; for the order of δ, Z. Ma, *Accuracy of the
/// Tracy–Widom limits for the extreme eigenvalues in white Wishart matrices*, 2012, doi:10.3150/10-BEJ334.
struct ExtremeEigenvalue {
  let bulk: BulkMeasure
  /// The spikes over the bulk, where there are any.
  let frame: SpikeFrame?
  /// Whether the variances are those of the samples themselves.
  var hasKnownVariances = false

  /// z = center + scale · t in the outward direction, t of the Tracy–Widom law for real matrices.
  struct Law: Sendable, Equatable {
    var center, scale: Double
  }

  /// −E of the Tracy–Widom law, β = 1.
  static let tracyWidomMean = 1.2065336

  private struct Sample {
    var remaining: Double
    var rest: Double
    var trace: Double
  }

  /// The mean in z at one end of a component; nil where the expansion says nothing: fewer than two eigenvalues in a component
  /// (its mean is taken then), a spike about to leave the bulk, an edge less sharp than its own displacement.
  func mean(of component: SpectralComponent, isUpper: Bool) -> Double? {
    if component.mass * bulk.weight < 1.5 { return component.mean }
    let interval = BulkInterval(lower: component.lower, upper: component.upper)
    return law(of: interval, mass: component.mass, isUpper: isUpper).map {
      $0.center - (isUpper ? 1 : -1) * Self.tracyWidomMean * $0.scale
    }
  }

  /// The law in z at one end of an interval; nil where `mean` is, or is that of a single eigenvalue.
  /// - Parameter mass: the fraction of the bulk in the interval.
  func law(of interval: BulkInterval, mass: Double, isUpper: Bool) -> Law? {
    let width = interval.upper.z - interval.lower.z
    guard bulk.pencil == nil, mass * bulk.weight >= 1.5 else { return nil }
    let edge = isUpper ? interval.upper : interval.lower
    // Beside the hard edge at 0 the law is another.
    guard edge.z > 1e-9 * width else { return nil }
    let outward = isUpper ? 1.0 : -1.0
    let s = 1e-3 * width.squareRoot()
    guard let base = sample(edge.contraction, edge.z), let near = sample(beyond: edge, outward * s * s),
      let far = sample(beyond: edge, outward * 4 * s * s)
    else { return nil }
    // The coefficient of √x, the next power cancelled.
    func slope(_ value: (Sample) -> Double) -> Double {
      (4 * (value(near) - value(base)) - (value(far) - value(base))) / (2 * s)
    }
    let density = abs(slope(\.trace))
    let first = (4 * near.remaining - far.remaining) / (2 * s)
    let second = (far.remaining - 2 * near.remaining) / (2 * s * s)
    let shift = (slope(\.rest) + second / first / 2) / density
    let scale = Double.pow(density, -2.0 / 3)
    let tracyWidom = Self.tracyWidomMean * scale
    guard shift.isFinite, density > 0, abs(shift) <= tracyWidom,
      tracyWidom + abs(shift) <= min(width, isUpper ? width : edge.z) / 2
    else { return nil }
    return Law(center: edge.z + outward * shift, scale: scale)
  }

  private func sample(beyond edge: BulkEdge, _ distance: Double) -> Sample? {
    let z = edge.z + distance
    guard z > 0, case .outside(let c)? = bulk.contraction(at: z, guess: Complex(edge.contraction)) else { return nil }
    return sample(c, z)
  }

  private func sample(_ c: Double, _ z: Double) -> Sample? {
    let n = Double(bulk.sampleCount)
    var (second, trace) = (0.0, 0.0)
    for node in bulk.nodes {
      let b = 1 / (c * node.scaled + node.shift - z)
      trace += node.weight * b
      second += node.weight * node.scaled * node.scaled * b * b / n
    }
    var rest = bulk.shrinkage.map { diagonalFluctuations(c, z, shrinkage: $0) } ?? 0
    if hasKnownVariances { rest += lengthFluctuations(c, z, shrinkage: bulk.shrinkage ?? 0) }
    if let frame, !frame.active.isEmpty {
      guard let determinant = frame.equation(contraction: c, z: z).inverseAndDeterminant?.determinant else {
        return nil
      }
      rest += .log(abs(determinant))
    }
    return Sample(remaining: 1 - c * c * second, rest: rest, trace: trace)
  }

  /// The bracket of Ψ.
  private func diagonalFluctuations(_ c: Double, _ z: Double, shrinkage c0: Double) -> Double {
    let n = Double(bulk.sampleCount)
    // What the limit z = 0 gives: b₀, ∂b₀/b₀ and the mixed denominator.
    var (squares, cubes, mixed) = (0.0, 0.0, 0.0)
    var averages = Averages()
    for node in bulk.nodes {
      let (p, w) = (node.scaled, node.weight)
      let start = 1 / (c0 * p + node.shift)
      let b = 1 / (c * p + node.shift - z)
      let share = c0 * p * start
      squares += w * share * share / n
      cubes += w * share * share * share / n
      mixed += w * p * p * start * b * c * c0 / n
      averages.add(share: share, start: start, b: b, product: p * start * b, weight: w)
    }
    let b0 = 1 - squares
    let beta = 2 * (squares - cubes) / b0

    func term(share a: Double, slope: Double, resolvent g: Double, product: Double) -> Double {
      let mean = (3 * a * a - a - slope + a * beta) / (2 * n * b0)
      return -g * mean + 2 / n * c * c0 * product * product / (1 - mixed) - z * g * g * a * a / (n * b0)
    }
    if bulk.fluctuation != nil {
      let a = averages
      return z * bulk.weight
        * term(share: a.share, slope: a.slope, resolvent: a.resolvent, product: a.product)
    }
    return z
      * bulk.nodes.reduce(0) { sum, node in
        let start = 1 / (c0 * node.scaled + node.shift)
        let b = 1 / (c * node.scaled + node.shift - z)
        let a = c0 * node.scaled * start
        return sum + node.weight
          * term(share: a, slope: -a * (1 - a), resolvent: b, product: node.scaled * start * b)
      }
  }

  /// What Ψ is less by where the scatter of the columns' lengths is a part of it.
  private func lengthFluctuations(_ c: Double, _ z: Double, shrinkage c0: Double) -> Double {
    let n = Double(bulk.sampleCount)
    var (own, first, squares, shares) = (0.0, 0.0, 0.0, 0.0)
    for node in bulk.nodes {
      let (p, w) = (node.scaled, node.weight)
      let pb = p / (c * p + node.shift - z)
      own += w * (c - z * c0) * (c - z * c0) * pb * pb
      first += w * pb
      let share = c0 * p / (c0 * p + node.shift)
      squares += w * share * share
      shares += w * share * share * (1 - share)
    }
    guard c0 > 0 else { return own / n }
    return own / n + z * first * 2 * c0 * shares / (n * n * (1 - squares / n))
  }

  /// Means over eigenvalues, where every coordinate is alike: of G, G₀Σ′G, and a_k, ∂a_k from those of R.
  private struct Averages {
    private var weight = 0.0
    private var starts = 0.0
    private var shares = 0.0
    private var kept = 0.0
    private var sharesKept = 0.0
    private var resolvents = 0.0
    private var products = 0.0

    mutating func add(share: Double, start: Double, b: Double, product: Double, weight w: Double) {
      weight += w
      starts += w * start
      shares += w * share * start
      kept += w * (1 - share) * start
      sharesKept += w * share * (1 - share) * start
      resolvents += w * b
      products += w * product
    }

    var share: Double { shares / starts }
    var slope: Double { (share * kept - 2 * sharesKept) / starts }
    var resolvent: Double { resolvents / weight }
    var product: Double { products / weight }
  }
}

extension SpectrumEquivalent {
  /// The mean in z of the least or greatest eigenvalue at this d, to order 1/d beyond the edge; nil where it is not known: see
  /// `ExtremeEigenvalue`. Where the null space of S lies beyond the continuous part, its own place (for the Gram 0).
  public func meanExtreme(isUpper: Bool) -> Double? { meanExtreme(isUpper: isUpper, frame: nil, beyondAtoms: false) }

  /// - Parameter beyondAtoms: whether atoms are passed over.
  func meanExtreme(isUpper: Bool, frame: SpikeFrame?, beyondAtoms: Bool) -> Double? {
    let component = isUpper ? components.last : components.first
    if !beyondAtoms, let atom = isUpper ? atoms.last : atoms.first,
      component.map({ isUpper ? atom.position > $0.upper.z : atom.position < $0.lower.z }) ?? true
    {
      return meanExtreme(atAtom: atom, isUpper: isUpper)
    }
    return component.flatMap { ExtremeEigenvalue(bulk: bulk, frame: frame).mean(of: $0, isUpper: isUpper) }
  }

  /// An atom of the Gram, at 0, is exact; one of the predictor is smeared by the fluctuations of D: its extreme eigenvalue is taken
  /// where the smeared distribution leaves half an eigenvalue.
  private func meanExtreme(atAtom atom: Atom, isUpper: Bool) -> Double? {
    guard bulk.shrinkage != nil else { return atom.position }
    guard bulk.fluctuation != nil else { return nil }
    let target = 0.5 / bulk.weight
    var (inside, outside) = (atom.position, atom.position)
    func tail(_ z: Double) -> Double {
      let below = finiteSizeDistribution(at: z)
      return isUpper ? 1 - below : below
    }
    for _ in 0..<60 {
      outside *= isUpper ? 1.05 : 1 / 1.05
      if !(tail(outside) > target) { break }
      inside = outside
    }
    for _ in 0..<40 {
      let middle = (inside * outside).squareRoot()
      let value = tail(middle)
      guard value.isFinite else { return nil }
      if value > target { inside = middle } else { outside = middle }
    }
    return inside
  }
}

extension OutlierEquivalent {
  /// The mean in z of the least or greatest eigenvalue where no outlier leaves the bulk on that side, the pull of the spikes inside
  /// included; nil where one does, and where the mean is not known: see `ExtremeEigenvalue`.
  public func meanExtreme(isUpper: Bool) -> Double? { meanExtreme(isUpper: isUpper, beyondAtoms: false) }

  func meanExtreme(isUpper: Bool, beyondAtoms: Bool) -> Double? {
    guard let low = spectrum.intervals.first?.lower, let high = spectrum.intervals.last?.upper,
      !outliers.contains(where: { isUpper ? $0.position > high : $0.position < low })
    else { return nil }
    return spectrum.meanExtreme(isUpper: isUpper, frame: frame, beyondAtoms: beyondAtoms)
  }
}
