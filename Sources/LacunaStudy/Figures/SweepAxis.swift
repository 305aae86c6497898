import LacunaFigures

/// What the points of a study are drawn against: whatever is asked for at most values, n/d, the ridge, or a swept key.
///
/// A ridge that was not asked for but found (`model.ridge: auto`) follows from the rest, and is no axis.
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
    /// What its points share and those of other curves do not.
    fileprivate var traits: [Trait]
  }

  /// A value by which curves are told apart.
  fileprivate struct Trait: Hashable {
    var name, value: String
    /// nil where it has no place on an axis.
    var number: Double?
  }

  public let kind: Kind
  public let isLogarithmic: Bool
  private let swept: [String]
  let study: StudyResults
  let ridges: Ridges

  /// Whether the ridges of a study were asked for.
  enum Ridges {
    case asked, found, both
  }

  /// - Parameter study: whose points are drawn.
  /// - Returns: nil where nothing varies, a single point being no figure.
  public init?(_ study: StudyResults) {
    let points = study.points
    func distinct(_ value: (PointResult) -> some Hashable) -> Int { Set(points.map(value)).count }
    self.study = study
    let isFound = Set(study.stages.map { $0.point.configuration.ridges == .auto })
    ridges = isFound == [true] ? .found : isFound.contains(true) ? .both : .asked
    swept = points.sweptKeys
    let numeric = swept.filter { key in points.allSatisfy { Double($0.parameters[key] ?? "") != nil } }
    let kinds: [(kind: Kind, count: Int)] =
      [(.samples, distinct(\.samplesPerCoordinate)), (.ridge, ridges == .asked ? distinct(\.ridge) : 1)]
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
    case .swept(let key): FigureText(plain: shortName(of: key))
    }
  }

  /// In words, for messages.
  var name: String {
    switch kind {
    case .samples: "n/d"
    case .ridge: "ridge"
    case .swept(let key): shortName(of: key)
    }
  }

  /// The last word of a swept key, `correlation` for `data.correlation`; the whole where two keys end alike.
  private func shortName(of key: String) -> String {
    func last(_ key: String) -> String {
      key.split(separator: ".").last { Int($0) == nil }.map { String($0).replacing("_", with: " ") } ?? key
    }
    return swept.filter { last($0) == last(key) }.count > 1 ? key : last(key)
  }

  /// What the swept keys are at a point, as a figure says it.
  func sweptValues(of point: PointResult) -> [String] {
    swept.map { "\(shortName(of: $0)) = \(point.parameters[$0] ?? "")" }
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

  /// The ridge that a point was asked for at; nil where it was found.
  private func askedRidge(_ point: PointResult) -> Double? {
    switch ridges {
    case .asked: point.ridge
    case .found: nil
    case .both: study.origin(of: point)?.stage.point.configuration.ridges == .auto ? nil : point.ridge
    }
  }

  /// The points by what they share: in the order of those numbers, or where they are none of first appearance.
  /// - Parameter points: of the study.
  public func curves(_ points: [PointResult]) -> [Curve] {
    var order: [[Trait]] = []
    var groups: [[Trait]: [PointResult]] = [:]
    let severalRidges = Set(points.map(askedRidge)).count > 1
    let severalSamples = Set(points.map(\.sampleCount)).count > 1
    for point in points {
      var traits: [Trait] = []
      if kind != .samples && severalSamples {
        let ratio = point.samplesPerCoordinate
        traits.append(Trait(name: "n/d", value: NumberText.brief(ratio), number: ratio))
      }
      if kind != .ridge && severalRidges {
        let ridge = askedRidge(point)
        traits.append(Trait(name: "λ", value: ridge.map(NumberText.brief) ?? "best", number: ridge))
      }
      for name in swept where kind != .swept(name) {
        let value = point.parameters[name] ?? ""
        traits.append(Trait(name: shortName(of: name), value: value, number: Double(value)))
      }
      if groups[traits] == nil { order.append(traits) }
      groups[traits, default: []].append(point)
    }
    if order.allSatisfy({ $0.allSatisfy { $0.number != nil } }) {
      order.sort { first, second in
        first.lazy.map { $0.number ?? 0 }.lexicographicallyPrecedes(second.lazy.map { $0.number ?? 0 })
      }
    }
    return order.map { traits in
      Curve(
        name: traits.isEmpty
          ? nil : Self.joined(traits.map { "\($0.name) = \(FigureText(number: $0.value))" }),
        points: groups[traits]!.sorted { value($0) < value($1) }, traits: traits)
    }
  }

  private static func joined(_ parts: [FigureText]) -> FigureText {
    parts.dropFirst().reduce(parts.first ?? "") { "\($0), \($1)" }
  }

  /// Colours that tell the curves apart, in order where there are several.
  public static func palette(of curves: [Curve]) -> Palette {
    curves.count > 1 ? .sequential(curves.count) : .distinct
  }

  /// So many curves are named in a legend; a colour bar stands for more.
  private static let legendLimit = 8

  private static func colorBar(of curves: [Curve]) -> Figure.ColorBar? {
    guard curves.count > legendLimit else { return nil }
    return Figure.ColorBar(
      title: FigureText(plain: curves[0].traits.map(\.name).joined(separator: ", ")),
      labels: curves.map { joined($0.traits.map { FigureText(number: $0.value) }) })
  }

  /// A quantity along the axis: theory as a line, trials as markers with their standard errors.
  /// - Parameter label: of the y axis.
  /// - Parameter name: of the quantity.
  /// - Parameter curves: what the points are split into; points of theory alone among them are on the line.
  /// - Parameter theory: of a point; nil takes it at the point's size where it is known, else the limit.
  public func panel(
    _ label: FigureText, of name: QuantityName, curves: [Curve], theory: ((PointResult) -> Double?)? = nil
  ) -> Figure.Panel {
    let theory = theory ?? { point in point[name].flatMap { $0.comparison ?? $0.theory } }
    var series: [Figure.Series] = []
    var heights: (lines: [Double], markers: [Double]) = ([], [])
    var gaps = TheoryGaps(axis: self.name)
    for (group, curve) in curves.enumerated() {
      let line = curve.points.compactMap { point -> Figure.Point? in
        let found = theory(point)
        gaps.add(value(point), reason: found == nil ? point.silence(of: name) : nil)
        // A line is interrupted where theory has nothing to say.
        return (found ?? point.silence(of: name).map { _ in .nan }).map { Figure.Point(value(point), $0) }
      }
      if line.contains(where: { !$0.y.isNaN }) {
        series.append(Figure.Series(.line, name: curve.name, group: group, points: line))
        heights.lines += line.map(\.y).filter { !$0.isNaN }
      }
      let measured = curve.points.compactMap { point in
        point[name].flatMap { found in
          found.mean.map { Figure.Point(value(point), $0, error: found.standardError) }
        }
      }
      if !measured.isEmpty {
        series.append(Figure.Series(.markers, name: curve.name, group: group, points: measured))
        heights.markers += measured.map(\.y)
      }
    }
    var panel = Figure.Panel(
      xLabel: self.label, yLabel: label, xLogarithmic: isLogarithmic,
      yLogarithmic: Self.spansDecades(heights.lines.isEmpty ? heights.markers : heights.lines), series: series,
      colorBar: Self.colorBar(of: curves))
    panel.notes = gaps.note.map { [$0] } ?? []
    if case .samples = kind { panel.verticalMarks = [Figure.Mark(1, "{/:Italic n} = {/:Italic d}")] }
    return panel
  }

  /// Whether values are drawn logarithmically: over more than a decade, none negative.
  static func spansDecades(_ values: [Double]) -> Bool {
    let positive = values.filter { $0 > 0 }
    return (positive.max() ?? 1) / (positive.min() ?? 1) > 10 && values.allSatisfy { $0 >= 0 }
  }
}
