/// Everything a run found, and how: what `--json` prints. `metrics.json` has what does not depend on who computed it, nor when;
/// `provenance.json` has the rest.
public struct Summary: Sendable, Encodable {
  public var name: String
  public var points: [PointResult]
  public var precision: String
  public var seed: UInt64
  public var version: String
  public var computation: Computation
  /// When, where and by which command it was summed up; nil where nobody said.
  public var provenance: Provenance?

  public init(
    name: String, points: [PointResult], precision: String, seed: UInt64, version: String, computation: Computation,
    provenance: Provenance? = nil
  ) {
    self.name = name
    self.points = points
    self.precision = precision
    self.seed = seed
    self.version = version
    self.computation = computation
    self.provenance = provenance
  }

  enum CodingKeys: String, CodingKey { case name, points, precision, seed, version, provenance }

  public func encode(to encoder: any Encoder) throws {
    try findings.encode(to: encoder)
    try origin.encode(to: encoder)
  }

  /// For `metrics.json`.
  var findings: Findings { Findings(summary: self) }

  /// For `provenance.json`.
  var origin: Origin { Origin(summary: self) }

  struct Findings: Encodable {
    let summary: Summary

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(summary.name, forKey: .name)
      try container.encode(summary.points, forKey: .points)
      try container.encode(summary.precision, forKey: .precision)
      try container.encode(summary.seed, forKey: .seed)
      try container.encode(summary.version, forKey: .version)
    }
  }

  struct Origin: Encodable {
    let summary: Summary

    func encode(to encoder: any Encoder) throws {
      try summary.computation.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(summary.provenance, forKey: .provenance)
    }
  }
}
