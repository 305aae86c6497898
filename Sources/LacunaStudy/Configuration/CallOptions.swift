import LacunaAlgebra
import MaskedRegression

/// Where a caller from another language wants something computed: `{device: auto, precision: float64, threads: 2}`.
package struct ComputingOptions: Sendable {
  package var device = "auto"
  package var precision = Precision.float64
  /// nil takes the default.
  package var threads: Int?

  static let keys = ["device", "precision", "threads"]

  /// - Parameter text: JSON or YAML; empty for the defaults.
  /// - Throws: `ConfigurationError` for an unknown key or value.
  package init(_ text: String) throws(ConfigurationError) {
    if let section = try optionSection(text, keys: Self.keys) {
      try self.init(section)
    } else {
      self.init()
    }
  }

  init() {}

  init(_ section: ConfigurationSection) throws(ConfigurationError) {
    if let field = section["device"] { device = try field.text("a device", remedy: "write one, such as host") }
    if let field = section["precision"] {
      let word = try ConfigurationChoice(field, words: Precision.allCases.map(\.rawValue), forms: []).word
      precision = Precision(rawValue: word) ?? .float64
    }
    if let field = section["threads"], !field.node.isAbsent {
      threads = try field.integer(in: 1...4096, of: "threads", example: "2")
    }
  }
}

/// A fit as a caller from another language asks for it:
/// `{mask: leave_one_out, ridge: auto, weights: uniform, targets: [1], covariates: [2], intercept: true, seed: 1, names: [a, b]}`
/// and `ComputingOptions`.
package struct FitOptions: Sendable {
  package var mask = MaskConfiguration.leaveOneOut
  package var ridge = RidgeChoice.automatic
  package var weights = WeightChoice.uniform
  /// Coordinates from 0 that are predicted alone, and that predict alone.
  package var targets: [Int] = []
  package var covariates: [Int] = []
  package var intercept = false
  package var seed: UInt64 = 1
  package var names: [String]?
  /// Whether the caller keeps the data as they are until the fit is freed, so that they are read in place.
  package var borrow = false
  package var computing = ComputingOptions()

  /// - Parameter text: JSON or YAML; empty for the defaults.
  /// - Parameter d: coordinates of the data.
  /// - Throws: `ConfigurationError` for an unknown key or value.
  package init(_ text: String, coordinateCount d: Int) throws(ConfigurationError) {
    let keys = ["mask", "ridge", "weights", "targets", "covariates", "intercept", "seed", "names", "borrow"]
    guard let section = try optionSection(text, keys: keys + ComputingOptions.keys) else { return }
    computing = try ComputingOptions(section)
    if let field = section["mask"] {
      mask = try MaskConfiguration.read(field, MaskContext(coordinates: d, hasOwnData: true))
    }
    if let field = section["ridge"] { ridge = try Self.ridge(field) }
    if let field = section["weights"] { weights = try Self.weights(field) }
    if let field = section["targets"] { targets = try Self.coordinates(field, count: d) }
    if let field = section["covariates"] { covariates = try Self.coordinates(field, count: d) }
    if hasRoles && !mask.isLeaveOneOut {
      throw ConfigurationError(
        location: .option("options"), key: "mask", reason: "targets and covariates have other masks than leave_one_out",
        remedy: "leave the mask out: other masks hide whatever they hide")
    }
    if let field = section["intercept"] {
      intercept = try ConfigurationChoice(field, words: ["true", "false"], forms: []).word == "true"
    }
    if let field = section["borrow"] {
      borrow = try ConfigurationChoice(field, words: ["true", "false"], forms: []).word == "true"
    }
    if let field = section["seed"] { seed = try readSeed(field) }
    if let field = section["names"], !field.node.isAbsent {
      var names: [String] = []
      for item in try field.items("a list of names") {
        names.append(try item.text("a name", remedy: "write one for each coordinate"))
      }
      guard names.count == d else {
        throw field.failure("\(names.count) names for \(d) coordinates", "give one for each")
      }
      self.names = names
    }
  }

  /// Whether some coordinates are predicted alone, or predict alone.
  package var hasRoles: Bool { !targets.isEmpty || !covariates.isEmpty }

  private static func weights(_ field: ConfigurationField) throws(ConfigurationError) -> WeightChoice {
    if case .list = field.node.content { return .fixed(.given(try field.numbers(.positive))) }
    let word = try ConfigurationChoice(field, words: WeightChoice.named.map(\.word), forms: []).word
    return WeightChoice.named.first { $0.word == word }?.choice ?? .uniform
  }

  private static func coordinates(_ field: ConfigurationField, count d: Int) throws(ConfigurationError) -> [Int] {
    if field.node.isAbsent { return [] }
    var found: [Int] = []
    for item in try field.items("a list of coordinates") {
      found.append(try item.integer(in: 0...d - 1, of: "coordinates", example: "0"))
    }
    return found
  }

  private static func ridge(_ field: ConfigurationField) throws(ConfigurationError) -> RidgeChoice {
    if case .scalar("ridgeless", _) = field.node.content { return .ridgeless }
    switch try readRidges(field) {
    case .auto: return .automatic
    case .list(let ridges): return .path(ridges)
    }
  }
}

/// The section of options that a text is; nil for an empty one.
private func optionSection(_ text: String, keys: [String]) throws(ConfigurationError) -> ConfigurationSection? {
  let node = try parseYAML(text) { _ in .option("options") }
  guard !node.isAbsent else { return nil }
  return try ConfigurationSection(ConfigurationField(key: "", node: node), keys: keys)
}
