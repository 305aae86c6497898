import LacunaAlgebra
import LacunaFigures
import LacunaFiles

/// A study from configuration to result folder: the one way in for commands and for other programs.
///
///     let study = try Study(configuration: yaml, name: "mine", host: backend)
///     let report = try study.run(on: StudyDevice(backend))
///     try report.write(to: ResultFolder("results", overwrite: false))
public struct Study: Sendable {
  public let name: String
  public let experiment: Experiment
  /// With the theory of everything that is measured.
  public private(set) var stages: [Experiment.Stage]
  let version: String
  private let between: TheoryBetween
  /// What the results say of when, where and by which command they came to be; nil says nothing.
  public var provenance: Provenance?

  /// Builds models and theory: everything that can be refused is refused here.
  /// - Parameter name: of the study, for titles.
  /// - Parameter points: at least one.
  /// - Parameter version: of the program that runs it, for the files.
  /// - Parameter measures: those that a configuration can ask for, errors among them; a caller may add its own.
  /// - Parameter host: solves the eigenproblem of a dense Σ.
  /// - Throws: where Σ, its files, its theory or the masks cannot be had.
  public init(
    name: String, points: [ExperimentPoint], version: String = "",
    measures: [any Measure.Type] = MeasureRegistry.all, host: some Backend<Double>
  ) throws(StudyError) {
    let experiment = Experiment(points)
    self.name = name
    self.version = version
    self.experiment = experiment
    between = TheoryBetween(known: measures) { points in
      let other = Experiment(points)
      return other.theory(try other.stages(device: host, known: measures))
    }
    stages = try StudyError.wrapping { try experiment.stages(device: host, known: measures) }
  }

  /// Reads a configuration, as `lacuna simulate` does.
  /// - Parameter text: YAML.
  /// - Parameter name: of the study, where the text gives none.
  /// - Parameter folder: where relative paths in the text start; nil is the current folder.
  /// - Parameter overrides: `key=value` by dotted key; a comma list sweeps the key.
  /// - Parameter measures: those that it can ask for.
  /// - Parameter host: solves the eigenproblem of a dense Σ.
  /// - Throws: `ConfigurationError`, with its place and the remedy; what the other initialiser throws.
  public init(
    configuration text: String, name: String, folder: String? = nil, overrides: [String] = [],
    measures: [any Measure.Type] = MeasureRegistry.all, host: some Backend<Double>
  ) throws {
    let points = try loadExperiments(
      text: text, source: name, folder: folder, overrides: overrides, measures: measures)
    try self.init(name: points.first?.configuration.name ?? name, points: points, measures: measures, host: host)
  }

  /// How the trials of each stage are computed on a device.
  /// - Throws: `BackendError.outOfMemory`, with the largest d that would fit, where a trial does not.
  public func plans(on device: StudyDevice) throws(BackendError) -> [TrialPlan] {
    var plans: [TrialPlan] = []
    for stage in stages { plans.append(try device.plan(stage)) }
    return plans
  }

  /// Has the trials of each stage computed in a settled way.
  package mutating func settle(_ courses: [Experiment.Stage.Course]) {
    for (index, course) in zip(stages.indices, courses) { stages[index].course = course }
  }

  /// Runs all trials, on the device that this one retreats to where it fails.
  /// - Parameter device: where the trials run.
  /// - Parameter folder: gets the lines of each finished trial at once.
  /// - Parameter trialFinished: called after each trial, by one thread at a time.
  /// - Throws: before any trial where one would not fit; where no device is left, the data have no predictor, or the folder cannot
  ///   be written.
  public func run(
    on device: StudyDevice, folder: ResultFolder? = nil, trialFinished: () throws -> Void = {}
  ) throws(StudyError) -> StudyReport {
    try run(on: device, folder: folder) { _, _ in try trialFinished() }
  }

  /// Runs all trials, and shows what each adds.
  /// - Parameter device: where the trials run.
  /// - Parameter folder: gets the lines of each finished trial at once.
  /// - Parameter observe: called after each trial, by one thread at a time, with its lines and with a way to the results of all
  ///   trials so far, which takes as long as there are trials.
  /// - Throws: as the other; what `observe` throws ends the run.
  public func run(
    on device: StudyDevice, folder: ResultFolder? = nil,
    observe: ([TrialRecord], _ soFar: @escaping () -> [PointResult]) throws -> Void
  ) throws(StudyError) -> StudyReport {
    let clock = ContinuousClock()
    let start = clock.now
    var retreating = RetreatingDevice(device)
    let points = try StudyError.wrapping {
      let plan = try folder == nil ? nil : self.plan(on: device)
      if plan == nil { _ = try plans(on: device) }
      try folder?.start(plan)
      return try experiment.simulate(stages, on: &retreating) { finished, soFar in
        try folder?.append(finished, of: stages[finished.stage].measures)
        try observe(finished.records, soFar)
      }
    }
    let backend = retreating.current.backend
    return report(
      points, precision: retreating.precision,
      computation: Computation(
        shares: [
          Computation.Share(
            host: hostName(), device: backend.description, verification: backend.verification,
            trials: experiment.trialCount)
        ], deviceFallback: retreating.left, runtimeSeconds: start.duration(to: clock.now) / .seconds(1)))
  }

