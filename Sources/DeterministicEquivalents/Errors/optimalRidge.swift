import RealModule

extension ErrorEquivalent {
  /// The ridge that minimises the mean generalisation error, and that error.
  ///
  /// The error is scanned over λ(κ) on a logarithmic grid of κ above its ridgeless value and the best interval refined by
  /// golden sections; both ends count too. `ridge` is 0 where the error only grows with λ (its value there is the limit
  /// λ → 0⁺), and infinity where it only falls, as for independent coordinates, whose best prediction is 0: the error is then
  /// the mean variance. Several local minima are told apart only as far as the grid (a factor of two in κ) separates them.
  /// - Parameter population: Σ.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Returns: λ to about √ε relative, as any search on values alone.
  public static func optimalRidge(
    population: some Population, sampleCount: Int
  ) throws(PopulationError) -> (ridge: Double, error: Double) {
    try requirePositive(sampleCount, "sample count")
    let d = population.coordinateCount
    let n = Double(sampleCount)
    let mean = blockSum(population.variances) / Double(d)
    var best = (ridge: Double.infinity, error: mean)
    var floor = 0.0
    if sampleCount != d {
      let limit = try EffectiveRidge(population: population, sampleCount: sampleCount, ridge: 0)
      floor = limit.value
      let error = try meanError(population, at: limit, sampleCount: sampleCount)
      if error < best.error { best = (0, error) }
    }

    func evaluate(_ logarithm: Double) throws(PopulationError) -> (ridge: Double, error: Double) {
      let offset = Double.exp(logarithm)
      let kappa = floor + offset
      let traces = try population.resolventTraces(effectiveRidge: kappa)
      let share = (n - Double(d) + kappa * traces.resolvent) / n
      guard share > 0 else { return (0, .infinity) }
      let root = EffectiveRidge(value: kappa, traces: traces, shrinkage: share)
      return (kappa * share, try meanError(population, at: root, sampleCount: sampleCount))
    }

    let step = Double.log(2)
    let found = try minimize(
      from: Double.log(mean) - 26 * step, step: step, count: 47, tolerance: 1e-9, by: \.error, of: evaluate)
    return found.isInterior && found.value.error < best.error ? found.value : best
  }
}

private func meanError(
  _ population: some Population, at root: EffectiveRidge, sampleCount: Int
) throws(PopulationError) -> Double {
  let errors = try conditionalErrors(population, effectiveRidge: root.value)
  return blockSum(errors) / Double(errors.count) / remainingVariance(root, sampleCount: sampleCount)
}
