import LacunaAlgebra

/// Interprets the section `data`.
struct DataReader {
  typealias Model = DataConfiguration.Model

  var field: ConfigurationField
  /// Where relative paths written in the file start.
  var folder: String
  /// Where relative paths written in overrides start.
  var current: String

  static let keys = [
    "model", "coordinates", "samples", "aspect_ratio", "spikes", "noise", "correlation", "blocks", "first_row",
    "exponent", "file",
  ]
  static let elsewhere = [
    "law": "data.noise", "variances": "data.noise", "strength": "data.spikes", "direction": "data.spikes",
    "ridge": "model", "mask": "model", "trials": "experiment", "seed": "experiment", "name": "experiment",
  ]

  func read() throws(ConfigurationError) -> DataConfiguration {
    let section = try ConfigurationSection(field, keys: Self.keys, elsewhere: Self.elsewhere)
    let modelField = try section.required("model", example: "model: isotropic")
    let words = Model.allCases.map(\.rawValue)
    let word = try ConfigurationChoice(modelField, words: words, forms: []).word
    guard let model = Model(rawValue: word) else {
      throw modelField.failure("unknown value \"\(word)\"", remedy(forWord: word, among: words))
    }
    for key in ["spikes", "correlation", "blocks", "first_row", "exponent", "file"] {
      if let value = section[key] { try refuse(value, key, unlessTakenBy: model) }
    }
    let coordinates = try section.required("coordinates", example: "coordinates: 400")
      .integer(in: 2...1_000_000_000, example: "400")
    var data = DataConfiguration(
      model: model, coordinates: coordinates, samples: try readSamples(section, coordinates: coordinates))
    if let noise = section["noise"] { try readNoise(noise, into: &data) }
    try readModel(section, into: &data)
    return data
  }

  private func refuse(
    _ value: ConfigurationField, _ key: String, unlessTakenBy model: Model
  ) throws(ConfigurationError) {
    guard !model.keys.contains(key) else { return }
    throw ConfigurationError(
      location: value.keyLocation, key: value.key, reason: "the model \(model.rawValue) takes no \(key)",
      remedy: "remove it, or choose \(Model.taking(key).joined(separator: " or "))")
  }