  /// The same points from theory alone.
  public func theory() -> StudyReport {
    let clock = ContinuousClock()
    let start = clock.now
    let points = experiment.theory(stages)
    return report(
      points, precision: .float64,
      computation: Computation(shares: [], runtimeSeconds: start.duration(to: clock.now) / .seconds(1)))
  }

  func report(_ points: [PointResult], precision: Precision, computation: Computation) -> StudyReport {
    var results = StudyResults(stages: stages, points: points)
    results.between = between
    return StudyReport(
      results: results,
      summary: Summary(
        name: name, points: points, precision: precision.rawValue,
        seed: experiment.points.first?.configuration.seed ?? 0, version: version, computation: computation,
        provenance: provenance),
      configurations: experiment.points)
  }
}

/// What a study found, and where from.
public struct StudyReport: Sendable {
  public let results: StudyResults
  public let summary: Summary
  private let configurations: [ExperimentPoint]

  init(results: StudyResults, summary: Summary, configurations: [ExperimentPoint]) {
    self.results = results
    self.summary = summary
    self.configurations = configurations
  }

  /// Why theory is silent where it is, with the first of the points where it is not so everywhere.
  public var warnings: [String] {
    var places: [String: [PointResult]] = [:]
    for point in results.points { for warning in Set(point.warnings) { places[warning, default: []].append(point) } }
    return places.sorted { $0.key < $1.key }.map { warning, points in
      let all = results.points.count
      return points.count == all
        ? warning : "at \(points.count) of \(all) points, \(points[0].place) the first, \(warning)"
    }
  }

  /// Why there is no figure of the errors; nil where there is one.
  public var figureNote: String? {
    guard SweepAxis(results) == nil else { return nil }
    return "no figure of the errors: one n and one ridge make a single point; give data.samples or model.ridge several "
      + "values, or sweep a key"
  }

  /// Puts configuration, results and figures in a folder, together.
  ///
  /// Where a figure cannot be drawn the rest is put in place, and then the error thrown; where gnuplot is missing or fails, data
  /// and script of every figure are among it.
  /// - Parameter folder: that of the run; it is published.
  /// - Parameter style: of the figures.
  /// - Parameter warn: told of each figure what its lines lack, a sentence each.
  public func write(
    to folder: ResultFolder, style: FigureStyle = FigureStyle(), warn: (String) -> Void = { _ in }
  ) throws(StudyError) {
    try prepare(in: folder)
    let drawing = Result { () throws(StudyError) in try drawFigures(in: folder, style, warn) }
    try StudyError.wrapping {
      if case .failure(let error) = drawing, (error.underlying as? FigureError)?.keepsSources != true {
        folder.removeFigures()
      }
      try folder.publish()
    }
    try drawing.get()
  }

  /// Writes configuration and results of a study whose folder is published with others.
  package func prepare(in folder: ResultFolder) throws(StudyError) {
    try StudyError.wrapping {
      try folder.finish(
        summary,
        configuration: resolvedYAML(configurations, comments: comments),
        others: configurations.count < 2
          ? []
          : configurations.map { point in
            let place = point.swept.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            return resolvedYAML(point.configuration, comments: comments + [place])
          })
    }
  }

  private var comments: [String] {
    Self.comments(summary.version, summary.precision, isSimulated: summary.computation.device != nil)
  }

  /// What stands above a configuration.
  static func comments(_ version: String, _ precision: String, isSimulated: Bool) -> [String] {
    ["lacuna \(version), \(precision)"] + (isSimulated ? [] : ["theory alone"])
  }

  private func drawFigures(
    in folder: ResultFolder, _ style: FigureStyle, _ warn: (String) -> Void
  ) throws(StudyError) {
    try StudyError.wrapping {
      var failure: FigureError?
      for drawn in try results.figures() {
        for note in drawn.figure.notes { warn("figure \(drawn.name): \(note)") }
        let figures = try folder.makeFigures()
        do throws(FigureError) {
          try drawn.figure.styled(style).write(to: figures, name: drawn.name)
        } catch {
          guard error.keepsSources else { throw error }
          failure = failure ?? error
        }
      }
      if let failure { throw failure }
    }
  }
}
