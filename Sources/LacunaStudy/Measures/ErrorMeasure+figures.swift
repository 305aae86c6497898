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

  /// Theory along a curve: on a fine grid of n or λ, or at the points of a swept key, and under masks or weights whose theory takes
  /// long.
  private static func theory(
    of curve: SweepAxis.Curve, along axis: SweepAxis, _ study: StudyResults
  ) throws -> [Errors] {
    guard let stage = study.origin(of: curve.points[0])?.stage else { return [] }
    let line = stage.problem.maskLine
    let isWeighted = stage.point.configuration.weights != .uniform
    if axis.isSwept || isWeighted || (stage.problem.maskTheory != nil && line == nil) {
      return curve.points.compactMap { point in
        guard let training = point[.trainingError]?.theory, let generalization = point[.generalizationError]?.theory
        else { return nil }
        return Errors(x: axis.value(point), training: training, generalization: generalization)
      }
    }
    let population = stage.model.population
    let d = Double(population.coordinateCount)
    return try grid(of: curve, along: axis, stage).compactMap { n, ridge in
      let x = axis.kind == .ridge ? ridge : Double(n) / d
      if let line {
        let errors = try line(n, ridge)
        guard let training = errors.training, let generalization = errors.generalization else { return nil }
        return Errors(x: x, training: training, generalization: generalization)
      }
      guard ridge.isFinite, ridge > 0 || n != population.coordinateCount else { return nil }
      let errors = try ErrorEquivalent(population: population, sampleCount: n, ridge: ridge)
      return Errors(x: x, training: errors.trainingError, generalization: errors.generalizationError)
    }
  }

  /// Where theory is drawn through: the points of the curve and what lies between them.
  private static func grid(
    of curve: SweepAxis.Curve, along axis: SweepAxis, _ stage: Experiment.Stage
  ) throws -> [(n: Int, ridge: Double)] {
    let (first, last) = (curve.points[0], curve.points[curve.points.count - 1])
    // Theory under masks takes milliseconds a point, and its peak is elsewhere.
    let isMasked = stage.problem.maskLine != nil
    if axis.kind == .ridge {
      let path = geometricPath(from: max(first.ridge, last.ridge * 1e-8), to: last.ridge, count: 60)
      let between = Set(path + curve.points.map(\.ridge).filter { $0 > 0 })
      return between.sorted().map { (first.sampleCount, $0) }
    }
    let isFound = stage.point.configuration.ridges == .auto
    let path = geometricPath(
      from: Double(first.sampleCount), to: Double(last.sampleCount), count: isMasked ? 60 : isFound ? 30 : 80
    ).map { Int($0.rounded()) }
    // The peak at n = d is narrow where the ridge is small, and the best ridge leaves none.
    let d = Double(stage.model.coordinateCount)
    let peak =
      isMasked || isFound
      ? []
      : (-6...6).map { Int((d * (1 + 0.012 * Double($0))).rounded()) }
        .filter { first.sampleCount < $0 && $0 < last.sampleCount }
    return try Set(path + curve.points.map(\.sampleCount) + peak).sorted().map { n in
      let ridge =
        isFound
        ? try ErrorEquivalent.optimalRidge(population: stage.model.population, sampleCount: n).ridge : first.ridge
      return (n, ridge)
    }
  }
}
