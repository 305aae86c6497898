import DeterministicEquivalents
import LacunaFigures
import LacunaStudy
import RealModule

private let spreads = [0, 0.5, 1, 1.5, 2]
private let ridges = [0.03, 0.1, 0.3, 1, 3]
private let kinds = ["uniform", "variance", "self"]
private let factorCount = 5

extension Reproduction {
  static let selfWeighted = Reproduction(
    name: "self-weighted", title: "Weights that the data learn",
    caption: """
      Noise variances from e⁻ʰ to eʰ of mean 1, five factors that give each coordinate half of that again, three samples to four \
      coordinates. (a): error against the spread h, each at the best of five ridges: with one ridge for all coordinates, with the \
      columns' variances for weights, with weights learned as the errors that they lead to, with the noise itself for weights (an \
      oracle), of principal components of the best rank, and Bayes' error. Learned weights do as well as the oracle. (b): \
      the strength at which one spike leaves the bulk, two samples a coordinate, ridge 0.05: the predictor divides coordinates by \
      their conditional variances whatever the weights, so that all stay far below principal components.
      """,
    example: "unequal-noise",
    overrides: { d in
      let coordinates = max(50, d / 2)
      let spikes = (0..<factorCount).map { _ in "{strength: \(Double(coordinates) / 10)}" }
      let noise = spreads.map { spread in
        let (low, high) = noiseRange(spread)
        return "{geometric: [\(low), \(high)]}"
      }
      let list = ridges.map { "\($0)" }.joined(separator: ", ")
      return [
        "data.coordinates=\(coordinates)", samples([0.75], coordinates), "experiment.trials=6",
        "data.spikes=[\(spikes.joined(separator: ", "))]", "data.noise.variances=" + noise.joined(separator: ","),
        "model=" + kinds.map { "{weights: \($0), ridge: [\(list)]}" }.joined(separator: ","), "measure=errors,pca",
      ]
    },
    draw: selfWeightedFigure,
    compare: { study in
      spreads.flatMap { spread in
        kinds.compactMap { kind in
          guard let point = best(study, kind, spread), let statistic = point[.generalizationError] else { return nil }
          return Comparison(
            place: [("h", formatBriefly(spread)), ("weights", kind), ("ridge", formatBriefly(point.ridge))],
            quantity: "E_gen", statistic: statistic)
        }
      }
    })
}

/// The extreme noise variances: e^∓h over their mean.
private func noiseRange(_ spread: Double) -> (low: Double, high: Double) {
  let mean = spread == 0 ? 1 : Double.sinh(spread) / spread
  return (Double.exp(-spread) / mean, Double.exp(spread) / mean)
}

/// Of the ridges at one spread and kind of weights the point whose theory errs least.
private func best(_ study: StudyResults, _ kind: String, _ spread: Double) -> PointResult? {
  let (low, high) = noiseRange(spread)
  let points = study.points.filter {
    $0.parameters["data.noise.variances"] == "{geometric: [\(low), \(high)]}"
      && ($0.parameters["model"]?.contains("weights: \(kind),") ?? false)
  }
  func theory(_ point: PointResult) -> Double { point[.generalizationError]?.theory ?? .infinity }
  return points.min { theory($0) < theory($1) }
}

/// Noise of mean variance about 1 at a spread, and spikes in the directions of a study.
private func population(
  _ stage: Experiment.Stage, spread: Double, strengths: [Double]
) throws -> SpikedPopulation {
  let (low, high) = noiseRange(spread)
  let d = stage.model.coordinateCount
  return try SpikedPopulation(
    variances: (0..<d).map { low * Double.exp(Double($0) / Double(d - 1) * Double.log(high / low)) },
    strengths: strengths, directions: Array(stage.model.spikeDirections.prefix(strengths.count)))
}

/// w of each kind at a ridge; nil stands for ones.
private func weights(
  _ kind: String, _ population: SpikedPopulation, sampleCount: Int, ridge: Double
) throws -> [Double]? {
  switch kind {
  case "variance": population.variances
  case "self": try SelfWeightedEquivalent(population: population, sampleCount: sampleCount, ridge: ridge).weights
  case "oracle": population.noise.variances
  default: nil
  }
}

