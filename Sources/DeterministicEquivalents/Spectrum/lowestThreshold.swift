import RealModule

extension OutlierEquivalent {
  /// The ridge at which the joint predictor sees a spike soonest: the λ that lowers θ_c at the top edge most, and that θ_c.
  ///
  /// θ_c(λ) is scanned over λ from 2⁻²⁰ to 2¹⁰ times the mean noise variance and refined by golden sections. Over unequal
  /// independent noise it has only been seen to grow with λ: then λ is 0. Over isotropic noise θ_c = √γ at every ridge, and
  /// any λ is returned.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n.
  /// - Parameter spike: which of the population's spikes; its direction matters, not its strength.
  /// - Returns: λ and θ_c; 0 or infinity for λ where θ_c falls all the way to that end of the range, with θ_c there; nil where
  ///   no ridge gives the spike a threshold.
  public static func lowestThreshold(
    population: SpikedPopulation, sampleCount: Int, spike: Int
  ) throws(PopulationError) -> (ridge: Double, threshold: Double)? {
    guard population.strengths.indices.contains(spike) else {
      throw .invalidArgument(
        name: "spike", value: Double(spike), requirement: "an index below \(population.strengths.count)")
    }
    let mean = blockSum(population.noise.variances) / Double(population.coordinateCount)
    let step = Double.log(2)
    var guess: Double?
    func threshold(_ logarithm: Double) throws(PopulationError) -> Double {
      let frame = try SpikeFrame(predictorOf: population, sampleCount: sampleCount, ridge: Double.exp(logarithm))
      let found = try frame.threshold(of: spike, isUpper: true, guess: guess)
      if let found { guess = found }
      return found ?? .infinity
    }
    let found = try minimize(
      from: Double.log(mean) - 20 * step, step: step, count: 31, tolerance: 1e-4, by: { $0 }, of: threshold)
    guard found.value.isFinite else { return nil }
    let ridge = found.isInterior ? Double.exp(found.argument) : found.argument < Double.log(mean) ? 0 : .infinity
    return (ridge, found.value)
  }
}
