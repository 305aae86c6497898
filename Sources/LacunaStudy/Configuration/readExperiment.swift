/// Interprets the tree of a whole configuration.
///
/// - Parameter name: of the experiment where the configuration gives none.
/// - Parameter folder: absolute; where relative paths written in the file start. Those of overrides start at `current`.
/// - Throws: the first fault, unknown keys before values in each section.
func readExperiment(
  _ root: ConfigurationNode, name: String, folder: String, current: String, measures: [any Measure.Type]
) throws(ConfigurationError) -> ExperimentConfiguration {
  let top = try ConfigurationSection(
    ConfigurationField(key: "", node: root), keys: ["experiment", "data", "model", "measure"], elsewhere: topElsewhere)
  let data = try DataReader(
    field: top.required("data", example: "a section data: {model: isotropic, coordinates: 400, samples: 800}"),
    folder: folder, current: current
  ).read()
  let model = try ConfigurationSection(
    top.required("model", example: "a section model: {ridge: 0.1}"), keys: ["mask", "ridge", "weights", "pca"],
    elsewhere: ["measure": "the top level", "rank": "model.pca"])
  var result = ExperimentConfiguration(
    name: name, data: data, ridges: try readRidges(model.required("ridge", example: "ridge: 0.1, or ridge: auto")))
  if let mask = model["mask"] {
    result.mask = try MaskConfiguration.read(
      mask, MaskContext(coordinates: data.coordinates, folder: folder, current: current, hasOwnData: false))
  }
  if let weights = model["weights"] {
    result.weights = try WeightConfiguration(weights, coordinates: data.coordinates) {
      field throws(ConfigurationError) in try field.path(folder: folder, current: current)
    }
    if result.weights != .uniform, result.mask != .leaveOneOut {
      throw weights.failure(
        "weights are of leave_one_out masks, not of \(result.mask.word)",
        "remove model.mask, or give {bernoulli: {keep: [..]}} its probabilities, which are weights")
    }
    if result.weights != .uniform, result.ridges == .auto, let ridge = model["ridge"] {
      throw ridge.failure(
        "auto is the best ridge of uniform weights, not of these", "write a ridge, a list or {from, to, count}")
    }
  }
  if let pca = model["pca"] {
    let section = try ConfigurationSection(pca, keys: ["rank"])
    result.principalRank = try readRank(
      section.required("rank", example: "rank: best"), below: min(data.coordinates, data.samples.min() ?? 1))
  }
  if result.mask != .leaveOneOut, result.ridges == .auto, let ridge = model["ridge"] {
    throw ridge.failure(
      "auto is the best ridge of leave_one_out masks, not of these", "write a ridge, a list or {from, to, count}")
  }
  if result.mask == .leaveOneOut, let ridge = model["ridge"] { try requireRegular(ridge, data: data) }
  if let measure = top["measure"] {
    result.measures = try readMeasures(measure, of: measures, data: data, mask: result.mask)
  }
  guard let field = top["experiment"] else { return result }
  let experiment = try ConfigurationSection(field, keys: ["name", "trials", "seed"])
  if let name = experiment["name"] { result.name = try readName(name) }
  if let trials = experiment["trials"] {
    result.trials = try trials.integer(in: 1...ExperimentConfiguration.mostTrials, example: "10")
  }
  if let seed = experiment["seed"] { result.seed = try readSeed(seed) }
  return result
}

private let topElsewhere = [
  "name": "experiment", "trials": "experiment", "seed": "experiment", "ridge": "model", "mask": "model",
  "weights": "model",
  "coordinates": "data", "samples": "data", "aspect_ratio": "data", "spikes": "data", "noise": "data",
]

private func readName(_ field: ConfigurationField) throws(ConfigurationError) -> String {
  let name = try field.text("a name", remedy: "write one, such as learning-curve")
  let scalars = name.unicodeScalars
  guard !name.isEmpty, scalars.count <= 100,
    !scalars.contains(where: { $0 == "/" || $0.properties.generalCategory == .control })
  else { throw field.failure("not a usable name", "write 1 to 100 characters without slashes or line breaks") }
  return name
}

