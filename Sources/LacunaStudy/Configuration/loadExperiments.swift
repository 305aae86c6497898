import LacunaFiles

/// Reads a configuration with its overrides: one point for each combination of swept keys.
///
/// An override `key=value` sets a dotted key (`data.spikes.0.strength=2`), as if it stood in the file; its value is a
/// YAML flow value (`data.noise.law={student_t: 5}`). A comma list sets `data.samples`, `data.aspect_ratio`,
/// `data.first_row`, `model.ridge`, `measure` and the two ends of graded variances, and sweeps any other key; several
/// swept keys give their cartesian product, the last varying fastest.
/// - Parameter text: the configuration, YAML.
/// - Parameter source: the file's name, for messages and for the default of `experiment.name`.
/// - Parameter folder: where relative paths in the text start; by default the folder of `source`, and the current
///   folder for an embedded example. Paths given in overrides start at the current folder.
/// - Parameter measures: those that the configuration can ask for; a caller may add its own, and gives them to `Study` as well.
/// - Returns: at least one point.
/// - Throws: the first fault found, with its place, the key and the remedy; more than 10000 points.
package func loadExperiments(
  text: String, source: String, folder: String? = nil, overrides: [String] = [],
  measures: [any Measure.Type] = MeasureRegistry.all
) throws(ConfigurationError) -> [ExperimentPoint] {
  let root = try parseYAML(text) { .file(source, line: $0) }
  var parsed: [Override] = []
  for override in overrides {
    let next = try Override(override)
    if parsed.contains(where: { $0.key == next.key }) {
      throw ConfigurationError(
        location: .override(shortened(override)), key: next.key, reason: "overridden twice", remedy: "keep one of them")
    }
    parsed.append(next)
  }
  let current = PathText.currentFolder
  let base = absolutePath(folder ?? folderPart(of: source), from: current)
  var points: [ExperimentPoint] = []
  for combination in try combinations(of: parsed) {
    var tree = root
    for (override, index) in zip(parsed, combination) { try tree.set(override.key, to: override.values[index].node) }
    let swept = zip(parsed, combination).filter { $0.0.values.count > 1 }
      .map { (key: $0.0.key, value: $0.0.values[$0.1].text) }
    points.append(
      ExperimentPoint(
        swept: swept,
        configuration: try readExperiment(
          tree, name: defaultName(source), folder: base, current: current, measures: measures)))
  }
  return points
}

/// Every choice of one value for each override, the last override varying fastest.
private func combinations(of overrides: [Override]) throws(ConfigurationError) -> [[Int]] {
  var rows: [[Int]] = [[]]
  for override in overrides {
    guard rows.count * override.values.count <= 10_000 else {
      throw ConfigurationError(
        location: override.values[0].node.location, key: override.key, reason: "more than 10000 combinations to sweep",
        remedy: "sweep fewer values at once")
    }
    rows = rows.flatMap { row in override.values.indices.map { row + [$0] } }
  }
  return rows
}

private func folderPart(of source: String) -> String {
  guard !source.hasPrefix("example:"), let slash = source.lastIndex(of: "/") else { return "" }
  return slash == source.startIndex ? "/" : String(source[..<slash])
}

/// `study` for `dir/study.yaml`, `learning-curve` for `example:learning-curve`.
private func defaultName(_ source: String) -> String {
  let path = source.hasPrefix("example:") ? source.dropFirst(8) : source[...]
  let file = path.split(separator: "/").last ?? ""
  let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
  return stem.isEmpty ? "experiment" : shortened(String(stem))
}
