import LacunaFigures
import LacunaStudy

/// A figure that can be reproduced: an embedded example with overrides, how it is drawn, and what is compared.
struct Reproduction: Sendable {
  var name: String
  var title: String
  /// What to see in it, for the page.
  var caption: String
  var example: String
  /// The overrides at d coordinates.
  var overrides: @Sendable (_ coordinateCount: Int) -> [String]
  var draw: @Sendable (StudyResults) throws -> Figure
  var compare: @Sendable (StudyResults) throws -> [Comparison]
  /// Where the live page's sliders stand nearest to it, as words of its address; of a model that the page has none of, what is alike.
  var live = ""

  static let all: [Reproduction] = [
    .learningCurves, .ridgePath, .spectrum, .transition, .beyondPCANoise, .beyondPCAChain, .phaseDiagram, .universality,
    .maskingRatio, .masks, .partition, .selfWeighted,
  ]

  static func named(_ name: String) -> Reproduction? { all.first { $0.name == name } }
}

/// One measured number beside its theory.
struct Comparison: Encodable, Sendable {
  /// Where in the study: names and values in order.
  var place: [(name: String, value: String)]
  var quantity: String
  var statistic: Statistic

  enum CodingKeys: String, CodingKey {
    case place, quantity, mean, theory, deviation
    case standardError = "standard_error"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Dictionary(uniqueKeysWithValues: place.map { ($0.name, $0.value) }), forKey: .place)
    try container.encode(quantity, forKey: .quantity)
    try container.encode(statistic.mean, forKey: .mean)
    try container.encode(statistic.standardError, forKey: .standardError)
    try container.encode(statistic.comparison, forKey: .theory)
    try container.encode(statistic.deviation, forKey: .deviation)
  }

  /// Simulation, theory, and their difference in standard errors.
  var cells: [String] {
    [
      statistic.mean.map { format(mean: $0, error: statistic.standardError) } ?? "–",
      statistic.comparison.map { format($0, digits: 4) } ?? "–",
      statistic.deviation.map { signed($0) + (statistic.finiteSizeTheory == nil ? " limit" : "") } ?? "–",
    ]
  }
}

/// A figure with everything that is said about it.
struct ReproducedFigure {
  var reproduction: Reproduction
  var figure: Figure
  var comparisons: [Comparison]
  var seconds: Double

  var header: [String] {
    (comparisons.first?.place.map(\.name) ?? []) + ["quantity", "simulation", "theory", "Δ"]
  }

  var rows: [[String]] { comparisons.map { $0.place.map(\.value) + [$0.quantity] + $0.cells } }

  /// The greatest |Δ|, and how many numbers were compared.
  var verdict: String {
    let deviations = comparisons.compactMap { $0.statistic.deviation.map(abs) }
    guard let greatest = deviations.max() else { return "nothing to compare" }
    let within = deviations.count { $0 <= 2 }
    return
      "\(within) of \(deviations.count) within 2 standard errors of theory, the farthest at \(format(greatest, digits: 2))"
  }

  /// For the terminal.
  var text: String {
    var table = TextTable(header)
    for row in rows { table.append(row) }
    // A row is told by its place and its quantity.
    let lines = table.text(within: terminalWidth(), groups: [header.count - 3, 3])
    return "\(reproduction.name): \(reproduction.title)\n\n\(lines)\n\n\(verdict)"
  }
}

/// What `--json` prints.
struct ReproductionSummary: Encodable {
  struct Entry: Encodable {
    var name, title: String
    var seconds: Double
    var comparisons: [Comparison]
  }

  var scale: Int
  var version = lacunaVersion
  var figures: [Entry]

  init(_ figures: [ReproducedFigure], scale: Int) {
    self.scale = scale
    self.figures = figures.map {
      Entry(
        name: $0.reproduction.name, title: $0.reproduction.title, seconds: $0.seconds, comparisons: $0.comparisons)
    }
  }
}

/// What is compared at a point, where it was measured.
typealias Compared = (heading: String, name: QuantityName)

/// The comparisons of named quantities at every point of a study; a number of the point as a whole stands without theory, and so do
/// points of which theory is not asked.
func comparisons(
  _ study: StudyResults, place: (PointResult) -> [(name: String, value: String)], quantities: [Compared],
  withoutTheory: (PointResult) -> Bool = { _ in false }
) -> [Comparison] {
  study.points.flatMap { point in
    quantities.compactMap { quantity in
      var statistic = point[quantity.name] ?? point.number(quantity.name).map { Statistic(of: [$0]) }
      if withoutTheory(point) { statistic?.comparesWithTheory = false }
      return statistic.map { Comparison(place: place(point), quantity: quantity.heading, statistic: $0) }
    }
  }
}

/// n/d of a point, for a table.
func ratioText(_ point: PointResult) -> String { formatBriefly(point.samplesPerCoordinate) }

/// n/d and the ridge of a point, for a table.
func ratioAndRidge(_ point: PointResult) -> [(name: String, value: String)] {
  [("n/d", ratioText(point)), ("ridge", formatBriefly(point.ridge))]
}

/// A quantity of some points as markers at their abscissas.
func markers(
  _ kind: Figure.Series.Kind, _ name: FigureText?, group: Int, _ points: [PointResult], _ quantity: QuantityName,
  at abscissa: (PointResult) -> Double?
) -> Figure.Series {
  Figure.Series(
    kind, name: name, group: group,
    points: points.compactMap { point in
      guard let value = point[quantity], let mean = value.mean, let x = abscissa(point) else { return nil }
      return Figure.Point(x, mean, error: value.standardError)
    })
}

/// n for each n/d at d coordinates, as an override.
func samples(_ ratios: [Double], _ d: Int) -> String {
  "data.samples=" + ratios.map { String(Int(($0 * Double(d)).rounded())) }.joined(separator: ",")
}
