import LacunaAlgebra
import LacunaDevices
import LacunaStudy
import RealModule

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Measures every (operation, size, precision, device) in turn.
struct BenchRun {
  let options: Bench.Run

  func report() throws -> BenchReport {
    let load = Self.load
    let registry = DeviceRegistry.ofThisMachine
    let precisions = options.devices.precisions
    let isNamed = !options.devices.device.isEmpty
    let choices = isNamed ? options.devices.device : registry.list().map(\.choice)
    let total = options.operations.count * options.sizes.count * precisions.count * choices.count
    let progress = Progress(total: total, label: "measurements", quiet: options.terminal.quiet)
    var results: [BenchResult] = []
    var devices: [String: String] = [:]
    for precision in precisions {
      let opened = choices.map { choice in
        (
          choice,
          Result {
            try registry.select(choice, precision: precision, threads: threads, verifies: !options.skipsVerification)
          }
        )
      }
      for (choice, selection) in opened {
        devices["\(choice)"] = (try? selection.get())?.backend.description ?? devices["\(choice)"]
        if case .failure(let error) = selection, isNamed { throw error }
      }
      for operation in options.operations {
        for size in options.sizes {
          let reference = try? referenceResult(operation, size: size)
          for (choice, selection) in opened {
            results.append(
              measure(
                operation, size: size, precision: precision, choice: choice, selection: selection, reference: reference)
            )
            progress.advance()
          }
        }
      }
    }
    let compared = withRatios(results)
    return BenchReport(
      devices: devices, results: compared, crossovers: Crossover.all(in: compared), version: lacunaVersion,
      machine: ProcessInfo.processInfo.hostName, load: load, warnings: Self.warnings(of: compared, load: load))
  }

  private static var load: Double? {
    var load = 0.0
    return getloadavg(&load, 1) == 1 ? load : nil
  }

  /// What says that something else used the machine meanwhile: its load at the beginning, and times far apart.
  private static func warnings(of results: [BenchResult], load: Double?) -> [String] {
    var warnings: [String] = []
    let processors = ProcessInfo.processInfo.activeProcessorCount
    if let load, load > max(1, Double(processors) / 8) {
      warnings.append(
        "the machine is busy: about \(format(load, digits: 2)) processes ran on its \(processors) processors in the minute before"
      )
    }
    func name(_ result: BenchResult) -> String {
      "\(result.operation) at d = \(result.size) on \(result.device), \(result.precision)"
    }
    let measured = results.filter { $0.median != nil }
    let few = measured.filter { $0.uncertainty == nil }
    if let first = few.first {
      warnings.append(
        "\(few.count) of \(measured.count) times are of fewer than five runs, whose spread is not known: \(name(first)) has "
          + "\(first.runs); --max-time and --runs give more")
    }
    let wide = measured.filter { $0.uncertainty != nil && $0.isDoubtful }
    if let worst = wide.max(by: { $0.spread ?? 0 < $1.spread ?? 0 }), let spread = worst.spread {
      warnings.append(
        "\(wide.count) of \(measured.count) times vary from run to run as on a busy machine: the middle half of those of "
          + "\(name(worst)) spans \(format(100 * spread, digits: 2))% of the median")
    }
    return warnings
  }

  private var threads: Int? { options.devices.threadOptions.threads }

  /// The host in float64 on the same data, up to a size where that costs little.
  private func referenceResult(_ operation: BenchOperation, size: Int) throws -> [Double]? {
    guard size <= 1024 else { return nil }
    let prepared = try operation.prepare(on: DeviceRegistry.ofThisMachine.host.reference(threads: threads), size: size)
    try prepared.reset()
    try prepared.run()
    return try prepared.result()
  }

  private func measure(
    _ operation: BenchOperation, size: Int, precision: Precision, choice: DeviceChoice,
    selection: Result<DeviceSelection, any Error>, reference: [Double]?
  ) -> BenchResult {
    var result = BenchResult(
      device: "\(choice)", operation: operation.rawValue, precision: precision.rawValue, size: size, runs: 0,
      memoryBytes: operation.memory(size: size, precision: precision))
    do {
      let selection = try selection.get()
      guard result.memoryBytes <= selection.memory else {
        result.reason = "needs \(memoryText(result.memoryBytes)), the device has \(memoryText(selection.memory))"
        return result
      }
      let prepared = try operation.prepare(on: selection.backend, size: size)
      let timing = try Timing(
        warmup: max(1, options.warmup), runs: options.runs, limit: options.maxTime, reset: prepared.reset,
        prepared.run)
      result.median = timing.median
      result.minimum = timing.minimum
      result.times = timing.seconds
      result.uncertainty = timing.uncertainty
      result.runs = timing.count
      result.gflops = operation.operations(size: size, precision: precision).map { $0 / timing.median * 1e-9 }
      result.gigabytesPerSecond = operation.traffic(size: size, precision: precision).map { $0 / timing.median * 1e-9 }
      if let reference {
        let values = try prepared.result()
        let scale = reference.map(abs).max() ?? 1
        result.relativeError = zip(values, reference).map { abs($0 - $1) }.max().map { $0 / scale }
      }
    } catch {
      result.reason = Failure(error).message
    }
    return result
  }

  /// Adds what needs the other results: shares of the device's own ceilings, growth with d, the ratio to the host.
  private func withRatios(_ results: [BenchResult]) -> [BenchResult] {
    results.map { result in
      var result = result
      let own = results.filter { $0.device == result.device && $0.precision == result.precision }
      func ceiling(_ operation: BenchOperation, _ rate: (BenchResult) -> Double?) -> Double? {
        own.filter { $0.operation == operation.rawValue }.compactMap(rate).max()
      }
      if let ceiling = ceiling(.multiply, \.gflops), let rate = result.gflops {
        result.multiplyFraction = rate / ceiling
      }
      if let ceiling = ceiling(.copy, \.gigabytesPerSecond), let rate = result.gigabytesPerSecond {
        result.copyFraction = rate / ceiling
      }
      let smaller = own.filter {
        $0.operation == result.operation && $0.size < result.size && $0.median != nil
      }.max { $0.size < $1.size }
      if let before = smaller?.median, let smaller, let median = result.median {
        result.exponent = Double.log(median / before) / Double.log(Double(result.size) / Double(smaller.size))
      }
      let host = results.first {
        $0.device == "host" && $0.precision == result.precision && $0.operation == result.operation
          && $0.size == result.size
      }
      if let host = host?.median, let own = result.median { result.hostRatio = host / own }
      return result
    }
  }
}
