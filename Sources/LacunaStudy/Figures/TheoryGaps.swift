/// Where the lines of a panel are interrupted since theory is silent there, and why.
struct TheoryGaps {
  /// What the lines are drawn against, in words.
  let axis: String
  private var all: Set<Double> = []
  private var silent: [Double: String] = [:]

  init(axis: String) { self.axis = axis }

  /// Takes a point of a line in.
  /// - Parameter reason: why theory is silent there; nil where it is not.
  mutating func add(_ abscissa: Double, reason: String?) {
    all.insert(abscissa)
    if let reason, silent[abscissa] == nil { silent[abscissa] = reason }
  }

  /// In a sentence; nil where there is no gap, or nothing else.
  var note: String? {
    guard let first = silent.min(by: { $0.key < $1.key }), silent.count < all.count else { return nil }
    return
      "its lines have gaps at \(silent.count) of \(all.count) values of \(axis), \(NumberText.brief(first.key)) the first: "
      + first.value
  }
}

extension PointResult {
  /// A point where theory alone was asked and failed.
  init(silentAt point: ExperimentPoint, of measure: String, reason: String) {
    let configuration = point.configuration
    var ridge = Double.nan
    if case .list(let values) = configuration.ridges { ridge = values.first ?? .nan }
    self.init(
      parameters: Dictionary(point.swept.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }),
      sampleCount: configuration.data.samples.first ?? 0, coordinateCount: configuration.data.coordinates, ridge: ridge,
      trials: 0, measured: [Measured(measure: measure, quantities: [], warnings: [reason])])
  }

  /// Why theory says nothing of a quantity here; nil where nobody said.
  func silence(of name: QuantityName) -> String? {
    measured.first { $0.quantities.isEmpty || $0.quantities.contains { $0.name == name } }?.warnings.first
  }
}

extension ExperimentPoint {
  /// The same one sample count and ridge at a time, so that one that fails costs no others.
  var singlePoints: [ExperimentPoint] {
    configuration.data.samples.flatMap { n -> [ExperimentPoint] in
      var own = configuration
      own.data.samples = [n]
      guard case .list(let ridges) = configuration.ridges else {
        return [ExperimentPoint(swept: swept, configuration: own)]
      }
      return ridges.map { ridge in
        own.ridges = .list([ridge])
        return ExperimentPoint(swept: swept, configuration: own)
      }
    }
  }
}
