import LacunaAlgebra
import LacunaFiles

extension Study {
  /// Settles what is computed and how, as this device would.
  /// - Parameter device: which says how.
  /// - Parameter goal: of the trials; nil does those that are configured.
  /// - Throws: `BackendError.outOfMemory` where a trial does not fit; a file that can be read no more; `ShardError.goal` where it is
  ///   of nothing that is measured.
  package func plan(on device: StudyDevice, goal: TrialGoal? = nil) throws(StudyError) -> StudyPlan {
    try StudyError.wrapping {
      try goal?.check(experiment.theory(stages))
      let courses = try plans(on: device).map {
        Experiment.Stage.Course(route: $0.route, isSingleThreaded: $0.arrangement.singleThreaded)
      }
      let configurations = experiment.points.map { point in
        StudyPlan.Configuration(
          swept: point.swept.map { .init(key: $0.key, value: $0.value) }, yaml: resolvedYAML(point.configuration))
      }
      let files = try StudyPlan.files(of: configurations)
      return StudyPlan(
        name: name, study: try StudyPlan.fingerprint(configurations, files, goal), version: version,
        numerics: numericsVersion, precision: device.backend.precision, configurations: configurations, files: files,
        stages: zip(stages, courses).map { stage, course in
          let unit = stage.trialsTogether
          let trials = stage.point.configuration.trials
          return StudyPlan.Stage(
            sampleCount: stage.sampleCount, coordinateCount: stage.problem.coordinateCount,
            trials: goal?.first(configured: trials, unit: unit) ?? trials, trialsPerUnit: unit, course: course)
        }, goal: goal)
    }
  }
}

extension Experiment.Stage {
  /// Trials that are done as a whole.
  fileprivate var trialsTogether: Int { measures.map { type(of: $0).trialsTogether }.max() ?? 1 }
}

extension StudyPlan.Stage {
  /// Whether it is what would be planned of a stage: its shape, its trials, a route that it has.
  fileprivate func fits(_ stage: Experiment.Stage, goal: TrialGoal?) -> Bool {
    let configured = stage.point.configuration.trials
    return sampleCount == stage.sampleCount && coordinateCount == stage.problem.coordinateCount
      && trialsPerUnit == stage.trialsTogether
      && (goal.map { trials <= max($0.trialLimit, trialsPerUnit) } ?? (trials == configured))
      && (course.route.map { stage.routes.contains($0) } ?? true)
  }
}

extension StudyPlan {
  /// The study that was planned, its courses settled.
  /// - Parameter version: of the program that runs it.
  /// - Parameter host: solves the eigenproblem of a dense Σ.
  /// - Throws: `ShardError` where this program, or a file that a configuration names, is not the one of the plan.
  package func study(version: String, host: some Backend<Double>) throws -> Study {
    guard numerics == numericsVersion else {
      throw ShardError.otherNumerics(planned: numerics, version: self.version)
    }
    for (now, then) in zip(try Self.files(of: configurations), files) where now != then {
      throw ShardError.changedFile(path: then.path)
    }
    let points = try configurations.flatMap { configuration in
      try loadExperiments(text: configuration.yaml, source: ShardFolder.planName, folder: "/").map { point in
        ExperimentPoint(
          swept: configuration.swept.map { ($0.key, $0.value) }, configuration: point.configuration)
      }
    }
    var study = try Study(name: name, points: points, version: version, host: host)
    guard stages.count == study.stages.count, zip(stages, study.stages).allSatisfy({ $0.fits($1, goal: goal) }) else {
      throw ShardError.malformedPlan(reason: "its stages are not those of its configurations")
    }
    study.settle(stages.map(\.course))
    return study
  }

  /// Holds the list of stages against the configurations: with fewer of them a share has fewer units, down to none, and is soon
  /// called complete.
  func checkStages() throws {
    guard !configurations.isEmpty else { throw ShardError.malformedPlan(reason: "configurations: the list is empty") }
    let wanted = try configurations.reduce(0) { $0 + (try Self.tree(of: $1)["data"]?["samples"]?.items.count ?? 0) }
    guard stages.count == wanted else {
      throw ShardError.malformedPlan(
        reason: stages.isEmpty
          ? "stages: the list is empty" : "stages: there are \(stages.count), and its configurations make \(wanted)")
    }
  }

  private static func tree(of configuration: Configuration) throws -> ConfigurationNode {
    try parseYAML(configuration.yaml) { .file(ShardFolder.planName, line: $0) }
  }

  /// Everything that tells studies apart, as one word.
  static func fingerprint(
    _ configurations: [Configuration], _ files: [File], _ goal: TrialGoal?
  ) throws -> String {
    var fingerprint = Fingerprint(of: try encodeJSON(configurations, pretty: false).utf8)
    fingerprint.add(try encodeJSON(files, pretty: false).utf8)
    if let goal { fingerprint.add(try encodeJSON(goal, pretty: false).utf8) }
    return fingerprint.text
  }

  /// The files that configurations name, by `file` keys, as they are now.
  static func files(of configurations: [Configuration]) throws -> [File] {
    var paths: Set<String> = []
    for configuration in configurations {
      collect(try tree(of: configuration), isFile: false, &paths)
    }
    return try paths.sorted().map { File(path: $0, fingerprint: Fingerprint(of: try readBytes($0)).text) }
  }

  private static func collect(_ node: ConfigurationNode, isFile: Bool, _ paths: inout Set<String>) {
    switch node.content {
    case .scalar(let text, _): if isFile { paths.insert(text) }
    case .list(let items): for item in items { collect(item, isFile: false, &paths) }
    case .section(let entries): for entry in entries { collect(entry.value, isFile: entry.key == "file", &paths) }
    }
  }
}

extension ConfigurationNode {
  /// What stands under a key; nil where it is no section or has no such key.
  fileprivate subscript(key: String) -> ConfigurationNode? {
    guard case .section(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The items of a list, none where it is something else.
  fileprivate var items: [ConfigurationNode] {
    if case .list(let items) = content { items } else { [] }
  }
}
