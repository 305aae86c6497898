import DeterministicEquivalents
import LacunaFigures
import LacunaStudy
import RealModule

/// Coordinates of the studies of masks at scale d: drawn masks multiply the samples by as many as there are, and a pass over
/// them all is taken at every step of the solver.
func maskedCoordinates(_ d: Int) -> Int { max(60, d / 10) }

private let sampledCounts = [1, 4, 16, 64]

extension Reproduction {
  static let maskingRatio = Reproduction(
    name: "masking-ratio", title: "How much to hide",
    caption: """
      Error with every other coordinate visible of predictors trained under Bernoulli masks, against the probability p that \
      a coordinate is kept, for blocks of correlated coordinates, at a tenth of the scale's coordinates. Masking acts as a \
      ridge where λ itself is small: hide too little and the predictor overfits, too much and it is biased; the best p by \
      theory is marked with its n/d. (b), at n = d: M masks drawn for each sample, with theory for just so many; few of them can just determine the predictor, where the error peaks. The table has the gap to that limit, \
      draw by draw, and its rate: the slope of ln gap against ln M. At so few coordinates simulation lies a few percent \
      above theory, which leaves out terms of order 1/d, and no theory \
      stands in the table beside the peak, whose height is not that of the limit.
      """,
    example: "masking-ratio",
    overrides: { d in
      let closed = [0.3, 0.5, 0.7, 0.8, 0.9, 0.96].map { "{bernoulli: {keep: \($0)}}" }
      let drawn = [0.5, 0.8].flatMap { keep in
        sampledCounts.map { "{random: {keep: \(keep), masks: \($0)}}" }
      }
      let coordinates = maskedCoordinates(d)
      return [
        "data={model: block, blocks: \(max(2, coordinates / 20)), correlation: 0.5, coordinates: \(coordinates)}",
        samples([0.5, 1, 2], coordinates), "experiment.trials=6", "model.ridge=1.0e-5",
        "model.mask=" + (closed + drawn).joined(separator: ","),
      ]
    },
    draw: maskingRatioFigure,
    compare: { study in
      comparisons(
        study,
        place: { point in
          [
            ("n/d", ratioText(point)), ("p", formatBriefly(keep(study, point) ?? .nan)),
            ("M", drawnCount(study, point).map(String.init) ?? "all"),
          ]
        }, quantities: [("E, all visible", .fullContextError)]
      ) { point in besidePeak(study, point) } + gaps(study)
    })

  static let partition = Reproduction(
    name: "partition", title: "Fully explored partitions against random masks",
    caption: """
      The variance of the predictor, E‖Â − EÂ‖²/d over data and masks, when each sample is seen through the B masks of a \
      partition into B blocks, every coordinate hidden exactly once, or through B random masks of the same size, as many \
      hidden cells left to chance; and through 4B of them. Lines are theory, for just so many masks. Random masks add their own noise to that of the data. One spread-out spike, n = 2d, and the same λ for all on \
      the cells that are hidden, at a tenth of the scale's coordinates.
      """,
    example: "partition",
    overrides: { d in
      let coordinates = maskedCoordinates(d)
      let models = [2, 4, 10, 20].flatMap { blocks -> [String] in
        let visible = coordinates - coordinates / blocks
        let ridge = 0.05 / Double(blocks)
        return ["{mask: {partition: {blocks: \(blocks)}}, ridge: 0.05}"]
          + [1, 4].map { passes in
            "{mask: {random: {visible: \(visible), masks: \(passes * blocks)}}, ridge: \(ridge)}"
          }
      }
      return [
        "data={model: spiked, coordinates: \(coordinates), samples: \(2 * coordinates), spikes: [{strength: 5.0}]}",
        "experiment.trials=8", "model=" + models.joined(separator: ","), "measure=errors,variance",
      ]
    },
    draw: partitionFigure,
    compare: { study in
      comparisons(
        study, place: { point in [("B", String(blocks(study, point))), ("masks", maskName(study, point))] },
        quantities: [
          ("variance", .predictorVariance), ("E, all visible", .fullContextError),
        ])
    })
}

