import RealModule

extension OutlierEquivalent {
  /// θ_c, the strength at which a spike in this direction leaves the bulk through its top or bottom edge.
  ///
  /// The first root in θ of 1 + θ c u′ᵀG₀u′ = 0 at the edge, D and the edge those of Σ with θ for the spike's strength and the
  /// others as they are: the strength asked does not enter. A spike on few coordinates raises their conditional variance, and D
  /// takes that out again, all of it where there is but one: it never leaves the bulk.
  /// - Parameter spike: which of the population's spikes.
  /// - Parameter isUpper: the top edge, or the bottom one, which negative strengths leave through.
  /// - Returns: θ_c, negative for the bottom edge; nil where no strength with Σ ≻ 0 leaves.
  /// - Throws: `noConvergence` where the edge is not found; as `EffectiveRidge`.
  public func threshold(of spike: Int, isUpper: Bool = true) throws(PopulationError) -> Double? {
    try frame.threshold(of: spike, isUpper: isUpper, guess: nil)
  }
}

extension SpikeFrame {
  /// - Parameter guess: where to look first.
  func threshold(of spike: Int, isUpper: Bool, guess: Double?) throws(PopulationError) -> Double? {
    var search = ThresholdSearch(frame: self, spike: spike, isUpper: isUpper)
    return try search.root(near: guess)
  }
}

/// The search for θ_c of one spike at one edge.
private struct ThresholdSearch {
  let frame: SpikeFrame
  let spike: Int
  let isUpper: Bool
  private var edge: BulkEdge?

  init(frame: SpikeFrame, spike: Int, isUpper: Bool) {
    (self.frame, self.spike, self.isUpper) = (frame, spike, isUpper)
  }

  private var isGram: Bool { frame.bulk.shrinkage == nil }
  private var sign: Double { isUpper ? 1 : -1 }

  /// |θ| up to which Σ ≻ 0 with the other spikes as they are, but for rounding; infinite upwards.
  private func limit() throws(PopulationError) -> Double {
    guard !isUpper else { return .infinity }
    var strengths = frame.strengths
    strengths[spike] = 0
    let rest = try SpikedPopulation(noise: frame.noise, strengths: strengths, directions: frame.directions)
    let forms = rest.spikeForms(effectiveRidge: 0)
    let update = try rest.update(forms).resolvent
    // uᵀΣ⁻¹u, from G − GMG.
    var reduced = forms.gram * update * forms.gram
    for index in reduced.values.indices { reduced.values[index] = forms.gram.values[index] - reduced.values[index] }
    return 1 / reduced[spike, spike]
  }

  mutating func root(near guess: Double?) throws(PopulationError) -> Double? {
    let limit = try limit()
    if frame.isSpread {
      // D is I, or a multiple of the noise's: θ enters through κ alone, to order 1/d.
      var theta = isGram ? frame.strengths[spike] : guess ?? sign * min(scale, limit / 2)
      for _ in 0..<60 {
        let next = try -1 / slope(at: theta)
        guard next.isFinite, next * sign > 0, abs(next) < limit * (1 - 1e-9) else { return nil }
        if isGram || abs(next - theta) <= 1e-12 * abs(next) { return next }
        theta = next
      }
      throw .noConvergence(what: "the threshold of a spike")
    }
    if let guess, let bracket = try bracket(around: guess, limit: limit) { return try refine(bracket) }
    // From far below any threshold to where only the spike's own direction counts.
    var steps: [Double] = []
    var theta = min(1e-3 * scale, limit / 1024)
    while theta < min(1e8 * scale, limit) {
      steps.append(theta)
      theta *= 2
    }
    if limit.isFinite { steps += (3...30).map { limit * (1 - .pow(2, -Double($0))) } }
    steps.sort()
    var previous: (theta: Double, value: Double)?
    for step in steps {
      let value = try value(at: sign * step)
      if value <= 0 {
        guard let previous else { return sign * step }
        return try refine((previous, (step, value)))
      }
      previous = (step, value)
    }
    return nil
  }

  /// The mean variance of the noise where the spike is.
  private var scale: Double {
    let u = frame.directions[spike]
    return u.indices.reduce(0.0) { $0 + u[$1] * u[$1] * (frame.noise.commonVariance ?? frame.noise.variances[$1]) }
  }

  private typealias Bracket = ((theta: Double, value: Double), (theta: Double, value: Double))

  /// |θ| on both sides of the root, the value positive below it; nil where a factor of 8 about the guess holds none.
  private mutating func bracket(around guess: Double, limit: Double) throws(PopulationError) -> Bracket? {
    var current = (theta: abs(guess), value: try value(at: guess))
    let factor = current.value > 0 ? 1.4 : 1 / 1.4
    for _ in 0..<6 {
      let theta = current.theta * factor
      guard theta < limit else { return nil }
      let next = (theta: theta, value: try value(at: sign * theta))
      if (next.value > 0) != (current.value > 0) { return current.value > 0 ? (current, next) : (next, current) }
      current = next
    }
    return nil
  }

  /// Regula falsi with the Illinois halving, in ln θ, bisecting now and then.
  private mutating func refine(_ bracket: Bracket) throws(PopulationError) -> Double {
    var (low, high) = bracket
    for iteration in 0..<100 where high.theta - low.theta > 1e-12 * high.theta {
      let share = iteration % 4 == 3 ? 0.5 : low.value / (low.value - high.value)
      let theta = low.theta * .pow(high.theta / low.theta, min(1 - 1e-3, max(1e-3, share)))
      guard theta > low.theta, theta < high.theta else { break }
      let found = try value(at: sign * theta)
      if found > 0 {
        low = (theta, found)
        high.value /= 2
      } else {
        high = (theta, found)
        low.value /= 2
      }
    }
    return sign * (low.theta * high.theta).squareRoot()
  }

  /// 1 + θ c u′ᵀG₀u′.
  private mutating func value(at theta: Double) throws(PopulationError) -> Double {
    1 + theta * (try slope(at: theta))
  }

  /// c u′ᵀG₀u′ at the edge, under the given strength.
  private mutating func slope(at theta: Double) throws(PopulationError) -> Double {
    var moved = frame
    if !isGram {
      var strengths = frame.strengths
      strengths[spike] = theta
      moved = try SpikeFrame(
        predictorOf: SpikedPopulation(noise: frame.noise, strengths: strengths, directions: frame.directions),
        sampleCount: frame.bulk.sampleCount, ridge: frame.ridge)
    }
    // The edge moves little from one strength to the next.
    let near = edge.flatMap { moved.bulk.polish($0, in: $0.z * 0.95...$0.z * 1.05) }
    let support = near == nil ? moved.bulk.support(resolution: 512) : []
    guard let edge = near ?? (isUpper ? support.last?.upper : support.first?.lower) else {
      throw .noConvergence(what: "the edge of the bulk")
    }
    self.edge = edge
    let common = frame.noise.commonVariance
    let variances = common == nil ? frame.noise.variances : []
    let (metric, ridge, u) = (moved.metric, frame.ridge, frame.directions[spike])
    let form = u.indices.reduce(0.0) { sum, k in
      sum + metric[k] * u[k] * u[k] / (metric[k] * (edge.contraction * (common ?? variances[k]) + ridge) - edge.z)
    }
    return edge.contraction * form
  }
}
