import DeterministicEquivalents
import LacunaFigures
import LacunaStudy
import MaskedRegression
import RealModule

private let recoveryQuantities: [Compared] = [
  ("top eigenvalue", .outlier), ("overlap, masked", .overlap), ("overlap, PCA", .principalOverlap),
]

private func strength(_ point: PointResult) -> Double {
  Double(point.parameters["data.spikes.0.strength"] ?? "") ?? .nan
}

extension Reproduction {
  static let transition = Reproduction(
    name: "transition", title: "When a signal shows: equal noise",
    caption: """
      The top eigenvalue of the predictor, and the squared overlap of its eigenvector with the spike, against the spike's \
      strength θ. Below the threshold √(d/n) there is no trace of the spike, neither in the masked regression nor in \
      principal components; above it an eigenvalue leaves the bulk.
      """,
    example: "transition",
    overrides: { d in
      [
        "data.coordinates=\(d)", samples([2], d), "experiment.trials=8",
        "data.spikes.0.strength=0.15,0.3,0.45,1,1.2,1.5,1.9,2.4,3",
      ]
    },
    draw: { study in try recoveryFigure(study, logarithmic: false) },
    compare: { study in
      comparisons(study, place: { [("θ", formatBriefly(strength($0)))] }, quantities: recoveryQuantities)
    },
    live: "spread=0&ratio=2&ridge=0.1&strength=1")

  static let beyondPCANoise = Reproduction(
    name: "beyond-pca-noise", title: "When a signal shows: unequal noise",
    caption: """
      The same under noise variances that differ by a factor of 20. The masked regression weighs each coordinate by how \
      badly the others predict it, and sees a spike at a fifth of the strength that principal components need.
      """,
    example: "unequal-noise",
    overrides: { d in
      [
        "data.coordinates=\(d)", samples([2], d), "experiment.trials=8", "model.ridge=0.05",
        "measure=errors,recovery", "data.noise.variances={geometric: [0.157187, 3.157187]}",
        "data.spikes.0.strength=0.1,0.2,0.6,0.8,1.2,3,4,6",
      ]
    },
    draw: { study in try recoveryFigure(study, logarithmic: true) },
    compare: { study in
      comparisons(study, place: { [("θ", formatBriefly(strength($0)))] }, quantities: recoveryQuantities)
    },
    live: "spread=1.5&ratio=2&ridge=0.05&strength=0.8")

  static let phaseDiagram = Reproduction(
    name: "phase-diagram", title: "Who recovers the signal",
    caption: """
      The thresholds of both methods by theory, over the spread of the noise variances (from e⁻ʰ to eʰ, mean 1) and the \
      strength of the spike, with simulated points: between the lines only the masked regression recovers the spike. A \
      method counts as recovering it where the squared overlap is above 0.1.
      """,
    example: "unequal-noise",
    overrides: { d in
      let noise = [0, 0.75, 1.5].map { spread in
        let mean = spread == 0 ? 1 : Double.sinh(spread) / spread
        return "{geometric: [\(Double.exp(-spread) / mean), \(Double.exp(spread) / mean)]}"
      }
      return [
        "data.coordinates=\(d)", samples([2], d), "experiment.trials=5", "model.ridge=0.05", "measure=errors,recovery",
        "data.noise.variances=" + noise.joined(separator: ","), "data.spikes.0.strength=0.3,0.85,1.4,4",
      ]
    },
    draw: phaseFigure,
    compare: { study in
      comparisons(
        study,
        place: { [("h", formatBriefly(spread(study, $0))), ("θ", formatBriefly(strength($0)))] },
        quantities: Array(recoveryQuantities.dropFirst()))
    },
    live: "spread=0.75&ratio=2&ridge=0.05&strength=0.85")
}

/// What theory says of one spike at a strength.
private struct Expected {
  var strength, top, overlap, principalOverlap: Double
}

/// Theory along θ, the thresholds themselves included.
private func expectations(_ stage: Experiment.Stage, logarithmic: Bool, over range: ClosedRange<Double>) throws
  -> (curve: [Expected], threshold: Double, principalThreshold: Double)
{
  guard let population = stage.model.population.spiked else { return ([], .nan, .nan) }
  func theory(_ strength: Double) throws -> (masked: OutlierEquivalent, principal: OutlierEquivalent) {
    let spiked = try SpikedPopulation(
      noise: population.noise, strengths: [strength], directions: population.directions)
    return (
      try OutlierEquivalent(predictorOf: spiked, sampleCount: stage.sampleCount, ridge: stage.ridges[0]),
      try OutlierEquivalent(gramOf: spiked, sampleCount: stage.sampleCount)
    )
  }
  let middle = try theory((range.lowerBound * range.upperBound).squareRoot())
  let thresholds = try [middle.masked, middle.principal].map { try $0.threshold(of: 0) ?? .nan }
  let count = 60
  var strengths = (0...count).map { step in
    let part = Double(step) / Double(count)
    return logarithmic
      ? range.lowerBound * Double.exp(part * Double.log(range.upperBound / range.lowerBound))
      : range.lowerBound + part * (range.upperBound - range.lowerBound)
  }
  // The overlap rises steeply from its threshold.
  for threshold in thresholds {
    strengths += [1, 1.005, 1.015, 1.03, 1.06].map { $0 * threshold }.filter { range.contains($0) }
  }
  let curve = try strengths.sorted().map { strength in
    let (masked, principal) = try theory(strength)
    let edge = SpectrumEquivalent.predictorEigenvalue(masked.edges.last?.position ?? .nan)
    return Expected(
      strength: strength, top: masked.outliers.first.map { max($0.predictorEigenvalue, edge) } ?? edge,
      overlap: masked.outliers.first?.overlaps[0].symmetrized ?? 0,
      principalOverlap: principal.outliers.first?.overlaps[0].symmetrized ?? 0)
  }
  return (curve, thresholds[0], thresholds[1])
}

