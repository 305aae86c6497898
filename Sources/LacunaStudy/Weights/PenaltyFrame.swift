import DeterministicEquivalents
import LacunaAlgebra

/// A population at one ridge in units in which the penalty is that of one ridge for all, and its errors.
///
/// With weights w the predictor is W^½ÃW^(−½), Ã the plain one of W^(−½)ΣW^(−½): eigenvalues, outliers and overlaps are those of
/// the population in these units, errors w times.
struct PenaltyFrame: Sendable {
  /// W^(−½)ΣW^(−½), or Σ itself where the weights are one number.
  let population: any Population
  /// λ of that population: where the weights are one number, that times λ.
  let ridge: Double
  /// What coordinates are divided by squared; nil stands for ones.
  let squares: [Double]?
  /// In the data's own units.
  let errors: ErrorEquivalent
  /// To order 1/n; nil where that is not known.
  let finiteSize: FiniteSizeErrors?

  /// |W^(−½)u|²: what a strength along u is times in these units.
  func scale(of direction: [Double]) -> Double {
    guard let squares else { return 1 }
    return zip(direction, squares).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }
  }
}

/// Theory under one choice of weights at any n and ridge.
struct PenaltyFrames {
  let model: CovarianceModel
  let weights: WeightConfiguration
  /// Given weights.
  let values: [Double]?
  let excessKurtosis: Double
  let device: any Backend<Double>

  /// - Throws: what `WeightConfiguration.values` throws.
  init(
    _ model: CovarianceModel, weights: WeightConfiguration, excessKurtosis: Double, device: some Backend<Double>
  ) throws {
    self.model = model
    self.weights = weights
    self.excessKurtosis = excessKurtosis
    self.device = device
    values = try weights.values(count: model.coordinateCount)
  }

  /// - Throws: `PopulationError`: `unsupported` where Σ has no structure for such weights and is too large for a dense one,
  ///   `noConvergence` where weights do not settle.
  func frame(sampleCount n: Int, ridge: Double) throws -> PenaltyFrame {
    let population = model.population
    switch weights {
    case .uniform: return try frame(of: population, n, ridge: ridge, weight: 1)
    case .list, .linear, .geometric, .file:
      return try frame(n, ridge: ridge, weights: values ?? [], kind: nil)
    case .variance: return try frame(n, ridge: ridge, weights: population.variances, kind: .variance)
    case .selfWeighted:
      if population.hasEqualCoordinates, population.spiked == nil {
        let learned = try SelfWeightedEquivalent(equalCoordinates: population, sampleCount: n, ridge: ridge)
        return try frame(of: population, n, ridge: ridge, weight: learned.weights[0], kind: .selfWeighted)
      }
      let own = try rescalable(upTo: MaskTheory.largestIterated)
      let learned = try SelfWeightedEquivalent(population: own, sampleCount: n, ridge: ridge)
      return try rescaled(own, n, ridge: ridge, weights: learned.weights, kind: .selfWeighted)
    }
  }

  private func frame(
    of population: any Population, _ n: Int, ridge: Double, weight: Double, kind: DataWeights? = nil
  ) throws -> PenaltyFrame {
    let errors = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge * weight)
    return PenaltyFrame(
      population: population, ridge: ridge * weight, squares: nil, errors: errors,
      finiteSize: try finiteSize(population, n, ridge: ridge * weight, limit: errors, kind: kind))
  }

  private func finiteSize(
    _ population: some Population, _ n: Int, ridge: Double, limit: ErrorEquivalent, kind: DataWeights?
  ) throws -> FiniteSizeErrors? {
    guard let kind else {
      return try FiniteSizeErrors(
        population: population, sampleCount: n, ridge: ridge, limit: limit, excessKurtosis: excessKurtosis)
    }
    return try FiniteSizeErrors(
      population: population, weights: kind, sampleCount: n, ridge: ridge, limit: limit,
      excessKurtosis: excessKurtosis)
  }

  /// - Parameter kind: how the weights are made of the data; nil where they are not.
  private func frame(_ n: Int, ridge: Double, weights: [Double], kind: DataWeights?) throws -> PenaltyFrame {
    if weights.allSatisfy({ $0 == weights[0] }) {
      return try frame(of: model.population, n, ridge: ridge, weight: weights[0], kind: kind)
    }
    return try rescaled(
      try rescalable(upTo: MaskTheory.largestDense), n, ridge: ridge, weights: weights, kind: kind)
  }

  private func rescaled(
    _ own: some RescalablePopulation, _ n: Int, ridge: Double, weights: [Double], kind: DataWeights?
  ) throws -> PenaltyFrame {
    let population = try own.rescaled(by: weights.map { 1 / $0.squareRoot() })
    let errors = try ErrorEquivalent(rescaled: population, sampleCount: n, ridge: ridge, weights: weights)
    return PenaltyFrame(
      population: population, ridge: ridge, squares: weights, errors: errors,
      finiteSize: try finiteSize(population, n, ridge: ridge, limit: errors, kind: kind))
  }

  /// Σ by its structure where that takes any weights, else as a dense matrix.
  private func rescalable(upTo order: Int) throws -> any RescalablePopulation {
    if let own = model.population as? any RescalablePopulation, !(own is CirculantPopulation) { return own }
    let d = model.coordinateCount
    guard d <= order else {
      throw PopulationError.unsupported(
        reason: "theory of this covariance with weights that differ takes eigensolves of order d, of at most \(order) "
          + "coordinates, not \(d); simulate it, or use weights that are one number")
    }
    return try dense(on: device)
  }

  private func dense(on device: some Backend<Double>) throws -> any RescalablePopulation {
    try DensePopulation(
      covariance: model.covariance(on: device), coordinateCount: model.coordinateCount, backend: device)
  }
}
