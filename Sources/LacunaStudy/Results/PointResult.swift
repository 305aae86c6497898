/// One point of an experiment: a model at one n and one ridge, and what each measure found there, by trials or by theory alone.
public struct PointResult: Sendable, Equatable {
  /// The swept keys and their values here; empty where nothing is swept.
  public var parameters: [String: String]
  /// n.
  public var sampleCount: Int
  /// d.
  public var coordinateCount: Int
  /// λ on S = XᵀX/n.
  public var ridge: Double
  public var trials: Int
  /// What was found, by measure, errors first.
  public var measured: [Measured]

  /// What one measure found.
  public struct Measured: Sendable, Equatable {
    /// The measure's word.
    public var measure: String
    public var quantities: [Quantity]
    /// Why theory is silent here, or what it lacks.
    public var warnings: [String] = []
  }

  /// Why theory is silent here, or what it lacks.
  public var warnings: [String] { measured.flatMap(\.warnings) }

  /// Everything that was found.
  public var quantities: [Quantity] { measured.flatMap(\.quantities) }

  /// Where it is, in words.
  var place: String {
    (parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
      + ["n = \(sampleCount)", "ridge \(NumberText.brief(ridge))"]).joined(separator: ", ")
  }

  /// n/d.
  public var samplesPerCoordinate: Double { Double(sampleCount) / Double(coordinateCount) }

  /// A quantity by its name; nil where it was not measured.
  public func quantity(_ name: QuantityName) -> Quantity? {
    for found in measured {
      if let quantity = found.quantities.first(where: { $0.name == name }) { return quantity }
    }
    return nil
  }

  /// A measured quantity by its name.
  public subscript(name: QuantityName) -> Statistic? { quantity(name)?.statistic }

  /// A number of the point as a whole by its name.
  public func number(_ name: QuantityName) -> Double? { quantity(name)?.number }

  /// Many numbers by their name, a row a trial; empty where there are none.
  public func rows(_ name: QuantityName) -> [[Double]] {
    if case .rows(let rows) = quantity(name)?.content { rows } else { [] }
  }
}

extension PointResult: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: TextKey.self)
    try container.encode(parameters, forKey: TextKey("parameters"))
    try container.encode(sampleCount, forKey: TextKey("n"))
    try container.encode(coordinateCount, forKey: TextKey("d"))
    try container.encode(ridge, forKey: TextKey("ridge"))
    try container.encode(trials, forKey: TextKey("trials"))
    try container.encode(warnings, forKey: TextKey("warnings"))
    try quantities.encode(into: &container)
  }
}

/// What one trial showed at one point: a line of `trials.jsonl`.
public struct TrialRecord: Sendable, Equatable {
  public var parameters: [String: String]
  public var sampleCount: Int
  public var coordinateCount: Int
  public var ridge: Double
  /// Counted from 0; with the seed and n it names the random stream.
  public var trial: Int
  public var quantities: [Quantity]

  /// A number by its name; nil where it was not measured.
  public subscript(name: QuantityName) -> Double? { quantities.first { $0.name == name }?.number }
}

extension TrialRecord: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: TextKey.self)
    try container.encode(parameters, forKey: TextKey("parameters"))
    try container.encode(sampleCount, forKey: TextKey("n"))
    try container.encode(coordinateCount, forKey: TextKey("d"))
    try container.encode(ridge, forKey: TextKey("ridge"))
    try container.encode(trial, forKey: TextKey("trial"))
    try quantities.encode(into: &container)
  }
}

/// What a study found, for its figures and comparisons.
public struct StudyResults: Sendable {
  public var stages: [Experiment.Stage]
  /// One a stage and ridge, in order.
  public var points: [PointResult]
  /// For lines between the points; nil draws them through the points.
  var between: TheoryBetween?

  public init(stages: [Experiment.Stage], points: [PointResult]) {
    self.stages = stages
    self.points = points
  }

  /// What was measured somewhere in the study.
  var measures: [any Measure.Type] {
    var found: [any Measure.Type] = []
    for measure in stages.flatMap(\.measures) where !found.contains(where: { $0 == type(of: measure) }) {
      found.append(type(of: measure))
    }
    return found
  }

  /// The figures of every measure.
  public func figures() throws -> [StudyFigure] { try measures.flatMap { try $0.figures(self) } }

  /// The stage that a point comes from, and which of its ridges it has.
  public func origin(of point: PointResult) -> (stage: Experiment.Stage, ridge: Int)? {
    for stage in stages where stage.matches(point) {
      if let r = stage.ridges.firstIndex(of: point.ridge) { return (stage, r) }
    }
    return nil
  }
}
