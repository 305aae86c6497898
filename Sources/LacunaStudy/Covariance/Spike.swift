import LacunaAlgebra
import RealModule

extension DataKey {
  static let spikes = DataKey(name: "spikes", forms: ["spikes.*.direction"])
}

extension DataConfiguration {
  /// A rank-one part strength · u uᵀ of Σ, |u| = 1.
  public struct Spike: Sendable, Equatable {
    /// θ, finite; Σ must stay positive definite.
    public var strength: Double
    public var direction: Direction

    public init(strength: Double, direction: Direction = .delocalized) {
      self.strength = strength
      self.direction = direction
    }
  }

  /// How the unit vector u of a spike is made.
  public enum Direction: Sendable, Equatable {
    /// Uniform on the sphere.
    case delocalized
    /// k coordinates are non-zero, 1 ≤ k ≤ d.
    case sparse(Int)
    /// Read from the file at this absolute path: d numbers, scaled to length 1.
    case file(String)
  }
}

extension DataConfiguration.Spike {
  /// `spikes`, at least one.
  static func list(_ field: ConfigurationField, _ section: DataSection) throws(ConfigurationError) -> [Self] {
    var spikes: [Self] = []
    for item in try field.items("a list of spikes", atMost: 10_000) {
      let spike = try ConfigurationSection(item, keys: ["strength", "direction"])
      let strength = try spike.required("strength", example: "strength: 3.0").number(.finite)
      var direction = DataConfiguration.Direction.delocalized
      if let field = spike["direction"] {
        let choice = try ConfigurationChoice(
          field, words: ["delocalized"], forms: [("sparse", "10"), ("file", "direction.csv")])
        switch choice.word {
        case "sparse": direction = .sparse(try choice.value.integer(in: 1...section.coordinates, example: "1"))
        case "file": direction = .file(try section.path(choice.value))
        default: break
        }
      }
      spikes.append(Self(strength: strength, direction: direction))
    }
    return spikes
  }

  var value: YAMLValue { .section([("strength", .number(strength)), ("direction", direction.value)]) }
}

extension DataConfiguration.Direction {
  fileprivate var value: YAMLValue {
    switch self {
    case .delocalized: .word("delocalized")
    case .sparse(let count): .section([("sparse", .integer(count))])
    case .file(let path): .section([("file", .text(path))])
    }
  }

  /// The unit vector of the spike at `index`.
  ///
  /// Delocalised: d Gaussian values of the experiment's direction stream, normalised. Sparse: the k coordinates with the
  /// smallest of d uniforms carry Gaussian values of a second stretch of the same stream, normalised.
  func vector(count d: Int, seed: UInt64, index: Int) throws -> [Double] {
    let stream = RandomStream(seed: seed, purpose: .spikeDirections, index: index)
    func gaussian(_ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(k), of: stream) }
    var u = [Double](repeating: 0, count: d)
    switch self {
    case .delocalized:
      for k in 0..<d { u[k] = gaussian(k) }
    case .sparse(let size):
      let keys = (0..<d).map { stream.uniforms(UInt64(d + $0)).0 }
      for k in (0..<d).sorted(by: { keys[$0] < keys[$1] }).prefix(size) { u[k] = gaussian(k) }
    case .file(let path):
      u = try readVector(path, count: d)
    }
    let norm = Double.sqrt(dot(u, u))
    guard norm > 0 else {
      if case .file(let path) = self {
        throw ModelError.value(path: path, reason: "a spike direction must not be the zero vector")
      }
      preconditionFailure("a random direction is never zero")
    }
    return u.map { $0 / norm }
  }
}
