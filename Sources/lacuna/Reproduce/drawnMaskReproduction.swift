import DeterministicEquivalents
import LacunaFigures
import LacunaStudy

private let counts = [1, 2, 4, 8, 16, 32]
private let keeps = [0.5, 0.8]
private let blockCounts = [2, 4, 10, 20]

extension Reproduction {
  static let masks = Reproduction(
    name: "masks", title: "How many masks a sample",
    caption: """
      Error with every other coordinate visible of predictors trained under M masks drawn for each sample, of an AR(1) chain of \
      correlation 0.7 at n = d, a tenth of the scale's coordinates. (a): against M, by the probability p that a coordinate is \
      kept; lines are theory for just so many masks, the short ones for all of them. The error peaks where the masked copies can \
      just determine the predictor; beyond, the excess over all masks falls as 1/M. (b), at equal budget: each sample seen through the B masks of a partition into interleaved blocks, which hides every coordinate \
      once, or through B masks of the same size drawn at random, and 4B of them, λ the same on the cells that are hidden.
      """,
    example: "partition",
    overrides: { d in
      let coordinates = maskedCoordinates(d) / 20 * 20
      let drawn = keeps.flatMap { keep in
        counts.map { "{mask: {random: {keep: \(keep), masks: \($0)}}, ridge: \(0.05 * (1 - keep))}" }
      }
      let budget = blockCounts.flatMap { blocks -> [String] in
        let list = (0..<blocks).map { b in
          "[" + stride(from: b + 1, through: coordinates, by: blocks).map(String.init).joined(separator: ", ") + "]"
        }
        let size = coordinates - coordinates / blocks
        return ["{mask: {partition: {blocks: [\(list.joined(separator: ", "))]}}, ridge: 0.05}"]
          + [1, 4].map {
            "{mask: {random: {visible: \(size), masks: \($0 * blocks)}}, ridge: \(0.05 / Double(blocks))}"
          }
      }
      return [
        "data={model: ar1, coordinates: \(coordinates), samples: \(coordinates), correlation: 0.7}",
        "experiment.trials=8", "model=" + (drawn + budget).joined(separator: ","),
      ]
    },
    draw: masksFigure,
    compare: { study in
      comparisons(
        study,
        place: { point in
          let masks = mask(study, point)
          return [
            ("masks", masks?.word == "partition" ? "partition" : "random"),
            ("shown", formatBriefly(shown(study, point))),
            ("M", drawnCount(study, point).map(String.init) ?? String(partitionCount(study, point))),
          ]
        }, quantities: [("E, all visible", .fullContextError)])
    })
}

/// The share of coordinates that a mask shows.
private func shown(_ study: StudyResults, _ point: PointResult) -> Double {
  keep(study, point) ?? 1 - 1 / Double(partitionCount(study, point))
}

/// B of a partition written out: the first block holds every Bth coordinate.
private func partitionCount(_ study: StudyResults, _ point: PointResult) -> Int {
  let yaml = mask(study, point)?.yaml ?? ""
  return max(1, yaml.count { $0 == "[" } - 1)
}

@Sendable private func masksFigure(_ study: StudyResults) throws -> Figure {
  guard let stage = study.stages.first else { return Figure(panels: []) }
  let population = try EqualVariancePopulation(stage.model.population)
  let n = stage.sampleCount
  let number = { (point: PointResult) in drawnCount(study, point).map { Double($0) } }
  var left: [Figure.Series] = []
  for (group, p) in keeps.enumerated() {
    let ridge = 0.05 * (1 - p)
    let line = try (0...40).map { step -> Figure.Point in
      let count = max(1, Int(Double.exp(Double(step) / 40 * Double.log(64)).rounded()))
      let theory = try DrawnMaskEquivalent(
        population: population, sampleCount: n, maskCount: count, moments: .init(keep: p), ridge: ridge)
      return Figure.Point(Double(count), theory.fullContextError)
    }
    let all = try BernoulliEquivalent(population: population, sampleCount: n, keep: p, ridge: ridge).fullContextError
    let name = FigureText(plain: "p = \(formatBriefly(p))")
    left += [
      Figure.Series(.line, name: name, group: group, points: line),
      markers(
        .markers, name, group: group, study.points.filter { isLeft(study, $0) && keep(study, $0) == p },
        .fullContextError,
        at: number),
      Figure.Series(
        .line, name: "\(name), all masks", group: group + 2, points: [Figure.Point(16, all), Figure.Point(64, all)]),
    ]
  }
  func budget(_ passes: Int?) -> [PointResult] {
    study.points.filter { point in
      guard !isLeft(study, point) else { return false }
      let blocks = 1 / (1 - shown(study, point))
      guard let passes else { return drawnCount(study, point) == nil }
      return drawnCount(study, point) == Int((Double(passes) * blocks).rounded())
    }
  }
  let blocks = { (point: PointResult) -> Double? in 1 / (1 - shown(study, point)) }
  func line(_ name: FigureText, _ group: Int, _ points: [PointResult]) -> Figure.Series {
    Figure.Series(
      .line, name: name, group: group,
      points: points.compactMap { point in
        guard let x = blocks(point), let y = point[.fullContextError]?.theory else { return nil }
        return Figure.Point(x, y)
      })
  }
  var right: [Figure.Series] = []
  let names: [(FigureText, Int?)] = [("partition", nil), ("B random masks", 1), ("4B random masks", 4)]
  for (group, (name, passes)) in names.enumerated() {
    right += [
      line(name, group, budget(passes)),
      markers(group == 1 ? .openMarkers : .markers, name, group: group, budget(passes), .fullContextError, at: blocks),
    ]
  }
  return Figure(panels: [
    Figure.Panel(
      xLabel: "masks a sample {/:Italic M}", yLabel: "error, all others visible", xLogarithmic: true, series: left),
    Figure.Panel(
      xLabel: "blocks {/:Italic B}", yLabel: "error, all others visible", xLogarithmic: true, series: right),
  ])
}

/// Whether a point is of the left panel: masks of Bernoulli size.
private func isLeft(_ study: StudyResults, _ point: PointResult) -> Bool {
  mask(study, point)?.yaml.contains("keep") ?? false
}
