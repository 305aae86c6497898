import LacunaAlgebra

/// A configuration as YAML with every default written out: reading it back gives an equal configuration.
///
/// Sample counts stand as `samples` (never as `aspect_ratio`), ridge paths as lists, files by absolute path.
/// - Parameter comments: lines put in front, each as a comment.
public func resolvedYAML(_ configuration: ExperimentConfiguration, comments: [String] = []) -> String {
  let data = configuration.data
  var lines = comments.map { "# " + shortened(line: $0) }
  lines += [
    "experiment:", "  name: \(quoted(configuration.name))", "  trials: \(configuration.trials)",
    "  seed: \(configuration.seed)", "data:", "  model: \(data.model.rawValue)",
    "  coordinates: \(data.coordinates)", "  samples: [\(data.samples.map(String.init).joined(separator: ", "))]",
  ]
  if !data.spikes.isEmpty {
    lines.append("  spikes:")
    lines += data.spikes.map { "    - {strength: \(number($0.strength)), direction: \(direction($0.direction))}" }
  }
  if let correlation = data.correlation { lines.append("  correlation: \(number(correlation))") }
  if let blocks = data.blocks { lines.append("  blocks: \(blocks)") }
  switch data.firstRow {
  case .list(let values): lines.append("  first_row: \(numbers(values))")
  case .file(let path): lines.append("  first_row: {file: \(quoted(path))}")
  case nil: break
  }
  if let exponent = data.exponent { lines.append("  exponent: \(number(exponent))") }
  if let file = data.file { lines.append("  file: \(quoted(file))") }
  lines += ["  noise:", "    law: \(law(data.law))"]
  if data.model.keys.contains("noise.variances") { lines.append("    variances: \(variances(data.variances))") }
  lines += ["model:", "  mask: \(configuration.mask.yaml)", "  ridge: \(ridges(configuration.ridges))"]
  if configuration.measures.contains(PrincipalMeasure.word) || configuration.principalRank != .best {
    lines.append("  pca: {rank: \(rank(configuration.principalRank))}")
  }
  lines.append("measure: [\(configuration.measures.joined(separator: ", "))]")
  return lines.joined(separator: "\n") + "\n"
}

/// The configuration shared by the points of an experiment, as `resolvedYAML(_:comments:)` writes it.
///
/// Where keys are swept it is the first point's, preceded by a comment with the overrides that repeat the sweep.
/// - Parameter points: as `loadExperiments` gives them, at least one.
public func resolvedYAML(_ points: [ExperimentPoint], comments: [String] = []) -> String {
  precondition(!points.isEmpty, "an experiment has at least one point")
  var sweeps: [String] = []
  for (index, swept) in points[0].swept.enumerated() {
    var values: [String] = []
    for point in points where !values.contains(point.swept[index].value) { values.append(point.swept[index].value) }
    sweeps.append("\(swept.key)=\(values.joined(separator: ","))")
  }
  let notice =
    sweeps.isEmpty ? [] : ["The first of \(points.count) configurations. Swept by: \(sweeps.joined(separator: " "))"]
  return resolvedYAML(points[0].configuration, comments: comments + notice)
}

private func rank(_ rank: PrincipalRank) -> String {
  switch rank {
  case .best: "best"
  case .bulkEdge: "bulk_edge"
  case .list(let ranks): "[\(ranks.map(String.init).joined(separator: ", "))]"
  }
}

private func shortened(line: String) -> String { String(line.map { $0.isNewline ? " " : $0 }) }

private func number(_ value: Double) -> String { YAMLValue.number(value).yaml }

private func numbers(_ values: [Double]) -> String { YAMLValue.numbers(values).yaml }

private func quoted(_ text: String) -> String { YAMLValue.text(text).yaml }

private func direction(_ direction: DataConfiguration.Direction) -> String {
  switch direction {
  case .delocalized: "delocalized"
  case .sparse(let count): "{sparse: \(count)}"
  case .file(let path): "{file: \(quoted(path))}"
  }
}

private func law(_ law: EntryLaw) -> String {
  switch law {
  case .gaussian: "gaussian"
  case .rademacher: "rademacher"
  case .studentT(let degrees): "{student_t: \(number(degrees))}"
  case .sparse(let density): "{sparse: \(number(density))}"
  }
}

private func variances(_ variances: DataConfiguration.Variances) -> String {
  switch variances {
  case .constant(let value): number(value)
  case .list(let values): numbers(values)
  case .linear(let first, let last): "{linear: \(numbers([first, last]))}"
  case .geometric(let first, let last): "{geometric: \(numbers([first, last]))}"
  case .file(let path): "{file: \(quoted(path))}"
  }
}

private func ridges(_ ridges: RidgeConfiguration) -> String {
  switch ridges {
  case .auto: "auto"
  case .list(let values):
    "[" + values.map { $0 == 0 ? "ridgeless" : number($0) }.joined(separator: ", ") + "]"
  }
}
