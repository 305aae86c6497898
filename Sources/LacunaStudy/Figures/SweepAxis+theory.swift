import LacunaFigures
import MaskedRegression
import RealModule

/// The theory of points that a study does not have: what lines are drawn through between those that it has.
struct TheoryBetween: Sendable {
  /// The measures that a configuration can ask for.
  let known: [any Measure.Type]
  let results: @Sendable ([ExperimentPoint]) throws -> [PointResult]
}

extension SweepAxis {
  /// Abscissas that a line starts with, and has at most.
  private static let (coarse, finest) = (32, 160)

  /// The points of a study with theory alone between them, denser where its lines bend; the points themselves where theory takes
  /// too long for that, or a swept key is none that has values between.
  /// - Parameter measure: the word of the measure whose theory it is.
  /// - Parameter d: the greatest number of coordinates at which it is quick.
  /// - Parameter values: what is drawn.
  func refined(
    _ measure: String, largest d: Int = .max, _ values: [(PointResult) -> Double?]
  ) -> [PointResult] {
    var points = study.points
    guard ridges != .both, isQuick(largest: d), let low = points.map(value).min(), let high = points.map(value).max()
    else { return points }
    var wanted =
      isLogarithmic || low > 0
      ? geometricPath(from: max(low, high * 1e-8), to: high, count: Self.coarse)
      : (0..<Self.coarse).map { low + (high - low) * Double($0) / Double(Self.coarse - 1) }
    // The peak of a small ridge is narrow.
    if kind == .samples, low < 1, high > 1 { wanted += [0.97, 0.99, 1, 1.01, 1.03].filter { low < $0 && $0 < high } }
    var abscissas = Set(points.map(value))
    for _ in 0..<5 where !wanted.isEmpty && abscissas.count + wanted.count <= Self.finest {
      let more = theory(of: measure, at: wanted.filter { !abscissas.contains($0) }, known: Set(points.map(value)))
      abscissas.formUnion(wanted)
      guard !more.isEmpty else { break }
      points += more
      wanted = Set(values.flatMap { bends(of: $0, points, (low, high)) }).subtracting(abscissas).sorted()
    }
    return points
  }

  private func isQuick(largest limit: Int) -> Bool {
    study.stages.allSatisfy { stage in
      let d = stage.model.coordinateCount
      let isSlow = stage.problem.maskTheory != nil && stage.problem.maskLine == nil
      return d <= limit && !((isSlow || (isSwept && stage.model.isDense)) && d > 400)
    }
  }

  /// Between which abscissas a line needs more: beside those where it leaves the chord of its neighbours by more than a line's width.
  private func bends(
    of quantity: (PointResult) -> Double?, _ points: [PointResult], _ range: (low: Double, high: Double)
  ) -> [Double] {
    let lines = curves(points).map { curve in
      curve.points.compactMap { point -> Figure.Point? in
        quantity(point).flatMap { $0.isFinite ? Figure.Point(value(point), $0) : nil }
      }
    }
    let heights = lines.flatMap { $0.map(\.y) }
    let isTall = Self.spansDecades(heights)
    func height(_ y: Double) -> Double { isTall ? Double.log(max(y, .leastNormalMagnitude)) : y }
    func place(_ x: Double) -> Double { isLogarithmic ? Double.log(max(x, range.high * 1e-8)) : x }
    let shown = heights.filter { !isTall || $0 > 0 }.map(height)
    guard let least = shown.min(), let greatest = shown.max(), greatest > least else { return [] }
    let (across, up) = (place(range.high) - place(range.low), greatest - least)
    var found: [Double] = []
    for line in lines where line.count > 2 {
      for index in 1..<(line.count - 1) {
        let (before, here, after) = (line[index - 1], line[index], line[index + 1])
        let part = (place(here.x) - place(before.x)) / (place(after.x) - place(before.x))
        let chord = height(before.y) + part * (height(after.y) - height(before.y))
        guard abs(height(here.y) - chord) > 0.004 * up else { continue }
        for (left, right) in [(before.x, here.x), (here.x, after.x)] where place(right) - place(left) > 0.002 * across {
          found.append(isLogarithmic ? (left * right).squareRoot() : (left + right) / 2)
        }
      }
    }
    return found
  }

  /// Theory alone at other abscissas; empty where there is none to be had.
  private func theory(of measure: String, at places: [Double], known: Set<Double>) -> [PointResult] {
    guard let between = study.between, !places.isEmpty else { return [] }
    var made: [ExperimentPoint] = []
    for base in bases {
      var configuration = base.configuration
      configuration.measures = [measure]
      switch kind {
      case .samples:
        let d = configuration.data.coordinates
        let isSingular = ridgeless(configuration.ridges)
        let counts = Set(places.map { Int(($0 * Double(d)).rounded()) })
        configuration.data.samples = counts.filter { n in
          n > 1 && !(isSingular && n == d) && !known.contains(Double(n) / Double(d))
        }.sorted()
        if !configuration.data.samples.isEmpty {
          made.append(ExperimentPoint(swept: base.swept, configuration: configuration))
        }
      case .ridge:
        configuration.ridges = .list(places)
        made.append(ExperimentPoint(swept: base.swept, configuration: configuration))
      case .swept(let key):
        for place in places {
          // A key of whole numbers or words has nothing between.
          guard
            let read = try? loadExperiments(
              text: resolvedYAML(configuration), source: configuration.name, overrides: ["\(key)=\(place)"],
              measures: between.known
            ).first?.configuration
          else { return [] }
          let swept = base.swept.map { $0.key == key ? (key: key, value: "\(place)") : $0 }
          made.append(ExperimentPoint(swept: swept, configuration: read))
        }
      }
    }
    return (try? between.results(made))
      ?? made.flatMap(\.singlePoints).flatMap { point in
        do {
          return try between.results([point])
        } catch {
          return [PointResult(silentAt: point, of: measure, reason: "\(error)")]
        }
      }
  }

  private func ridgeless(_ ridges: RidgeConfiguration) -> Bool {
    if case .list(let values) = ridges { values.contains(0) } else { false }
  }

  /// One a combination of the swept keys but for the one on the axis.
  private var bases: [ExperimentPoint] {
    var seen: Set<[String]> = []
    return study.stages.map(\.point).filter { point in
      seen.insert(point.swept.filter { kind != .swept($0.key) }.map(\.value)).inserted
    }
  }

  /// Those of each study's first ridge, for what is the same at every ridge; all of them along the ridge, and where one was found.
  func ofOneRidge(_ points: [PointResult]) -> [PointResult] {
    guard kind != .ridge, ridges == .asked else { return points }
    let first = Set(study.stages.map { $0.ridges[0] })
    return points.filter { first.contains($0.ridge) }
  }
}
