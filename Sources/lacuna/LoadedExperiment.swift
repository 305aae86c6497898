import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The configuration a command line names: a file, or an embedded example as `example:NAME`.
struct LoadedExperiment {
  let name: String
  let points: [ExperimentPoint]

  init(source: String, overrides: [String], seed: UInt64?) throws {
    var overrides = overrides
    if let seed { overrides.append("experiment.seed=\(seed)") }
    let text: String
    if source.hasPrefix("example:") {
      text = try exampleText(named: String(source.dropFirst("example:".count)))
    } else {
      text = try readText(source)
    }
    points = try loadExperiments(text: text, source: source, overrides: overrides)
    try points.requireMemory(HostProvider.availableMemory)
    name = points[0].configuration.name
  }

  /// With models and theory.
  func study(host: some Backend<Double>) throws -> Study {
    var study = try Study(name: name, points: points, version: lacunaVersion, host: host)
    study.provenance = .ofThisProcess
    return study
  }
}

extension Provenance {
  /// A name of a file that is not UTF-8 is written out in escapes.
  static var ofThisProcess: Provenance { Provenance(command: ["lacuna"] + PathText.arguments.map { escaped($0) }) }
}

/// The text of an embedded example.
func exampleText(named name: String) throws -> String {
  if let text = ExampleLibrary.text(named: name) { return text }
  let hint = ExampleLibrary.nearestName(to: name).map { "did you mean \"\($0)\"?" } ?? "lacuna example lists them"
  throw Failure("no example is called \"\(name)\"; \(hint)", status: ExitStatus.usage)
}

/// A text file, whole.
private func readText(_ path: String) throws -> String {
  do {
    // As much as a configuration may have.
    let bytes = try readSmallFile(
      path, atMost: 4 << 20, remedy: "keep long lists of numbers in a file and name it in the configuration")
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataFileError.malformed(
        path: path, position: .file, reason: "it is not UTF-8 text", remedy: "save it as UTF-8")
    }
    return text
  } catch DataFileError.noInput(let path, let reason) {
    throw DataFileError.noInput(path: path, reason: "\(reason); lacuna example lists configurations to start from")
  }
}

/// What a shell may complete a configuration's name with: examples, and the YAML files and folders of a path.
@Sendable private func configurations(_ prefix: String) -> [String] {
  let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
  let files = names.sorted().compactMap { name -> String? in
    guard !name.hasPrefix(".") else { return nil }
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return folder + name }
    var isFolder = false
    return FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder) && isFolder
      ? folder + name + "/" : nil
  }
  return ExampleLibrary.names.map { "example:\($0)" } + files
}

/// The study that `simulate` and `theory` take.
struct StudyArguments: ParsableArguments {
  @Argument(
    help: "Configuration file, or example:NAME.", completion: .custom { _, _, prefix in configurations(prefix) })
  var config: String?

  @Argument(help: ArgumentHelp("Overrides by dotted key.", valueName: "key=value"))
  var overrides: [String] = []

  @OptionGroup var seeding: SeedOptions

  func requireConfig() throws {
    if config == nil {
      throw ValidationError("CONFIG is missing: a YAML file, or example:NAME; lacuna example lists names")
    }
  }

  func load() throws -> LoadedExperiment {
    try requireConfig()
    return try LoadedExperiment(source: config ?? "", overrides: overrides, seed: seeding.seed)
  }
}
