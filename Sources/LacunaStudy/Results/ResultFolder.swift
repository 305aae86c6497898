import LacunaFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// The folder of one run: `config.yaml`, `trials.jsonl`, `results.csv`, `metrics.json`, `figures/`, and where spectra are
/// measured `points/N/eigenvalues.npy` for the N-th point of `metrics.json`, trials × coordinates.
///
/// Finished trials go to `trials.partial.jsonl` as they come, line by line, so that an interrupted run keeps them; all
/// other files, and `trials.jsonl` itself, appear whole at the end.
public final class ResultFolder {
  public let path: String
  private var trials: UnsafeMutablePointer<FILE>?

  public var partialTrialsPath: String { path + "/trials.partial.jsonl" }
  public var figuresPath: String { path + "/figures" }

  /// Makes the folder, or takes an empty one.
  /// - Parameter path: of the folder.
  /// - Parameter overwrite: take a folder that holds something too; its files are replaced one by one as new ones are
  ///   ready, and others are left alone.
  /// - Throws: `DataFileError.cannotCreate`.
  public init(_ path: String, overwrite: Bool) throws(DataFileError) {
    self.path = path
    let manager = FileManager.default
    var isFolder = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder else { throw .cannotCreate(path: path, reason: "a file of that name is in the way") }
      let held = (try? manager.contentsOfDirectory(atPath: path)) ?? []
      guard overwrite || held.isEmpty else {
        throw .cannotCreate(
          path: path, reason: "the folder already holds results; choose another or give --overwrite")
      }
    }
    try Self.makeFolder(path)
  }

  deinit {
    if let trials { fclose(trials) }
  }

  private static func makeFolder(_ path: String) throws(DataFileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .cannotCreate(path: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Makes `figures/` and returns its path.
  public func makeFigures() throws(DataFileError) -> String {
    try Self.makeFolder(figuresPath)
    return figuresPath
  }

  /// Appends the lines of one finished trial and hands them to the system.
  func append(_ records: [TrialRecord]) throws {
    if trials == nil {
      guard let file = fopen(partialTrialsPath, "w") else {
        throw DataFileError.cannotCreate(path: partialTrialsPath, reason: String(cString: strerror(errno)))
      }
      trials = file
    }
    for record in records {
      let line = try encodeJSON(record, pretty: false) + "\n"
      guard fputs(line, trials) >= 0 else { throw writeFailure() }
    }
    guard fflush(trials) == 0 else { throw writeFailure() }
  }

  private func writeFailure() -> DataFileError {
    .io(path: partialTrialsPath, reason: "writing failed: \(String(cString: strerror(errno)))")
  }

  /// Puts everything in its place.
  /// - Parameter summary: of the study.
  /// - Parameter configuration: the text of `config.yaml`.
  func finish(_ summary: Summary, configuration: String) throws {
    if let trials {
      self.trials = nil
      guard fclose(trials) == 0 else { throw writeFailure() }
      guard rename(partialTrialsPath, path + "/trials.jsonl") == 0 else { throw writeFailure() }
    }
    try AtomicFile.write(configuration, to: path + "/config.yaml")
    for (index, point) in summary.points.enumerated() {
      let folder = path + "/points/\(index + 1)"
      for quantity in point.quantities {
        guard case .rows(let rows) = quantity.content, let first = rows.first else { continue }
        try Self.makeFolder(folder)
        try writeNPY(
          rows.flatMap { $0 }, shape: [rows.count, first.count], to: "\(folder)/\(quantity.name.key).npy")
      }
    }
    try writeResults(summary.points, to: path + "/results.csv")
    try AtomicFile.write(try encodeJSON(summary, pretty: true) + "\n", to: path + "/metrics.json")
  }
}
