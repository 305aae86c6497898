/// A configuration as YAML with every default written out: reading it back gives an equal configuration.
///
/// Sample counts stand as `samples` (never as `aspect_ratio`), ridge paths as lists, files by absolute path.
/// - Parameter comments: lines put in front, each as a comment.
package func resolvedYAML(_ configuration: ExperimentConfiguration, comments: [String] = []) -> String {
  let data = configuration.data
  var lines = comments.map { "# " + shortened(line: $0) }
  lines += [
    "experiment:", "  name: \(YAMLValue.text(configuration.name).yaml)", "  trials: \(configuration.trials)",
    "  seed: \(configuration.seed)", "data:", "  model: \(data.model.word)",
    "  coordinates: \(data.coordinates)", "  samples: \(YAMLValue.list(data.samples.map { .integer($0) }).yaml)",
  ]
  var noise = [("law", data.law.value)]
  for (key, value) in data.model.family.entries {
    if key.name.hasPrefix("noise.") {
      noise.append((String(key.name.dropFirst("noise.".count)), value))
    } else {
      lines.append("  \(key.name): \(value.yaml)")
    }
  }
  lines.append("  noise: \(YAMLValue.section(noise).yaml)")
  lines += ["model:", "  mask: \(configuration.mask.yaml)", "  ridge: \(ridges(configuration.ridges))"]
  if configuration.weights != .uniform { lines.append("  weights: \(configuration.weights.value.yaml)") }
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
package func resolvedYAML(_ points: [ExperimentPoint], comments: [String] = []) -> String {
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

private func ridges(_ ridges: RidgeConfiguration) -> String {
  switch ridges {
  case .auto: "auto"
  case .list(let values):
    "[" + values.map { $0 == 0 ? "ridgeless" : YAMLValue.number($0).yaml }.joined(separator: ", ") + "]"
  }
}