// MARK: Masking ratio

func mask(_ study: StudyResults, _ point: PointResult) -> MaskConfiguration? {
  study.origin(of: point)?.stage.point.configuration.mask
}

func keep(_ study: StudyResults, _ point: PointResult) -> Double? {
  mask(study, point)?.visibleShare(coordinateCount: point.coordinateCount)
}

/// Whether drawn masks leave about as many masked copies that count as there are coordinates. At so small a ridge the error peaks
/// there, without bound as d grows, and its limit says nothing of it at a few dozen coordinates.
private func besidePeak(_ study: StudyResults, _ point: PointResult) -> Bool {
  guard let count = drawnCount(study, point), let keep = keep(study, point) else { return false }
  let copies = Double(count) * (1 - keep) * point.samplesPerCoordinate
  return copies > 0.5 && copies < 2
}

/// M; nil for all masks.
func drawnCount(_ study: StudyResults, _ point: PointResult) -> Int? { mask(study, point)?.drawnMasks }

@Sendable private func maskingRatioFigure(_ study: StudyResults) throws -> Figure {
  let counts = Set(study.points.map(\.sampleCount)).sorted()
  func theory(_ name: FigureText, _ group: Int, _ n: Int) throws -> (series: Figure.Series, best: Double) {
    let stage = study.stages.first { $0.sampleCount == n }!
    let population = try EqualVariancePopulation(stage.model.population)
    let line = try (0...60).map { step -> Figure.Point in
      let p = 0.25 + 0.74 * Double(step) / 60
      let errors = try BernoulliEquivalent(population: population, sampleCount: n, keep: p, ridge: stage.ridges[0])
      return Figure.Point(p, errors.fullContextError)
    }
    let best = try BernoulliEquivalent.bestMaskingRatio(population: population, sampleCount: n, ridge: stage.ridges[0])
      .keep
    return (Figure.Series(.line, name: name, group: group, points: line), best)
  }
  let d = Double(study.points[0].coordinateCount)
  var closed: [Figure.Series] = []
  var marks: [Figure.Mark] = []
  for (group, n) in counts.enumerated() {
    let ratio = formatBriefly(Double(n) / d)
    let name = FigureText(plain: "n/d = \(ratio)")
    let (line, best) = try theory(name, group, n)
    marks.append(Figure.Mark(best, FigureText(plain: "best, n/d = \(ratio)")))
    closed += [
      line,
      markers(
        .markers, name, group: group, study.points.filter { $0.sampleCount == n && drawnCount(study, $0) == nil },
        .fullContextError, at: { keep(study, $0) }),
    ]
  }
  let middle = counts[counts.count / 2]
  let (limit, best) = try theory("all masks", 0, middle)
  let drawn = try sampledCounts.enumerated().flatMap { index, count -> [Figure.Series] in
    let name = FigureText(plain: "M = \(count)")
    let stage = study.stages.first { $0.sampleCount == middle }!
    let population = try EqualVariancePopulation(stage.model.population)
    let line = try (0...30).map { step -> Figure.Point in
      let p = 0.4 + 0.5 * Double(step) / 30
      let errors = try DrawnMaskEquivalent(
        population: population, sampleCount: middle, maskCount: count, moments: .init(keep: p), ridge: stage.ridges[0])
      return Figure.Point(p, errors.fullContextError)
    }
    return [
      Figure.Series(.line, name: name, group: index + 1, points: line),
      markers(
        index % 2 == 0 ? .openMarkers : .markers, name, group: index + 1,
        study.points.filter { $0.sampleCount == middle && drawnCount(study, $0) == count }, .fullContextError,
        at: { keep(study, $0) }),
    ]
  }
  let label: FigureText = "keep-probability {/:Italic p}"
  return Figure(panels: [
    Figure.Panel(
      xLabel: label, yLabel: "error, all others visible", yLogarithmic: true,
      xRange: 0.2...1, series: closed, verticalMarks: marks),
    Figure.Panel(
      xLabel: label, yLabel: "error, all others visible", yLogarithmic: true,
      xRange: 0.2...1, series: [limit] + drawn,
      verticalMarks: [Figure.Mark(best, "best")]),
  ])
}

