import RealModule

extension OutlierEquivalent {
  /// The ridge at which the joint predictor sees a spike soonest: the λ that lowers θ_c at the top edge most, and that θ_c.
  ///
  /// θ_c(λ) is scanned over λ from 2⁻²⁰ to 2¹⁰ times the mean noise variance and refined by golden sections. Over unequal
  /// independent noise it has only been seen to grow with λ: then λ is 0. Over isotropic noise θ_c = √γ at every ridge, and
  /// any λ is returned.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n.
  /// - Parameter spike: which of the population's spikes; its direction matters, its strength hardly (through D alone).
  /// - Returns: λ and θ_c; 0 or infinity for λ where θ_c falls all the way to that end of the range, with θ_c there.
  public static func lowestThreshold(
    population: SpikedPopulation, sampleCount: Int, spike: Int
  ) throws(PopulationError) -> (ridge: Double, threshold: Double) {
    guard population.strengths.indices.contains(spike) else {
      throw .invalidArgument(
        name: "spike", value: Double(spike), requirement: "an index below \(population.strengths.count)")
    }
    let mean = blockSum(population.noise.variances) / Double(population.coordinateCount)
    let step = Double.log(2)
    func threshold(_ logarithm: Double) throws(PopulationError) -> Double {
      let frame = try SpikeFrame(predictorOf: population, sampleCount: sampleCount, ridge: Double.exp(logarithm))
      guard let edge = frame.bulk.support(resolution: 256).last?.upper else {
        throw .noConvergence(what: "the top edge of the bulk")
      }
      return frame.thresholds(at: edge)[spike]
    }
    let found = try minimize(
      from: Double.log(mean) - 20 * step, step: step, count: 31, tolerance: 1e-6, by: { $0 }, of: threshold)
    let ridge = found.isInterior ? Double.exp(found.argument) : found.argument < Double.log(mean) ? 0 : .infinity
    return (ridge, found.value)
  }
}