@Sendable private func selfWeightedFigure(_ study: StudyResults) throws -> Figure {
  guard let stage = study.stages.first else { return Figure(panels: []) }
  let n = stage.sampleCount
  let steps = (0...16).map { Double($0) / 8 }
  let names: [(kind: String, name: FigureText)] = [
    ("uniform", "one ridge"), ("variance", "variances"), ("self", "learned"), ("oracle", "oracle"),
  ]
  let strength = Double(stage.model.coordinateCount) / 10
  func error(_ kind: String, _ spread: Double) throws -> Double {
    let population = try population(
      stage, spread: spread, strengths: [Double](repeating: strength, count: factorCount))
    return try ridges.map { ridge in
      guard let w = try weights(kind, population, sampleCount: n, ridge: ridge) else {
        return try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge).generalizationError
      }
      return try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge, weights: w).generalizationError
    }.min() ?? .nan
  }
  var errors: [Figure.Series] = []
  for (group, (kind, name)) in names.enumerated() {
    errors.append(
      Figure.Series(
        .line, name: name, group: group, points: try steps.map { Figure.Point($0, try error(kind, $0)) }))
    guard kind != "oracle" else { continue }
    errors.append(
      Figure.Series(
        .markers, name: name, group: group,
        points: spreads.compactMap { spread in
          guard let value = best(study, kind, spread)?[.generalizationError], let mean = value.mean else { return nil }
          return Figure.Point(spread, mean, error: value.standardError)
        }))
  }
  errors.append(
    Figure.Series(
      .openMarkers, name: "PCA", group: 4,
      points: spreads.compactMap { spread in
        guard let value = best(study, "uniform", spread)?[.principalError], let mean = value.mean else { return nil }
        return Figure.Point(spread, mean, error: value.standardError)
      }))
  errors.append(
    Figure.Series(
      .line, name: "Bayes", group: 5,
      points: try steps.map { spread in
        let population = try population(
          stage, spread: spread, strengths: [Double](repeating: strength, count: factorCount))
        let floors = try population.precisionDiagonal()
        return Figure.Point(spread, floors.reduce(0) { $0 + 1 / $1 } / Double(floors.count))
      }))
  return Figure(panels: [
    Figure.Panel(xLabel: "spread of the noise h", yLabel: "E_{gen}", series: errors),
    try thresholds(stage, steps: steps, names: names),
  ])
}

/// θ_c of one spike against the spread, at two samples a coordinate.
private func thresholds(
  _ stage: Experiment.Stage, steps: [Double], names: [(kind: String, name: FigureText)]
) throws -> Figure.Panel {
  let n = 2 * stage.model.coordinateCount
  var series: [Figure.Series] = []
  for (group, (kind, name)) in names.enumerated() {
    let points = try steps.compactMap { spread -> Figure.Point? in
      let population = try population(stage, spread: spread, strengths: [0.5])
      guard let w = try weights(kind, population, sampleCount: n, ridge: 0.05) else {
        let plain = try OutlierEquivalent(predictorOf: population, sampleCount: n, ridge: 0.05)
        return try plain.threshold(of: 0).map { Figure.Point(spread, $0) }
      }
      let rescaled = try population.rescaled(by: w.map { 1 / $0.squareRoot() })
      let scale = rescaled.strengths[0] / population.strengths[0]
      let weighted = try OutlierEquivalent(predictorOf: rescaled, sampleCount: n, ridge: 0.05)
      return try weighted.threshold(of: 0).map { Figure.Point(spread, $0 / scale) }
    }
    series.append(Figure.Series(.line, name: name, group: group, points: points))
  }
  let principal = try steps.compactMap { spread -> Figure.Point? in
    let population = try population(stage, spread: spread, strengths: [0.5])
    return try OutlierEquivalent(gramOf: population, sampleCount: n).threshold(of: 0).map { Figure.Point(spread, $0) }
  }
  series.append(Figure.Series(.line, name: "PCA", group: 4, points: principal))
  return Figure.Panel(
    xLabel: "spread of the noise h", yLabel: "threshold of a spike θ_c", yLogarithmic: true, series: series)
}