/// What M drawn masks cost over all masks of the same p, draw by draw, and the slope of the logarithm of the mean gap in ln M
/// between one M and the next; its standard error is propagated from those of the two gaps.
private func gaps(_ study: StudyResults) -> [Comparison] {
  func errors(_ point: PointResult) -> [Double] { point[.fullContextError]?.values ?? [] }
  return study.points.filter { drawnCount(study, $0) == nil }.flatMap { limit -> [Comparison] in
    let p = keep(study, limit)
    let drawn = study.points.filter {
      drawnCount(study, $0) != nil && keep(study, $0) == p && $0.sampleCount == limit.sampleCount
    }
    let found = drawn.map { point in
      (
        count: drawnCount(study, point) ?? 0,
        gap: Statistic(
          of: zip(errors(point), errors(limit)).map { $0 - $1 })
      )
    }
    func comparison(_ count: String, _ quantity: String, _ statistic: Statistic) -> Comparison {
      Comparison(
        place: [("n/d", ratioText(limit)), ("p", formatBriefly(p ?? .nan)), ("M", count)], quantity: quantity,
        statistic: statistic)
    }
    return found.map { comparison(String($0.count), "gap to all masks", $0.gap) }
      + zip(found, found.dropFirst()).compactMap { less, more in
        guard let low = less.gap.mean, let high = more.gap.mean, low > 0, high > 0 else { return nil }
        let step = Double.log(Double(more.count) / Double(less.count))
        var rate = Statistic(of: [Double.log(high / low) / step])
        let relative = ((less.gap.standardError ?? 0) / low, (more.gap.standardError ?? 0) / high)
        rate.standardError = (relative.0 * relative.0 + relative.1 * relative.1).squareRoot() / step
        return comparison("\(less.count) to \(more.count)", "rate of the gap", rate)
      }
  }
}

// MARK: Partitions

/// B: 1 over the share of coordinates that a mask hides.
private func blocks(_ study: StudyResults, _ point: PointResult) -> Int {
  let shown = mask(study, point)?.visibleShare(coordinateCount: point.coordinateCount)
  return shown.map { Int((1 / (1 - $0)).rounded()) } ?? 0
}

private func maskName(_ study: StudyResults, _ point: PointResult) -> String {
  guard let count = drawnCount(study, point) else { return "partition" }
  let passes = count / max(1, blocks(study, point))
  return passes == 1 ? "B random" : "\(passes)B random"
}

@Sendable private func partitionFigure(_ study: StudyResults) throws -> Figure {
  func points(_ name: String) -> [PointResult] { study.points.filter { maskName(study, $0) == name } }
  func series(
    _ kind: Figure.Series.Kind, _ label: FigureText, _ group: Int, _ points: [PointResult],
    _ value: (Statistic) -> Double?
  ) -> Figure.Series {
    Figure.Series(
      kind, name: label, group: group,
      points: points.compactMap { point in
        guard let statistic = point[.predictorVariance], let y = value(statistic) else { return nil }
        return Figure.Point(Double(blocks(study, point)), y, error: kind == .line ? nil : statistic.standardError)
      })
  }
  return Figure(panels: [
    Figure.Panel(
      xLabel: "blocks {/:Italic B}", yLabel: "variance of the predictor", xLogarithmic: true, yLogarithmic: true,
      series: [
        series(.line, "partition", 0, points("partition"), \.theory),
        series(.markers, "partition", 0, points("partition"), \.mean),
        series(.openMarkers, "B random masks", 1, points("B random"), \.mean),
        series(.line, "B random masks", 1, points("B random"), \.theory),
        series(.markers, "4B random masks", 2, points("4B random"), \.mean),
        series(.line, "4B random masks", 2, points("4B random"), \.theory),
      ])
  ])
}
