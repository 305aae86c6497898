import LacunaAlgebra
import LacunaFiles

/// One unit as it was done, a line of a shard: what its trials showed, and where.
///
///     {"sum":"…","device":…,"host":…,"index":…,"numerics":…,"precision":…,"seconds":…,"stage":…,"study":…,"time":…,"trials":[…]}
///
/// `sum` is the fingerprint of the bytes after its comma, so that a line that was cut or damaged is known. `trials` holds the
/// observations, trial by trial, ridge by ridge, measure by measure.
struct UnitRecord {
  /// Whose unit it is, and who did it.
  struct Head: Sendable, Codable {
    var study: String
    var numerics: Int
    var precision: Precision
    var stage, index: Int
    var device, host: String
    /// Whether the device's results were verified, as in `Summary`.
    var verification: String?
    /// Since the process began, or ended the unit before.
    var seconds: Double
    /// When it was done, in seconds since 1970.
    var time: Double

    var unit: StudyPlan.Unit { StudyPlan.Unit(stage: stage, index: index) }
  }

  var head: Head
  /// One a trial.
  var outcomes: [TrialOutcome]

  /// The line, with its end.
  func line(_ measures: [any Measure]) throws -> String {
    let whole = try encodeJSON(
      Written(head: head, outcomes: outcomes, measures: measures.map { type(of: $0) }), pretty: false,
      keepsNonFinite: true)
    let rest = whole.utf8.dropFirst()
    return "{\"sum\":\"\(Fingerprint(of: rest).text)\"," + String(decoding: rest, as: UTF8.self) + "\n"
  }

  /// Whether a line, without its end, is whole.
  static func isWhole(_ line: ArraySlice<UInt8>) -> Bool {
    let digits = line.dropFirst(prefix.count).prefix(16)
    let rest = line.dropFirst(prefix.count + 18)
    return line.starts(with: prefix) && !rest.isEmpty && Fingerprint(of: rest).text.utf8.elementsEqual(digits)
  }

  private static let prefix = Array("{\"sum\":\"".utf8)

  static func head(of line: ArraySlice<UInt8>) throws -> Head { try decodeJSON(Head.self, from: line) }

  /// What the trials of a line showed.
  static func outcomes(of line: ArraySlice<UInt8>, _ measures: [any Measure]) throws -> [TrialOutcome] {
    try decodeJSON(Read.self, from: line, context: [Read.measures: measures.map { type(of: $0) }]).trials
  }

  /// The numbers of a line, a list an observation.
  static func numbers(of line: ArraySlice<UInt8>) throws -> [[Double]] {
    struct Trials: Decodable { var trials: [[[ObservedNumbers]]] }
    return try decodeJSON(Trials.self, from: line).trials.flatMap { $0.flatMap { $0.map(\.values) } }
  }
}

private struct Written: Encodable {
  let head: UnitRecord.Head
  let outcomes: [TrialOutcome]
  let measures: [any Measure.Type]

  func encode(to encoder: any Encoder) throws {
    try head.encode(to: encoder)
    var container = encoder.container(keyedBy: TextKey.self)
    var trials = container.nestedUnkeyedContainer(forKey: TextKey("trials"))
    for outcome in outcomes {
      var ridges = trials.nestedUnkeyedContainer()
      for observations in outcome {
        var list = ridges.nestedUnkeyedContainer()
        for (measure, observation) in zip(measures, observations) { try measure.encode(observation, into: &list) }
      }
    }
  }
}

private struct Read: Decodable {
  static let measures = CodingUserInfoKey(rawValue: "measures")!
  var trials: [TrialOutcome] = []

  init(from decoder: any Decoder) throws {
    let measures = decoder.userInfo[Self.measures] as? [any Measure.Type] ?? []
    let container = try decoder.container(keyedBy: TextKey.self)
    var list = try container.nestedUnkeyedContainer(forKey: TextKey("trials"))
    while !list.isAtEnd {
      var ridges = try list.nestedUnkeyedContainer()
      var outcome: TrialOutcome = []
      while !ridges.isAtEnd {
        var observations = try ridges.nestedUnkeyedContainer()
        outcome.append(try measures.map { try $0.decode(from: &observations) })
      }
      trials.append(outcome)
    }
  }
}

extension Measure {
  fileprivate static func encode(_ observation: any Sendable, into list: inout any UnkeyedEncodingContainer) throws {
    guard let own = observation as? Observation else { preconditionFailure("the observation of another measure") }
    try list.encode(own)
  }

  fileprivate static func decode(from list: inout any UnkeyedDecodingContainer) throws -> any Sendable {
    try list.decode(Observation.self)
  }
}

/// All numbers of an observation, in the order of its keys; NaN where one is absent.
private struct ObservedNumbers: Decodable {
  var values: [Double] = []

  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: TextKey.self) {
      for key in object.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
        values += try object.decodeNil(forKey: key) ? [.nan] : object.decode(Self.self, forKey: key).values
      }
    } else if var list = try? decoder.unkeyedContainer() {
      while !list.isAtEnd { values += try list.decodeNil() ? [.nan] : list.decode(Self.self).values }
    } else {
      let single = try decoder.singleValueContainer()
      values = [single.decodeNil() ? .nan : try single.decode(Double.self)]
    }
  }
}
