import ArgumentParser
import LacunaAlgebra
import LacunaHost

/// Options that every computing command shares.
struct DeviceOptions: ParsableArguments {
  @Option(help: "Where to compute: auto, host, opencl, opencl:INDEX or part of a name; lacuna devices lists them.")
  var device = DeviceChoice.auto

  @Option(help: "float64 or float32.")
  var precision: Precision = .float64

  @Option(help: "Threads on the host; default: OPENBLAS_NUM_THREADS, SLURM_CPUS_PER_TASK, or all cores.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// The host in float64, which theory may use for an eigenproblem.
  func host() -> HostBackend<Double> { HostBackend(threads: threads) }

  func select() throws -> DeviceSelection {
    try DeviceSelection(device, precision: precision, threads: threads)
  }
}

extension Precision: ExpressibleByArgument {}

/// Where results go and what is said meanwhile.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Folder for the results; without it nothing is written.", valueName: "dir"))
  var output: String?

  @Flag(help: "Replace the files of an existing result folder.")
  var overwrite = false

  @Flag(help: "Print the summary as one JSON object on stdout.")
  var json = false

  @Flag(help: "No progress on stderr.")
  var quiet = false
}
