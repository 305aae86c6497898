import LacunaFigures
import LacunaStudy

extension Reproduction {
  static let spectrum = Reproduction(
    name: "spectrum", title: "The eigenvalues of the predictor",
    caption: """
      All eigenvalues of the joint predictor under unequal noise with one spike, over the density of theory; with more \
      samples than coordinates and with fewer, with a small ridge and a large one. With fewer samples a second bulk comes \
      from the directions that the data never showed. The spike's eigenvalue stands outside the bulk where it is marked.
      """,
    example: "spectrum",
    overrides: { d in ["data.coordinates=\(d)", samples([2, 0.5], d), "experiment.trials=5"] },
    draw: { study in spectrumFigure(study.points, stages: study.stages)! },
    compare: { study in
      comparisons(
        study, place: { [("n/d", ratioText($0)), ("ridge", formatBriefly($0.ridge))] },
        quantities: [
          ("top eigenvalue", { $0.recovery?.outlier }),
          (
            "KS distance",
            { point in
              point.spectrum?.kolmogorovSmirnov.map { Statistic(of: [$0], theory: nil, finiteSizeTheory: nil) }
            }
          ),
          (
            "Wasserstein-1",
            { point in
              point.spectrum?.wasserstein1.map { Statistic(of: [$0], theory: nil, finiteSizeTheory: nil) }
            }
          ),
        ])
    })
}