  private func readSamples(
    _ section: ConfigurationSection, coordinates: Int
  ) throws(ConfigurationError) -> [Int] {
    guard let ratios = section["aspect_ratio"] else {
      let field = try section.required("samples", example: "samples: [200, 400, 800], or aspect_ratio: [2, 1, 0.5]")
      var samples: [Int] = []
      for item in try limited(field.items("a number of samples"), of: field) {
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
    for item in try limited(ratios.items("an aspect ratio"), of: ratios) {
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

  private func limited(
    _ items: [ConfigurationField], of field: ConfigurationField
  ) throws(ConfigurationError) -> [ConfigurationField] {
    guard items.count <= 10_000 else { throw field.failure("\(items.count) values", "give at most 10000") }
    return items
  }

  private func readNoise(_ field: ConfigurationField, into data: inout DataConfiguration) throws(ConfigurationError) {
    let noise = try ConfigurationSection(field, keys: ["law", "variances"])
    if let law = noise["law"] { data.law = try readLaw(law) }
    if let variances = noise["variances"] {
      try refuse(variances, "noise.variances", unlessTakenBy: data.model)
      data.variances = try readVariances(variances, coordinates: data.coordinates)
      if data.model == .isotropic, case .constant = data.variances { return }
      if data.model == .isotropic {
        throw ConfigurationError(
          location: variances.keyLocation, key: variances.key, reason: "the model isotropic takes one variance",
          remedy: "write a number, or choose the model diagonal")
      }
    }
  }

  private func readLaw(_ field: ConfigurationField) throws(ConfigurationError) -> EntryLaw {
    let choice = try ConfigurationChoice(
      field, words: ["gaussian", "rademacher"], forms: [("student_t", "5"), ("sparse", "0.1")])
    switch choice.word {
    case "rademacher": return .rademacher
    case "student_t": return .studentT(degreesOfFreedom: try choice.value.number(.degreesOfFreedom))
    case "sparse": return .sparse(density: try choice.value.number(.density))
    default: return .gaussian
    }
  }

  private func readVariances(
    _ field: ConfigurationField, coordinates: Int
  ) throws(ConfigurationError) -> DataConfiguration.Variances {
    switch field.node.content {
    case .scalar(let text, quoted: false) where numericValue(text) != nil: return .constant(try field.number(.positive))
    case .list:
      let values = try field.numbers(.positive)
      guard values.count == coordinates else {
        throw field.failure(
          "\(values.count) variances for \(coordinates) coordinates",
          "give one for each, one number for all, or {linear: [a, b]} or {geometric: [a, b]}")
      }
      return .list(values)
    default: break
    }
    let choice = try ConfigurationChoice(
      field, words: [], forms: [("linear", "[0.5, 2]"), ("geometric", "[0.2, 3.0]"), ("file", "variances.csv")])
    switch choice.word {
    case "linear":
      let (first, last) = try choice.value.pair(.positive)
      return .linear(first, last)
    case "geometric":
      let (first, last) = try choice.value.pair(.positive)
      return .geometric(first, last)
    default: return .file(try path(choice.value))
    }
  }
}

extension DataReader {
  /// The keys that belong to one family of Σ.
  private func readModel(
    _ section: ConfigurationSection, into data: inout DataConfiguration
  ) throws(ConfigurationError) {
    switch data.model {
    case .isotropic: break
    case .spiked:
      data.spikes = try readSpikes(
        section.required("spikes", example: "spikes: [{strength: 3.0}]"), coordinates: data.coordinates)
    case .diagonal:
      if let spikes = section["spikes"] {
        if case .list(let items) = spikes.node.content, items.isEmpty { return }
        data.spikes = try readSpikes(spikes, coordinates: data.coordinates)
      }
    case .ar1:
      data.correlation = try section.required("correlation", example: "correlation: 0.7").number(.correlation)
    case .toeplitz, .circulant:
      data.firstRow = try readFirstRow(section.required("first_row", example: "first_row: [1, 0.5, 0.2]"), data)
    case .block:
      let blocks = try section.required("blocks", example: "blocks: 10")
        .integer(in: 1...data.coordinates, example: "\(min(10, data.coordinates))")
      data.blocks = blocks
      let field = try section.required("correlation", example: "correlation: 0.3")
      let correlation = try field.number(.correlation)
      let size = (data.coordinates + blocks - 1) / blocks
      if size > 1, correlation <= -1 / Double(size - 1) {
        throw field.failure(
          "Σ is not positive definite: blocks of \(size) coordinates need a correlation above -1/\(size - 1)",
          "raise it, or take more blocks")
      }
      data.correlation = correlation
    case .powerLaw:
      data.exponent = try section.required("exponent", example: "exponent: 1.0").number(.nonNegative)
    case .file:
      data.file = try path(section.required("file", example: "file: covariance.npy"))
    }
  }

  private func readSpikes(
    _ field: ConfigurationField, coordinates: Int
  ) throws(ConfigurationError) -> [DataConfiguration.Spike] {
    var spikes: [DataConfiguration.Spike] = []
    for item in try limited(field.items("a list of spikes"), of: field) {
      let spike = try ConfigurationSection(item, keys: ["strength", "direction"])
      let strength = try spike.required("strength", example: "strength: 3.0").number(.finite)
      var direction = DataConfiguration.Direction.delocalized
      if let field = spike["direction"] {
        let choice = try ConfigurationChoice(
          field, words: ["delocalized"], forms: [("sparse", "10"), ("file", "direction.csv")])
        switch choice.word {
        case "sparse": direction = .sparse(try choice.value.integer(in: 1...coordinates, example: "1"))
        case "file": direction = .file(try path(choice.value))
        default: break
        }
      }
      spikes.append(DataConfiguration.Spike(strength: strength, direction: direction))
    }
    return spikes
  }

  private func readFirstRow(
    _ field: ConfigurationField, _ data: DataConfiguration
  ) throws(ConfigurationError) -> DataConfiguration.FirstRow {
    guard case .list = field.node.content else {
      return .file(try path(ConfigurationChoice(field, words: [], forms: [("file", "first_row.csv")]).value))
    }
    let values = try field.numbers(.finite)
    guard values[0] > 0 else {
      throw field.failure("the variance, its first value, is \(values[0])", "write a number above 0")
    }
    let circulant = data.model == .circulant
    guard
      let row = DataConfiguration.FirstRow.expanded(values, coordinates: data.coordinates, circulant: circulant)
    else {
      let count = data.coordinates
      throw field.failure(
        "\(values.count) values for \(count) coordinates",
        circulant
          ? "give all \(count), or the lags 0, 1, … up to \(count / 2) at most"
          : "give at most \(count); lags not given are 0")
    }
    if circulant, let lag = (1..<row.count).first(where: { row[$0] != row[row.count - $0] }) {
      throw field.failure(
        "Σ is not symmetric: lag \(lag) is \(row[lag]) and lag \(row.count - lag) is \(row[row.count - lag])",
        "make lags k and d - k equal")
    }
    return .list(values)
  }

  private func path(_ field: ConfigurationField) throws(ConfigurationError) -> String {
    try field.path(folder: folder, current: current)
  }
}
