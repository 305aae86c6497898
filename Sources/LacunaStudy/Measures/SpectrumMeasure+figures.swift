import DeterministicEquivalents
import LacunaFigures
import RealModule

extension SpectrumMeasure {
  /// The eigenvalues of Â of up to four points: the histogram over all trials, the density of theory, outliers marked.
  public static func figures(_ study: StudyResults) -> [StudyFigure] {
    let panels = study.points.filter { $0.quantity(.topEigenvalues) != nil }.prefix(4).compactMap { point in
      study.origin(of: point).flatMap { origin in
        spectrumPanel(point, theory: origin.stage.measure(SpectrumMeasure.self)?.theory[origin.ridge])
      }
    }
    guard !panels.isEmpty else { return [] }
    let figure = Figure(panels: panels, arrangement: panels.count > 2 ? .grid(columns: 2) : .sideBySide)
    return [StudyFigure(name: "spectrum", figure: figure)]
  }
}

/// One spectrum, cut at the left where a long tail would hide the rest.
private func spectrumPanel(_ point: PointResult, theory: SpectralTheory?) -> Figure.Panel? {
  let values = point.rows(.eigenvalues).flatMap { $0 }.sorted()
  let spectrum = theory?.spectrum
  guard !values.isEmpty || spectrum != nil else { return nil }
  let outliers = theory?.outliers?.outliers.map(\.predictorEigenvalue) ?? []
  func quantile(_ fraction: Double) -> Double {
    if let spectrum { return spectrum.predictorQuantile(fraction) }
    return values[min(values.count - 1, Int(fraction * Double(values.count)))]
  }
  // Where all of a spectrum fits well it is shown whole; a left tail beyond three times the rest is cut at 2 %.
  let top = max(quantile(1), values.last ?? -.infinity, outliers.max() ?? -.infinity)
  let whole = min(quantile(0), values.first ?? .infinity)
  let cut = quantile(0.02)
  let bottom = top - whole > 3 * (top - cut) ? cut : whole
  let margin = 0.03 * (top - bottom)
  let range = (bottom - margin)...(top + margin)
  var series: [Figure.Series] = []
  if !values.isEmpty {
    series.append(.histogram(of: values, bins: 60, range: range, name: "simulation", group: 1))
  }
  if let spectrum {
    // Where D is constant its fluctuations at this d smear the density, and any atom into it.
    let lines =
      spectrum.bulk.fluctuation != nil ? [smearedDensity(spectrum, over: range)] : densities(spectrum, over: range)
    for (index, points) in lines.enumerated() {
      series.append(Figure.Series(.line, name: index == 0 ? "theory" : nil, group: 0, points: points))
    }
  }
  let atoms = spectrum.map { $0.bulk.fluctuation != nil ? [] : $0.predictorAtoms } ?? []
  return Figure.Panel(
    title:
      "{/:Italic n/d} = \(NumberText.brief(point.samplesPerCoordinate)), λ = \(NumberText.brief(point.ridge))",
    xLabel: "eigenvalue μ of Â", yLabel: "density", xRange: range, series: series,
    verticalMarks: outliers.filter { range.contains($0) }.map { Figure.Mark($0, "outlier") }
      + atoms.filter { range.contains($0.position) }.map { Figure.Mark($0.position, "atom") })
}

/// The density of each interval in a range, 0 at its ends.
private func densities(_ spectrum: SpectrumEquivalent, over range: ClosedRange<Double>) -> [[Figure.Point]] {
  spectrum.predictorIntervals.map { interval in
    (0...400).compactMap { step in
      // Denser towards the edges, where the density rises steeply.
      let half = Double.sin(.pi / 800 * Double(step))
      let place = interval.lower + (interval.upper - interval.lower) * half * half
      guard range.contains(place) else { return nil }
      return Figure.Point(place, step % 400 == 0 ? 0 : spectrum.predictorDensity(at: place))
    }
  }
}

private func smearedDensity(_ spectrum: SpectrumEquivalent, over range: ClosedRange<Double>) -> [Figure.Point] {
  (0...600).map { step in
    let place = range.lowerBound + (range.upperBound - range.lowerBound) * Double(step) / 600
    return Figure.Point(place, spectrum.finiteSizePredictorDensity(at: place))
  }
}
