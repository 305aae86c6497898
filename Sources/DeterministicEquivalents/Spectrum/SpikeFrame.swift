/// A spiked population in the coordinates of W: the metric D of every coordinate, the bulk, and the spikes apart.
///
/// D_k = (κ/λ) R_kk under the whole Σ. Where every spike is spread out (d Σ_k u_k⁴ ≤ 4; 3 for a Gaussian direction), R_kk is
/// that of the noise up to a factor whose variation over k is below the order of the theory, and its mean is used: equal noise
/// then keeps D constant. Otherwise each R_kk is taken as it is. A coordinate that a spike dominates
/// (R_kk below 0.8 of the noise's) leaves the bulk and is solved with the spikes.
struct SpikeFrame: Sendable {
  /// θ_j.
  let strengths: [Double]
  /// u_j.
  let directions: [[Double]]
  let noise: DiagonalPopulation
  /// D_k.
  let metric: [Double]
  let ridge: Double
  /// Coordinates outside the bulk.
  let heavy: [Int]
  let bulk: BulkMeasure
  /// Whether D is the noise's but for a factor.
  let isSpread: Bool

  /// The frame of the joint predictor's W.
  init(predictorOf population: SpikedPopulation, sampleCount: Int, ridge: Double) throws(PopulationError) {
    let root = try shrinkage(population, sampleCount: sampleCount, ridge: ridge)
    strengths = population.strengths
    directions = population.directions
    noise = population.noise
    self.ridge = ridge
    let d = population.coordinateCount
    let full = try population.resolventDiagonals(effectiveRidge: root.value).resolvent
    let plain = noise.resolventDiagonals(effectiveRidge: root.value).resolvent
    isSpread = population.hasSpreadSpikes
    if isSpread {
      let factor = blockSum(full) / blockSum(plain)
      heavy = []
      metric = plain.map { $0 * factor / root.shrinkage }
      bulk = BulkMeasure(
        nodes: noise.collapsed(sampleCount: sampleCount).map {
          BulkMeasure.Node(
            eigenvalue: $0.value, metric: factor / (($0.value + root.value) * root.shrinkage), ridge: ridge,
            weight: $0.weight)
        }, sampleCount: sampleCount,
        fluctuation: noise.commonVariance.map { _ in metricFluctuation(root, sampleCount: sampleCount) },
        shrinkage: root.shrinkage)
      return
    }
    let dominated = (0..<d).filter { full[$0] < 0.8 * plain[$0] }
    heavy = dominated
    metric = full.map { $0 / root.shrinkage }
    let variances = noise.variances
    let excluded = Set(dominated)
    let exact = BulkMeasure(
      nodes: (0..<d).filter { !excluded.contains($0) }.map { k in
        BulkMeasure.Node(eigenvalue: variances[k], metric: full[k] / root.shrinkage, ridge: ridge, weight: 1)
      }, sampleCount: sampleCount, shrinkage: root.shrinkage)
    if exact.nodes.count <= 4096 {
      bulk = exact
    } else {
      // Beside so many coordinates the few whose D a spike changes do not show in the bulk.
      let rest = (0..<d).filter { !excluded.contains($0) }.map { variances[$0] }
      bulk = BulkMeasure(
        nodes: collapse(rest, sampleCount: sampleCount).map {
          BulkMeasure.Node(
            eigenvalue: $0.value, metric: 1 / (($0.value + root.value) * root.shrinkage), ridge: ridge,
            weight: $0.weight)
        }, sampleCount: sampleCount, shrinkage: root.shrinkage)
    }
  }

  /// The frame of the Gram: D = I, λ = 0.
  init(gramOf population: SpikedPopulation, sampleCount: Int) throws(PopulationError) {
    strengths = population.strengths
    directions = population.directions
    noise = population.noise
    ridge = 0
    isSpread = true
    heavy = []
    metric = Array(repeating: 1, count: population.coordinateCount)
    bulk = try population.noise.gramBulk(sampleCount: sampleCount)
  }
}

extension SpikedPopulation {
  /// The bulk of the noise, with D under the whole Σ.
  public func predictorBulk(sampleCount: Int, ridge: Double) throws(PopulationError) -> BulkMeasure {
    try SpikeFrame(predictorOf: self, sampleCount: sampleCount, ridge: ridge).bulk
  }

  public func gramBulk(sampleCount: Int) throws(PopulationError) -> BulkMeasure {
    try noise.gramBulk(sampleCount: sampleCount)
  }
}
