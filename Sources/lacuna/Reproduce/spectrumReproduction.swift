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
    draw: { study in SpectrumMeasure.figures(study)[0].figure },
    compare: { study in
      comparisons(
        study, place: ratioAndRidge,
        quantities: [
          ("top eigenvalue", .outlier), ("KS distance", .kolmogorovSmirnov), ("Wasserstein-1", .wasserstein1),
        ])
    })
}
