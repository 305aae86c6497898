import LacunaFiles

/// The folder of one run: `config.yaml`, `trials.jsonl`, `results.csv`, `metrics.json`, `figures/`, and where spectra are
/// measured `points/N/eigenvalues.npy` for the N-th point of `metrics.json`, trials × coordinates. Where keys are swept
/// `configurations/N.yaml` has each combination's own. They are the same bytes whoever computed them in how many processes;
/// `provenance.json` says who, when and how long it took.
///
/// `config.yaml` is there first, and finished trials go to `trials.partial.jsonl` as they come, each whole, so that an
/// interrupted run keeps them; all other files, and `trials.jsonl` itself, appear together at the end. A folder that held results
/// keeps them until then.
public final class ResultFolder {
  private let output: OutputFolder
  /// Of a study among several that one folder holds; nil where the folder is its own.
  private let name: String?
  private var records: RecordFile?

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

  /// Opens the records, with `config.yaml` beside them.
  func start(configuration: String) throws(DataFileError) {
    records =
      name == nil
      ? try output.startRecords(beside: "config.yaml", configuration) : try RecordFile(staging + "/trials.jsonl")
  }

  /// Adds the lines of one finished trial.
  func append(_ trial: [TrialRecord]) throws {
    try records?.append(trial.map { try encodeJSON($0, pretty: false) + "\n" }.joined())
  }

  /// Writes all but the figures, aside.
  /// - Parameter summary: of the study.
  /// - Parameter configuration: the text of `config.yaml`.
  /// - Parameter others: those of `configurations/`, in order.
  func finish(_ summary: Summary, configuration: String, others: [String]) throws {
    if name == nil { try output.finishRecords(as: "trials.jsonl") } else { records?.close() }
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