private func recoveryFigure(_ study: StudyResults, logarithmic: Bool) throws -> Figure {
  let strengths = study.points.map(strength)
  let range = (logarithmic ? strengths.min() ?? 0.1 : 0.02)...(strengths.max() ?? 1)
  let (curve, threshold, principal) = try expectations(study.stages[0], logarithmic: logarithmic, over: range)
  func measured(_ name: FigureText?, _ group: Int, _ quantity: QuantityName) -> Figure.Series {
    markers(group == 0 ? .markers : .openMarkers, name, group: group, study.points, quantity, at: strength)
  }
  func line(_ name: FigureText?, _ group: Int, _ value: (Expected) -> Double) -> Figure.Series {
    Figure.Series(.line, name: name, group: group, points: curve.map { Figure.Point($0.strength, value($0)) })
  }
  let same = abs(threshold - principal) < 0.02 * principal
  let own = Figure.Mark(threshold, same ? "θ_c" : "θ_c masked")
  let both = same ? [own] : [own, Figure.Mark(principal, "θ_c PCA")]
  return Figure(panels: [
    Figure.Panel(
      xLabel: "strength of the spike θ", yLabel: "top eigenvalue of Â", xLogarithmic: logarithmic,
      series: [line("masked", 0, \.top), measured("masked", 0, .outlier)], verticalMarks: [own]),
    Figure.Panel(
      xLabel: "strength of the spike θ", yLabel: "squared overlap with the spike", xLogarithmic: logarithmic,
      yRange: 0...1,
      series: [
        line("masked", 0, \.overlap), measured("masked", 0, .overlap), line("PCA", 1, \.principalOverlap),
        measured("PCA", 1, .principalOverlap),
      ], verticalMarks: both),
  ])
}

/// h: half the logarithm of the ratio of the extreme noise variances.
private func spread(_ study: StudyResults, _ point: PointResult) -> Double {
  let stage = study.origin(of: point)?.stage
  guard let variances = stage?.model.population.spiked?.noise.variances, let low = variances.min(),
    let high = variances.max()
  else { return 0 }
  return Double.log(high / low) / 2
}

@Sendable private func phaseFigure(_ study: StudyResults) throws -> Figure {
  guard let population = study.stages[0].model.population.spiked else { return Figure(panels: []) }
  let stage = study.stages[0]
  let d = population.coordinateCount
  var masked: [Figure.Point] = []
  var principal: [Figure.Point] = []
  for step in 0...16 {
    let h = 0.1 * Double(step)
    let raw = (0..<d).map { Double.exp(h * (2 * Double($0) / Double(d - 1) - 1)) }
    let mean = raw.reduce(0, +) / Double(d)
    let spiked = try SpikedPopulation(
      variances: raw.map { $0 / mean }, strengths: [0.5], directions: population.directions)
    let own = try OutlierEquivalent(predictorOf: spiked, sampleCount: stage.sampleCount, ridge: stage.ridges[0])
    let rival = try OutlierEquivalent(gramOf: spiked, sampleCount: stage.sampleCount)
    if let threshold = try own.threshold(of: 0) { masked.append(Figure.Point(h, threshold)) }
    if let threshold = try rival.threshold(of: 0) { principal.append(Figure.Point(h, threshold)) }
  }
  var outcomes: [[Figure.Point]] = [[], [], []]
  for point in study.points {
    guard let own = point[.overlap]?.mean, let rival = point[.principalOverlap]?.mean else { continue }
    let outcome = own > 0.1 ? (rival > 0.1 ? 2 : 1) : 0
    outcomes[outcome].append(Figure.Point(spread(study, point), strength(point)))
  }
  let names: [FigureText] = ["neither", "masked alone", "both"]
  let kinds: [Figure.Series.Kind] = [.openMarkers, .markers, .markers]
  return Figure(panels: [
    Figure.Panel(
      xLabel: "spread of the noise h", yLabel: "strength of the spike θ", yLogarithmic: true, xRange: -0.1...1.7,
      yRange: 0.15...5,
      series: [
        Figure.Series(.line, name: "threshold, masked", group: 0, points: masked),
        Figure.Series(.line, name: "threshold, PCA", group: 1, points: principal),
      ]
        + zip(outcomes, zip(names, kinds)).enumerated().compactMap { group, entry in
          entry.0.isEmpty
            ? nil : Figure.Series(entry.1.1, name: entry.1.0, group: group + 2, points: entry.0)
        })
  ])
}
