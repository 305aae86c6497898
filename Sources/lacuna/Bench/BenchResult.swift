import LacunaAlgebra

/// One operation on one device at one size and precision.
struct BenchResult: Codable, Sendable {
  var device: String
  var operation: String
  var precision: String
  var size: Int
  /// Seconds; nil where the operation was not run, for the reason given.
  var median: Double?
  var minimum: Double?
  /// Seconds of every measured run, in the order they were run in; nil in reports of before 0.2.0.
  var times: [Double]?
  /// Relative half-width of the 95% interval of the median; nil for fewer than five runs.
  var uncertainty: Double?
  var runs: Int
  var gflops: Double?
  var gigabytesPerSecond: Double?
  /// Share of the device's own multiply rate, best over the sizes of this run.
  var multiplyFraction: Double?
  /// Share of the device's own copy rate, best over the sizes of this run.
  var copyFraction: Double?
  /// p of time ∝ d^p from the next smaller size to this one.
  var exponent: Double?
  /// Largest difference from the host in float64 over the largest value.
  var relativeError: Double?
  var memoryBytes: Int
  /// Host time over this device's time.
  var hostRatio: Double?
  var reason: String?

  enum CodingKeys: String, CodingKey {
    case device, operation, precision, size, median, minimum, times, uncertainty, runs, gflops, exponent, reason
    case copyFraction = "copy_fraction"
    case gigabytesPerSecond = "gigabytes_per_second"
    case multiplyFraction = "multiply_fraction"
    case relativeError = "relative_error"
    case memoryBytes = "memory_bytes"
    case hostRatio = "host_ratio"
  }
}

/// Everything one `lacuna bench` measured: what `--json` prints, `--export` saves and `compare` reads.
struct BenchReport: Codable, Sendable {
  /// Devices with their drivers, by the name the results use.
  var devices: [String: String]
  var results: [BenchResult]
  /// Where each device overtakes the host.
  var crossovers: [Crossover]
  var version: String
  /// The machine's name, to tell reports apart.
  var machine: String
  /// Processes that were running or waiting to run when it began, as a mean over a minute; nil where the system does not say.
  var load: Double?
  /// What makes the times doubtful, a sentence each.
  var warnings: [String]?
}

extension BenchResult {
  /// What the middle half of the times spans, over the median; nil where there are fewer than five.
  var spread: Double? {
    guard let sorted = times?.sorted(), sorted.count >= 5, let median else { return nil }
    return (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / median
  }

  /// Whether a ratio of this time to another means little: fewer than five runs, or times far apart.
  var isDoubtful: Bool { median != nil && (uncertainty == nil || uncertainty ?? 0 > 0.1 || spread ?? 0 > 0.2) }
}
