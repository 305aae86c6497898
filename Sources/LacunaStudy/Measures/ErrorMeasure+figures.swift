import DeterministicEquivalents
import LacunaFigures
import MaskedRegression

extension ErrorMeasure {
  /// Generalisation and training error with theory as lines, against whatever varies most: n/d, the ridge, or a swept key.
  public static func figures(_ study: StudyResults) throws -> [StudyFigure] {
    guard let axis = SweepAxis(study) else { return [] }
    let curves = axis.curves(study.points)
    let lines = try curves.map { try theory(of: $0, along: axis, study) }
    func panel(_ label: FigureText, _ name: QuantityName, _ part: KeyPath<Errors, Double>) -> Figure.Panel {
      axis.panel(
        label, of: name, curves: curves, theory: lines.map { $0.map { Figure.Point($0.x, $0[keyPath: part]) } })
    }
    var generalization = panel("E_{gen}", .generalizationError, \.generalization)
    // Other masks hide more than one coordinate at a time, and their errors have another floor.
    let floors = Set(study.points.filter { $0[.fullContextError] == nil }.map { $0.number(.bayesError) })
    if case let floor?? = floors.first, floors.count == 1 {
      generalization.horizontalMarks = [Figure.Mark(floor, "Bayes")]
    }
    let training = panel("E_{tr}", .trainingError, \.training)
    return [
      StudyFigure(
        name: "errors", figure: Figure(panels: [generalization, training], palette: SweepAxis.palette(of: curves)))
    ]
  }

  /// The two errors of theory at one abscissa.
  private struct Errors {
    var x, training, generalization: Double
  }

  /// Theory along a curve: on a fine grid of n or λ, or at the points of a swept key.
  private static func theory(
    of curve: SweepAxis.Curve, along axis: SweepAxis, _ study: StudyResults
  ) throws -> [Errors] {
    let (first, last) = (curve.points[0], curve.points[curve.points.count - 1])
    guard let stage = study.origin(of: first)?.stage else { return [] }
    // Masks with a theory of their own have it at the points alone.
    if axis.isSwept || stage.problem.maskTheory != nil {
      return curve.points.compactMap { point in
        guard let training = point[.trainingError]?.theory, let generalization = point[.generalizationError]?.theory
        else { return nil }
        return Errors(x: axis.value(point), training: training, generalization: generalization)
      }
    }
    let population = stage.model.population
    let d = Double(population.coordinateCount)
    let grid: [(n: Int, ridge: Double)]
    if axis.kind == .samples, stage.point.configuration.ridges == .auto {
      // The best ridge leaves no peak that a finer grid would show.
      let path = geometricPath(from: Double(first.sampleCount), to: Double(last.sampleCount), count: 30)
      grid = try Set(path.map { Int($0.rounded()) } + curve.points.map(\.sampleCount)).sorted().map { n in
        (n, try ErrorEquivalent.optimalRidge(population: population, sampleCount: n).ridge)
      }
    } else if axis.kind == .ridge {
      grid = geometricPath(from: max(first.ridge, last.ridge * 1e-8), to: last.ridge, count: 60).map {
        (first.sampleCount, $0)
      }
    } else {
      // The peak at n = d is narrow where the ridge is small.
      let peak = (-6...6).map { Int((d * (1 + 0.012 * Double($0))).rounded()) }
      let path = geometricPath(from: Double(first.sampleCount), to: Double(last.sampleCount), count: 80)
      grid = Set(
        path.map { Int($0.rounded()) } + curve.points.map(\.sampleCount)
          + peak.filter { first.sampleCount < $0 && $0 < last.sampleCount }
      ).sorted().map { ($0, first.ridge) }
    }
    return try grid.compactMap { n, ridge in
      guard ridge.isFinite, ridge > 0 || n != population.coordinateCount else { return nil }
      let errors = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge)
      return Errors(
        x: axis.kind == .ridge ? ridge : Double(n) / d, training: errors.trainingError,
        generalization: errors.generalizationError)
    }
  }
}
