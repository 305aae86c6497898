import LacunaAlgebra

/// Interprets the section `data`: what every family has; the chosen family reads the rest.
struct DataReader {
  private typealias Model = DataConfiguration.Model

  var field: ConfigurationField
  /// Where relative paths written in the file start.
  var folder: String
  /// Where relative paths written in overrides start.
  var current: String

  private static let elsewhere = [
    "law": "data.noise", "variances": "data.noise", "strength": "data.spikes", "direction": "data.spikes",
    "ridge": "model", "mask": "model", "trials": "experiment", "seed": "experiment", "name": "experiment",
  ]

  /// Keys of families, those of the section `noise` apart.
  private static let ownKeys = Model.keys.map(\.name).filter { !$0.hasPrefix("noise.") }
  private static let noiseKeys = Model.keys.map(\.name).filter { $0.hasPrefix("noise.") }

  func read() throws(ConfigurationError) -> DataConfiguration {
    let section = try ConfigurationSection(
      field, keys: ["model", "coordinates", "samples", "aspect_ratio", "noise"] + Self.ownKeys,
      elsewhere: Self.elsewhere)
    let modelField = try section.required("model", example: "model: isotropic")
    let word = try ConfigurationChoice(modelField, words: Model.words, forms: []).word
    guard let family = Model.families.first(where: { $0.word == word }) else {
      preconditionFailure("a choice is one of its words")
    }
    for key in Self.ownKeys { try refuse(section[key], key, unlessTakenBy: family) }
    let coordinates = try section.required("coordinates", example: "coordinates: 400")
      .integer(in: 2...1_000_000_000, example: "400")
    let samples = try readSamples(section, coordinates: coordinates)
    let noise = try section["noise"].map { field throws(ConfigurationError) in
      try ConfigurationSection(field, keys: ["law"] + Self.noiseKeys.map { String($0.dropFirst("noise.".count)) })
    }
    let law = try noise?["law"].map { field throws(ConfigurationError) in try EntryLaw(field) }
    for key in Self.noiseKeys {
      try refuse(noise?[String(key.dropFirst("noise.".count))], key, unlessTakenBy: family)
    }
    let own = DataSection(keys: section, noise: noise, coordinates: coordinates, folder: folder, current: current)
    return DataConfiguration(
      model: Model(try family.read(own)), coordinates: coordinates, samples: samples, law: law ?? .gaussian)
  }

  private func refuse(
    _ value: ConfigurationField?, _ key: String, unlessTakenBy family: any DataModel.Type
  ) throws(ConfigurationError) {
    func takes(_ family: any DataModel.Type) -> Bool { family.keys.contains { $0.name == key } }
    guard let value, !takes(family) else { return }
    throw ConfigurationError(
      location: value.keyLocation, key: value.key, reason: "the model \(family.word) takes no \(key)",
      remedy: "remove it, or choose \(Model.families.filter(takes).map { $0.word }.joined(separator: " or "))")
  }

  private func readSamples(
    _ section: ConfigurationSection, coordinates: Int
  ) throws(ConfigurationError) -> [Int] {
    guard let ratios = section["aspect_ratio"] else {
      let field = try section.required("samples", example: "samples: [200, 400, 800], or aspect_ratio: [2, 1, 0.5]")
      var samples: [Int] = []
      for item in try field.items("a number of samples", atMost: 10_000) {
        samples.append(try item.integer(in: Self.sampleRange, example: "800"))
      }
      return samples
    }
    if let samples = section["samples"] {
      throw ConfigurationError(
        location: samples.keyLocation, key: samples.key, reason: "given together with aspect_ratio",
        remedy: "keep one of the two: aspect_ratio γ means round(d/γ) samples")
    }
    var samples: [Int] = []
    for item in try ratios.items("an aspect ratio", atMost: 10_000) {
      let ratio = try item.number(.positive)
      let count = (Double(coordinates) / ratio).rounded()
      guard count >= 1, count <= Double(Self.sampleRange.upperBound) else {
        throw item.failure(
          "an aspect ratio of \(ratio) gives \(count) samples at d = \(coordinates)",
          "write d/n with n from 1 to \(Self.sampleRange.upperBound)")
      }
      samples.append(Int(count))
    }
    return samples
  }

  private static let sampleRange = 1...1_000_000_000_000
}

extension EntryLaw {
  /// `noise.law`.
  fileprivate init(_ field: ConfigurationField) throws(ConfigurationError) {
    let choice = try ConfigurationChoice(
      field, words: ["gaussian", "rademacher"], forms: [("student_t", "5"), ("sparse", "0.1")])
    switch choice.word {
    case "rademacher": self = .rademacher
    case "student_t": self = .studentT(degreesOfFreedom: try choice.value.number(.degreesOfFreedom))
    case "sparse": self = .sparse(density: try choice.value.number(.density))
    default: self = .gaussian
    }
  }

  var value: YAMLValue {
    switch self {
    case .gaussian: .word("gaussian")
    case .rademacher: .word("rademacher")
    case .studentT(let degrees): .section([("student_t", .number(degrees))])
    case .sparse(let density): .section([("sparse", .number(density))])
    }
  }
}