func readSeed(_ field: ConfigurationField) throws(ConfigurationError) -> UInt64 {
  guard case .scalar(let text, quoted: false) = field.node.content, let seed = UInt64(text) else {
    throw field.failure(
      "a seed wanted, found \(field.node.kind)", "write a whole number from 0 to \(UInt64.max), such as 1")
  }
  return seed
}

func readRidges(_ field: ConfigurationField) throws(ConfigurationError) -> RidgeConfiguration {
  switch field.node.content {
  case .scalar("auto", _): return .auto
  case .section:
    let path = try ConfigurationSection(field, keys: ["from", "to", "count"])
    let from = try path.required("from", example: "from: 1.0e-3").number(.positive)
    let toField = try path.required("to", example: "to: 10")
    let to = try toField.number(.positive)
    let count = try path.required("count", example: "count: 20").integer(in: 2...10_000, example: "20")
    guard to > from else {
      throw toField.failure("the path must rise, but to = \(to) is not above from = \(from)", "exchange the two")
    }
    return .list(RidgeConfiguration.logPath(from: from, to: to, count: count))
  case .list, .scalar:
    let items = try field.items("a ridge")
    guard items.count <= 10_000 else { throw field.failure("\(items.count) ridges", "give at most 10000") }
    var ridges: [Double] = []
    for item in items {
      if case .scalar(let text, quoted: _) = item.node.content, numericValue(text) == nil, !item.node.isAbsent {
        if text == "ridgeless" {
          ridges.append(0)
          continue
        }
        throw item.failure(
          "\"\(shortened(text))\" is no ridge",
          "write a number, ridgeless, a list of these, {from: 1.0e-3, to: 10, count: 20} or auto alone")
      }
      ridges.append(try item.number(.nonNegative))
    }
    return .list(ridges)
  }
}

/// Refuses a ridge of 0 where the Gram of the samples is singular; the limit λ → 0 has a word of its own.
private func requireRegular(_ field: ConfigurationField, data: DataConfiguration) throws(ConfigurationError) {
  guard case .list = try readRidges(field), let n = data.samples.min(), n < data.coordinates else { return }
  switch field.node.content {
  case .list, .scalar:
    for item in try field.items("a ridge") {
      if case .scalar(let text, quoted: _) = item.node.content, numericValue(text) == 0 {
        throw item.failure(
          "ridge 0 needs a positive definite Gram matrix, and \(n) samples of \(data.coordinates) coordinates give a "
            + "singular one", "write a ridge above 0, or ridgeless for the limit")
      }
    }
  default: return
  }
}

/// - Parameter limit: the least of d and every n.
private func readRank(_ field: ConfigurationField, below limit: Int) throws(ConfigurationError) -> PrincipalRank {
  if case .scalar(let text, _) = field.node.content, numericValue(text) == nil, !field.node.isAbsent {
    return try ConfigurationChoice(field, words: ["best", "bulk_edge"], forms: []).word == "best" ? .best : .bulkEdge
  }
  var ranks: [Int] = []
  for item in try field.items("a rank, best or bulk_edge") {
    let rank = try item.integer(in: 0...(limit - 1), example: "1")
    guard !ranks.contains(rank) else { throw item.failure("\(rank) is given twice", "keep one of them") }
    ranks.append(rank)
  }
  return .list(ranks.sorted())
}

private func readMeasures(
  _ field: ConfigurationField, of measures: [any Measure.Type], data: DataConfiguration, mask: MaskConfiguration
) throws(ConfigurationError) -> [String] {
  var words: [String] = []
  for item in try field.items("a measure") {
    let word = try ConfigurationChoice(item, words: measures.map { $0.word }, forms: []).word
    guard let measure = measures.first(where: { $0.word == word }) else { continue }
    guard !words.contains(word) else { throw item.failure("\(word) is given twice", "keep one of them") }
    if let refusal = measure.refusal(of: data) { throw item.failure(refusal.reason, refusal.remedy) }
    words.append(word)
  }
  let measured = measures.filter { $0.isMeasured(under: mask) }.map { $0.word }
  if let other = words.first(where: { !measured.contains($0) }) {
    throw field.failure(
      "\(other) is not measured under \(mask.word) masks",
      "there is \(measured.joined(separator: ", ")) to measure under them")
  }
  return words
}
