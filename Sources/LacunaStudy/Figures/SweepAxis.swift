import LacunaFigures

/// What the points of a study are drawn against: whatever varies most, n/d, the ridge, or a swept key.
public struct SweepAxis: Sendable {
  public enum Kind: Sendable, Equatable {
    case samples, ridge
    case swept(String)
  }

  /// Points that share everything but the abscissa, sorted by it.
  public struct Curve: Sendable {
    /// nil where there is but one curve.
    public var name: FigureText?
    public var points: [PointResult]
  }

  public let kind: Kind
  public let isLogarithmic: Bool
  private let swept: [String]

  /// - Returns: nil where nothing varies, a single point being no figure.
  public init?(_ points: [PointResult]) {
    func distinct(_ value: (PointResult) -> some Hashable) -> Int { Set(points.map(value)).count }
    swept = points.sweptKeys
    let samples = distinct(\.samplesPerCoordinate)
    let ridges = distinct(\.ridge)
    let numeric = swept.filter { key in points.allSatisfy { Double($0.parameters[key] ?? "") != nil } }
    let kinds: [(kind: Kind, count: Int)] =
      [(.samples, samples), (.ridge, ridges)]
      + numeric.map { key in (.swept(key), distinct { $0.parameters[key] ?? "" }) }
    // Of equals the first.
    let most = kinds.map(\.count).max() ?? 1
    guard most > 1, let chosen = kinds.first(where: { $0.count == most }) else { return nil }
    kind = chosen.kind
    let values = points.map { [kind] in Self.value($0, kind) }
    isLogarithmic = kind == .ridge || (values.min()! > 0 && values.max()! / values.min()! > 20)
  }

  public var isSwept: Bool { if case .swept = kind { true } else { false } }

  public var label: FigureText {
    switch kind {
    case .samples: "{/:Italic n / d}"
    case .ridge: "ridge λ"
    case .swept(let key): FigureText(plain: key)
    }
  }

  /// The abscissa of a point.
  public func value(_ point: PointResult) -> Double { Self.value(point, kind) }

  private static func value(_ point: PointResult, _ kind: Kind) -> Double {
    switch kind {
    case .samples: point.samplesPerCoordinate
    case .ridge: point.ridge
    case .swept(let key): Double(point.parameters[key] ?? "") ?? .nan
    }
  }

  /// The points by what they share, in order of first appearance.
  public func curves(_ points: [PointResult]) -> [Curve] {
    var order: [[String]] = []
    var groups: [[String]: [PointResult]] = [:]
    let severalRidges = Set(points.map(\.ridge)).count > 1
    let severalSamples = Set(points.map(\.sampleCount)).count > 1
    for point in points {
      var key: [String] = []
      if kind != .samples && severalSamples {
        key.append("n/d = " + NumberText.brief(point.samplesPerCoordinate))
      }
      if kind != .ridge && severalRidges { key.append("λ = " + NumberText.brief(point.ridge)) }
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

  /// Colours that tell the curves apart, in order where there are several.
  public static func palette(of curves: [Curve]) -> Palette {
    curves.count > 1 ? .sequential(curves.count) : .distinct
  }

  /// A quantity along the axis: theory as a line, trials as markers with their standard errors.
  /// - Parameter label: of the y axis.
  /// - Parameter name: of the quantity.
  /// - Parameter curves: what the points are split into.
  /// - Parameter theory: a line a curve; nil draws through the theory at the points, at their size where it is known.
  public func panel(
    _ label: FigureText, of name: QuantityName, curves: [Curve], theory: [[Figure.Point]]? = nil
  ) -> Figure.Panel {
    let lines =
      theory
      ?? curves.map { curve in
        curve.points.compactMap { point in
          point[name].flatMap { $0.comparison ?? $0.theory }.map { Figure.Point(value(point), $0) }
        }
      }
    var series: [Figure.Series] = []
    for (group, curve) in curves.enumerated() {
      if !lines[group].isEmpty {
        series.append(Figure.Series(.line, name: curve.name, group: group, points: lines[group]))
      }
      let measured = curve.points.compactMap { point in
        point[name].flatMap { found in
          found.mean.map { Figure.Point(value(point), $0, error: found.standardError) }
        }
      }
      if !measured.isEmpty {
        series.append(Figure.Series(.markers, name: curve.name, group: group, points: measured))
      }
    }
    let values = lines.flatMap { $0.map(\.y) }
    let positive = values.filter { $0 > 0 }
    let spread = (positive.max() ?? 1) / (positive.min() ?? 1)
    let spansDecades = spread > 10 && values.allSatisfy { $0 >= 0 }
    var panel = Figure.Panel(
      xLabel: self.label, yLabel: label, xLogarithmic: isLogarithmic, yLogarithmic: spansDecades, series: series)
    if case .samples = kind { panel.verticalMarks = [Figure.Mark(1)] }
    return panel
  }
}
