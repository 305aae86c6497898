import LacunaFiles

/// The folder of one run: `config.yaml`, `trials.jsonl`, `results.csv`, `metrics.json`, `figures/`, and where spectra are
/// measured `points/N/eigenvalues.npy` for the N-th point of `metrics.json`, trials × coordinates. Where keys are swept
/// `configurations/N.yaml` has each combination's own. They are the same bytes whoever computed them in how many processes;
/// `provenance.json` says who, when and how long it took.
///
/// `plan.json` is there first, and finished trials go to a file in `shards/` as they come, each whole, so that an interrupted run
/// keeps them and can be gone on with (see `ShardFolder`); all other files appear together at the end. A folder that held results
/// keeps them until then.
public final class ResultFolder {
  private let output: OutputFolder
  /// Of a study among several that one folder holds; nil where the folder is its own.
  private let name: String?
  private var trials: RecordFile?
  private var units: UnitWriter?

  /// The folder as it was asked for.
  public var path: String { name.map { output.path + "/" + $0 } ?? output.path }

  /// Whether the results are in their place.
  public private(set) var isPublished = false

  /// Claims the folder, which no other run gets meanwhile.
  /// - Parameter path: of the folder; those above it are made.
  /// - Parameter overwrite: take a folder that holds something too; the files of an earlier run there are replaced, others kept.
  /// - Throws: `DataFileError.cannotCreate`.
  public convenience init(_ path: String, overwrite: Bool) throws(DataFileError) {
    self.init(try OutputFolder(path, existing: overwrite ? .replaced : .refused))
  }

  /// Takes a folder that is claimed already.
  package init(_ output: OutputFolder) {
    self.output = output
    name = nil
  }

  /// A folder within one that is claimed, published with it.
  package init(_ name: String, within output: OutputFolder) throws(DataFileError) {
    self.output = output
    self.name = name
    _ = try output.makeFolder(name)
  }

  private func makeFolder(_ inner: String) throws(DataFileError) -> String {
    try output.makeFolder(name.map { $0 + "/" + inner } ?? inner)
  }

  /// Where its files are made.
  private var staging: String { name.map { output.staging + "/" + $0 } ?? output.staging }

  /// Makes `figures/`.
  /// - Returns: where it is until the results are in their place.
  func makeFigures() throws(DataFileError) -> String { try makeFolder("figures") }

  /// Takes the figures away that were drawn.
  func removeFigures() { output.remove(name.map { $0 + "/figures" } ?? "figures") }

  /// Opens the records.
  /// - Parameter plan: of a run that may be gone on with, where the folder is its own; nil where its units lie elsewhere.
  func start(_ plan: StudyPlan?) throws {
    trials = try RecordFile(staging + "/trials.jsonl")
    guard name == nil, let plan else { return }
    let records = try output.startRecords(
      beside: ShardFolder.planName, try plan.text(), as: ShardFolder.shardName())
    units = UnitWriter(plan) { records }
  }

  /// Adds the lines of one finished trial.
  func append(_ trial: [TrialRecord]) throws {
    try trials?.append(trial.map { try encodeJSON($0, pretty: false) + "\n" }.joined())
  }

  /// Adds a finished trial, for a run that goes on too.
  func append(_ finished: Experiment.FinishedTrial, of measures: [any Measure]) throws {
    try append(finished.records)
    _ = try units?.add(
      finished.outcome, trial: finished.trial, stage: finished.stage, of: measures, on: finished.backend)
  }

  /// Writes all but the figures, aside.
  /// - Parameter summary: of the study.
  /// - Parameter configuration: the text of `config.yaml`.
  /// - Parameter others: those of `configurations/`, in order.
  func finish(_ summary: Summary, configuration: String, others: [String]) throws {
    trials?.close()
    if units != nil { try output.finishRecords() }
    try AtomicFile.write(configuration, to: staging + "/config.yaml")
    for (index, text) in others.enumerated() {
      try AtomicFile.write(text, to: "\(makeFolder("configurations"))/\(index + 1).yaml")
    }
    for (index, point) in summary.points.enumerated() {
      for quantity in point.quantities {
        guard case .rows(let rows) = quantity.content, let first = rows.first else { continue }
        let folder = try makeFolder("points/\(index + 1)")
        try writeNPY(
          rows.flatMap { $0 }, shape: [rows.count, first.count], to: "\(folder)/\(quantity.name.key).npy")
      }
    }
    try writeResults(summary.points, to: staging + "/results.csv")
    try AtomicFile.write(try encodeJSON(summary.findings, pretty: true) + "\n", to: staging + "/metrics.json")
    try AtomicFile.write(try encodeJSON(summary.origin, pretty: true) + "\n", to: staging + "/provenance.json")
  }

  /// Puts everything in its place.
  func publish() throws(DataFileError) {
    try output.publish()
    isPublished = true
  }
}
