import DeterministicEquivalents
import LacunaFigures
import LacunaStudy
import MaskedRegression
import RealModule

/// Generalisation and training error with theory as lines, against whatever varies most: n/d, the ridge, or a swept key.
///
/// - Returns: nil where nothing varies, a single point being no figure.
func errorFigure(_ summary: Summary, stages: [Experiment.Stage]) throws -> Figure? {
  guard let axis = ErrorAxis(summary.points) else { return nil }
  let curves = axis.curves(summary.points)
  let palette: Palette = curves.count > 1 ? .sequential(curves.count) : .distinct
  let smooth = try axis.theory(stages: stages, curves: curves)
  func panel(_ label: FigureText, statistic: KeyPath<PointResult, Statistic>, theory: KeyPath<Errors, Double>)
    -> Figure.Panel
  {
    var series: [Figure.Series] = []
    for (group, curve) in curves.enumerated() {
      let line = smooth[group].map { Figure.Point($0.x, $0[keyPath: theory]) }
      if !line.isEmpty { series.append(Figure.Series(.line, name: curve.name, group: group, points: line)) }
      let measured = curve.points.compactMap { point in
        let value = point[keyPath: statistic]
        return value.mean.map { Figure.Point(axis.value(point), $0, error: value.standardError) }
      }
      if !measured.isEmpty {
        series.append(Figure.Series(.markers, name: curve.name, group: group, points: measured))
      }
    }
    let values = smooth.flatMap { $0.map { $0[keyPath: theory] } }.filter { $0 > 0 }
    let spread = (values.max() ?? 1) / (values.min() ?? 1)
    var panel = Figure.Panel(
      xLabel: axis.label, yLabel: label, xLogarithmic: axis.isLogarithmic, yLogarithmic: spread > 10, series: series)
    if case .samples = axis.kind { panel.verticalMarks = [Figure.Mark(1)] }
    return panel
  }
  var generalization = panel("E_{gen}", statistic: \.generalizationError, theory: \.generalization)
  // Other masks hide more than one coordinate at a time, and their errors have another floor.
  let floors = Set(summary.points.filter { $0.fullContextError == nil }.map(\.bayesError))
  if let floor = floors.first, floors.count == 1 { generalization.horizontalMarks = [Figure.Mark(floor, "Bayes")] }
  return Figure(
    panels: [generalization, panel("E_{tr}", statistic: \.trainingError, theory: \.training)], palette: palette)
}

/// The two errors of theory at one abscissa.
private struct Errors {
  var x, training, generalization: Double
}

/// Points that share everything but the abscissa.
private struct Curve {
  var name: FigureText?
  var points: [PointResult]
}

/// What the errors are drawn against.
private struct ErrorAxis {
  enum Kind: Equatable {
    case samples, ridge
    case swept(String)
  }

  let kind: Kind
  let isLogarithmic: Bool
  private let swept: [String]

  init?(_ points: [PointResult]) {
    func distinct(_ value: (PointResult) -> some Hashable) -> Int { Set(points.map(value)).count }
    swept = Set(points.flatMap { $0.parameters.keys }).sorted()
    let samples = distinct { Double($0.sampleCount) / Double($0.coordinateCount) }
    let ridges = distinct(\.ridge)
    let numeric = swept.first { key in points.allSatisfy { Double($0.parameters[key] ?? "") != nil } }
    let kind: Kind
    if samples > 1 && samples >= ridges {
      kind = .samples
    } else if ridges > 1 {
      kind = .ridge
    } else if let numeric {
      kind = .swept(numeric)
    } else {
      return nil
    }
    self.kind = kind
    let values = points.map { Self.value($0, kind) }
    isLogarithmic = kind == .ridge || (values.min()! > 0 && values.max()! / values.min()! > 20)
  }

  var label: FigureText {
    switch kind {
    case .samples: "{/:Italic n / d}"
    case .ridge: "ridge λ"
    case .swept(let key): FigureText(plain: key)
    }
  }

  func value(_ point: PointResult) -> Double { Self.value(point, kind) }

  private static func value(_ point: PointResult, _ kind: Kind) -> Double {
    switch kind {
    case .samples: Double(point.sampleCount) / Double(point.coordinateCount)
    case .ridge: point.ridge
    case .swept(let key): Double(point.parameters[key] ?? "") ?? .nan
    }
  }

  /// The points by what they share, in order of first appearance, each sorted by the abscissa.
  func curves(_ points: [PointResult]) -> [Curve] {
    var order: [[String]] = []
    var groups: [[String]: [PointResult]] = [:]
    let severalRidges = Set(points.map(\.ridge)).count > 1
    let severalSamples = Set(points.map(\.sampleCount)).count > 1
    for point in points {
      var key: [String] = []
      if kind != .samples && severalSamples {
        key.append("n/d = " + formatBriefly(Double(point.sampleCount) / Double(point.coordinateCount)))
      }
      if kind != .ridge && severalRidges { key.append("λ = " + formatBriefly(point.ridge)) }
      for name in swept where kind != .swept(name) { key.append("\(name) = \(point.parameters[name] ?? "")") }
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(point)
    }
    return order.map { key in
      Curve(
        name: key.isEmpty ? nil : FigureText(plain: key.joined(separator: ", ")),
        points: groups[key]!.sorted { value($0) < value($1) })
    }
  }

  /// Theory along each curve: on a fine grid of n or λ, or at the points of a swept key.
  func theory(stages: [Experiment.Stage], curves: [Curve]) throws -> [[Errors]] {
    try curves.map { curve in
      // Masks with a theory of their own have it at the points alone.
      let masked = stages.contains { $0.maskTheory != nil && $0.matches(curve.points[0]) }
      switch kind {
      case _ where masked, .swept:
        return curve.points.compactMap { point in
          guard let training = point.trainingError.theory, let generalization = point.generalizationError.theory
          else { return nil }
          return Errors(x: value(point), training: training, generalization: generalization)
        }
      case .samples, .ridge:
        let first = curve.points[0]
        let last = curve.points[curve.points.count - 1]
        guard let stage = stages.first(where: { $0.matches(first) }) else { return [] }
        let population = stage.model.population
        // The peak at n = d is narrow where the ridge is small.
        let peak = (-6...6).map { Int((Double(population.coordinateCount) * (1 + 0.012 * Double($0))).rounded()) }
        let grid: [(n: Int, ridge: Double)] =
          kind == .ridge
          ? geometricPath(from: max(first.ridge, last.ridge * 1e-8), to: last.ridge, count: 60)
            .map { (first.sampleCount, $0) }
          : Set(
            geometricPath(from: Double(first.sampleCount), to: Double(last.sampleCount), count: 80)
              .map { Int($0.rounded()) } + curve.points.map(\.sampleCount)
              + peak.filter { first.sampleCount < $0 && $0 < last.sampleCount }
          ).sorted().map { ($0, first.ridge) }
        return try grid.compactMap { n, ridge in
          guard ridge > 0 || n != population.coordinateCount else { return nil }
          let errors = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge)
          return Errors(
            x: kind == .ridge ? ridge : Double(n) / Double(population.coordinateCount),
            training: errors.trainingError, generalization: errors.generalizationError)
        }
      }
    }
  }
}
