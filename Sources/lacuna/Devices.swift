import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy

struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the devices, how fast each is, and which one --device auto takes, and why.",
    discussion: """
      Examples:
        lacuna devices
        lacuna devices --precision float32 --json
        lacuna devices --verify opencl:0
        lacuna simulate example:learning-curve --device opencl:0
      """)

  @Flag(
    help: "Put a device's operations to their laws: each error beside its bound; exit status 69 where one is broken.")
  var verify = false

  @Argument(help: "The device to verify: \(DeviceChoice.syntax). Default: every usable one.")
  var device: DeviceChoice?

  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    if device != nil && !verify { throw ValidationError("a device is named with --verify; without it all are listed") }
  }

  func run() throws {
    try reportingFailures {
      if verify { return try runLaws() }
      let registry = DeviceRegistry.ofThisMachine
      let start = ContinuousClock.now
      let (ranking, assessments) = registry.assess(precision: precision.precision, threads: threads.threads)
      let absences = registry.absences()
      let list = DeviceList(
        devices: registry.list().map { device in DeviceEntry(device, assessments.first { $0.id == device.id }) },
        auto: ranking.id, autoReason: ranking.reason, precision: precision.precision.rawValue,
        rateOrder: DeviceAssessment.order,
        note: absences.isEmpty ? nil : absences.joined(separator: "\n"),
        seconds: (ContinuousClock.now - start) / .seconds(1), compileSeconds: registry.compileTime / .seconds(1))
      if terminal.json { print(try encodeJSON(list, pretty: true)) } else { StandardOutput.show(list.text) }
    }
  }

  /// The laws on the device named, or on every one that has the precision.
  private func runLaws() throws {
    let registry = DeviceRegistry.ofThisMachine
    if let device { _ = try JoinedProcesses.join(device) }
    func usable() -> [ComputeDevice] {
      registry.list().filter { $0.isUsable && (precision.precision == .float32 || $0.hasFloat64) }
    }
    let choices = device.map { [$0] } ?? usable().compactMap { DeviceChoice($0.id) }
    let verified = try choices.map { choice in
      let backend = try registry.select(
        choice, precision: precision.precision, threads: threads.threads, verifies: false
      ).backend
      return VerifiedDevice(backend, precision: precision.precision)
    }
    let text = verified.map(\.text).joined(separator: "\n\n")
    print(terminal.json ? try encodeJSON(["devices": verified], pretty: true) : text)
    let broken = verified.filter { !$0.passed }.map(\.device)
    if !broken.isEmpty {
      throw Failure("laws are broken on \(broken.joined(separator: ", "))", status: ExitStatus.device)
    }
  }
}

/// What `lacuna devices` prints.
private struct DeviceList: Encodable {
  var devices: [DeviceEntry]
  var auto, autoReason: String
  /// In which the devices are rated.
  var precision: String
  /// Of the matrices that they are rated by.
  var rateOrder: Int
  /// Why a kind of device is not listed.
  var note: String?
  /// What opening and rating took, and how much of it was spent waiting for compilers.
  var seconds, compileSeconds: Double

  enum CodingKeys: String, CodingKey {
    case devices, auto, note, precision, seconds
    case rateOrder = "rate_order"
    case autoReason = "auto_reason"
    case compileSeconds = "compile_seconds"
  }

  var text: String {
    var table = TextTable([
      "device", "type", "units", "memory", "largest", "local", "float64", "multiply", "invert", "name", "auto",
    ])
    for entry in devices {
      table.append([
        entry.id, entry.type, entry.computeUnits.map { "\($0)" } ?? "–", memoryText(entry.memoryBytes),
        memoryText(entry.largestAllocationBytes), memoryText(entry.localMemoryBytes),
        entry.float64 ? "yes" : "no", gigaflops(entry.multiplyRate), gigaflops(entry.invertRate),
        [entry.name, entry.platform, entry.driver].compactMap { $0 }.joined(separator: ", "),
        entry.notTaken.map { "no: \($0)" } ?? "yes",
      ])
    }
    func gigaflops(_ rate: Double?) -> String { rate.map { format($0 * 1e-9, digits: 3) } ?? "–" }
    let spent =
      compileSeconds < 0.5
      ? ""
      : "\nopening and rating took \(format(seconds, digits: 2)) s, \(format(compileSeconds, digits: 2)) s of it "
        + "compiling kernels, which is kept"
    return table.text(within: terminalWidth(), groups: [1])
      + "\n\nmultiply, invert: GFLOP/s at order \(rateOrder) in \(precision), measured once and kept"
      + "\nauto takes \(auto): \(autoReason)" + spent
      + (note.map { "\n\($0)" } ?? "")
  }
}

private struct DeviceEntry: Encodable {
  var id, type, name: String
  var platform, driver: String?
  var memoryBytes, largestAllocationBytes, computeUnits, localMemoryBytes: Int?
  var float64: Bool
  var usable: Bool
  var obstacle: String?
  /// Operations a second.
  var multiplyRate, invertRate: Double?
  /// Why `auto` does not take it.
  var notTaken: String?

  init(_ device: ComputeDevice, _ assessment: DeviceAssessment?) {
    id = device.id
    type = device.kind.rawValue
    name = device.name
    platform = device.platform
    driver = device.driver
    memoryBytes = device.memory
    largestAllocationBytes = device.largestAllocation
    computeUnits = device.units
    localMemoryBytes = device.localMemory
    float64 = device.hasFloat64
    usable = device.isUsable
    obstacle = device.obstacle
    multiplyRate = assessment?.multiply
    invertRate = assessment?.invert
    notTaken = assessment?.reason
  }

  enum CodingKeys: String, CodingKey {
    case id, type, name, platform, driver, float64, usable, obstacle
    case memoryBytes = "memory_bytes"
    case largestAllocationBytes = "largest_allocation_bytes"
    case computeUnits = "compute_units"
    case localMemoryBytes = "local_memory_bytes"
    case multiplyRate = "multiply_operations_per_second"
    case invertRate = "invert_operations_per_second"
    case notTaken = "auto_obstacle"
  }
}
