import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

// The options that commands share. Each means one thing, and is spelled and explained in this file alone.

/// `--threads`.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads on the host; default: OPENBLAS_NUM_THREADS, SLURM_CPUS_PER_TASK, or the cores left to it.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// The host in float64, which theory may use for an eigenproblem.
  func host() -> any Backend<Double> { DeviceRegistry.ofThisMachine.host.reference(threads: threads) }
}

/// `--precision`.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: "float64 or float32.", completion: .list(Precision.allCases.map(\.rawValue)),
    transform: Precision.init(option:))
  var precision: Precision = .float64
}

/// Options that every computing command shares: `--device`, `--precision` and `--threads`.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where to compute: \(DeviceChoice.syntax); lacuna devices lists them.", valueName: "device"))
  var device = DeviceChoice.auto

  @Flag(
    name: .customLong("no-verify"),
    help: "Do not verify what a device beside the host computes; the results say so.")
  var skipsVerification = false

  @OptionGroup var precisionOptions: PrecisionOptions
  @OptionGroup var threadOptions: ThreadOptions

  var precision: Precision { precisionOptions.precision }
  var threads: Int? { threadOptions.threads }

  func host() -> any Backend<Double> { threadOptions.host() }

  /// Those that were given, but for the precision, as words of a command line.
  var words: [String] {
    (device == .auto ? [] : ["--device", device.description]) + (skipsVerification ? ["--no-verify"] : [])
      + (threads.map { ["--threads", "\($0)"] } ?? [])
  }

  /// Joins the processes over which the device is spread, if it is: all but one of them fall silent.
  /// - Returns: whether this is the one that prints and writes.
  func join() throws -> Bool { try JoinedProcesses.join(device) }

  /// Whether the device is spread over processes.
  var isSpread: Bool { DeviceRegistry.ofThisMachine.isSpread(device) }

  /// - Parameter planned: a precision that was settled before; nil takes the option.
  func select(planned: Precision? = nil) throws -> DeviceSelection {
    do {
      return try DeviceRegistry.ofThisMachine.select(
        device, precision: planned ?? precision, threads: threads, verifies: !skipsVerification)
    } catch {
      guard case .unknown(let choice, let remedy) = error else { throw error }
      let words = ["auto"] + DeviceRegistry.ofThisMachine.list().map(\.id) + DeviceRegistry.providers.map(\.word)
      guard let nearest = nearestWord(to: choice.description, among: words) else { throw error }
      throw DeviceError.unknown(choice, remedy: "did you mean \(nearest)? \(remedy)")
    }
  }
}

/// The same for commands that compute on several devices.
struct SeveralDevicesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where to compute: \(DeviceChoice.syntax); repeatable. Default: all.", valueName: "device"))
  var device: [DeviceChoice] = []

  @Option(
    help: "float64 or float32; repeatable. Default: float64.", completion: .list(Precision.allCases.map(\.rawValue)),
    transform: Precision.init(option:))
  var precision: [Precision] = []

  @OptionGroup var threadOptions: ThreadOptions

  /// In the order of their names, each once.
  var precisions: [Precision] { precision.isEmpty ? [.float64] : Precision.allCases.filter(precision.contains) }
}

/// `--seed`.
struct SeedOptions: ParsableArguments {
  @Option(help: "Seed of all random streams, 0 to 2⁶⁴ − 1; default: that of the configuration, or 1.")
  var seed: UInt64?
}

/// What is said: `--json` and `--quiet`.
struct TerminalOptions: ParsableArguments {
  @Flag(help: "Print the summary as one JSON object on stdout.")
  var json = false

  @Flag(help: "No progress on stderr.")
  var quiet = false
}

/// Where results go and what is said meanwhile: `--output`, `--overwrite`, `--json` and `--quiet`.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder for the results; without it nothing is written.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Replace the files of an earlier run in the folder, once the new ones are ready; other files stay.")
  var overwrite = false

  @OptionGroup var terminal: TerminalOptions

  var json: Bool { terminal.json }
  var quiet: Bool { terminal.quiet }

  /// The folder, claimed; nil where none is asked for.
  func folder() throws(DataFileError) -> OutputFolder? {
    guard let output else { return nil }
    return try OutputFolder(output, existing: overwrite ? .replaced : .refused)
  }
}

extension DeviceChoice: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { description }

  public static var defaultCompletionKind: CompletionKind {
    .list(["auto", "host"] + DeviceRegistry.providers.flatMap { [$0.word, "\($0.word):0"] })
  }
}

extension Precision {
  /// - Throws: what may be written; for a number of bits, its name of today.
  init(option text: String) throws {
    if let value = Precision(rawValue: text) {
      self = value
    } else if text == "32" || text == "64" {
      throw ValidationError("--precision \(text) is now --precision float\(text)")
    } else {
      throw ValidationError("use float64 or float32")
    }
  }
}

extension DeviceRegistry {
  /// The devices of this machine; what is measured on them is kept in the user's cache folder.
  static let ofThisMachine = DeviceRegistry(
    cache: .user { event in
      switch event {
      case .left: log.warning("\(event)")
      case .damagedCache, .remeasured: log.notice("\(event)")
      }
    })
}
