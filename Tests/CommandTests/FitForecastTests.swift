#if os(Linux)
  import Foundation
  import LacunaFiles
  import MaskedRegression
  import Testing

  /// What a fit is forecast to take is no more than it takes, and with its data and the program itself no less than half.
  @Suite(.serialized) struct FitForecastTests {
    /// Bytes that the program held at most, seen while it ran.
    private func peak(_ options: [String], in folder: URL) throws -> Int {
      let process = try Program.start(["fit", "x.npy", "--device", "host", "--json", "--quiet"] + options, in: folder)
      var peak = 0
      while process.isRunning {
        usleep(2000)
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        // Before, it is the process that starts it.
        guard status.hasPrefix("Name:\tlacuna\n"), let words = status.components(separatedBy: "VmHWM:").last else {
          continue
        }
        let digits = words.drop { !$0.isNumber }.prefix { $0.isNumber }
        peak = max(peak, (Int(digits) ?? 0) << 10)
      }
      let result = try Program.finish(process, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      return peak
    }

    @Test(arguments: [
      ("leave-one-out", 20_000, 200, 8), ("leave-one-out", 2000, 1200, 8), ("leave-one-out", 2000, 1200, 4),
      ("leave-one-out", 500, 4000, 8), ("observed", 1500, 600, 8), ("bernoulli:0.5", 1200, 800, 8),
      ("partition:4", 1200, 800, 8),
    ])
    func peaks(mask: String, n: Int, d: Int, width: Int) throws {
      try withFolder { folder in
        func write(_ n: Int, _ d: Int) throws {
          let values = (0..<n * d).map { (i: Int) -> Double in Double((i &* 2_654_435_761) >> 7 & 0xFFFF) / 0x1p16 - 0.5
          }
          try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
        }
        let options = ["--ridge", "1", "--mask", mask, "--precision", width == 8 ? "float64" : "float32"]
        try write(12, 4)
        let program = try peak(["--ridge", "1"], in: folder)
        try write(n, d)
        let found = try peak(options, in: folder)
        let kind: any FitMask =
          switch mask {
          case "observed": ObservedFitMask()
          case "bernoulli:0.5": SchemeFitMask(BernoulliMasks(keep: 0.5))
          case "partition:4": SchemeFitMask(PartitionMasks([Partition(contiguous: 4, coordinateCount: d)]))
          default: LeaveOneOutFitMask()
          }
        let storage = kind.storage(
          FitShape(sampleCount: n, coordinateCount: d), for: FitRequest(mask: kind, ridge: .path([1])))
        let forecast = 8 * n * d + Int(8 * storage.doubles + Double(width) * storage.elements)
        print(
          "\(mask), \(n) × \(d), \(width) bytes: forecast \(forecast >> 20), program \(program >> 20), peak \(found >> 20) MiB"
        )
        #expect(program > 0 && forecast <= found && found <= 2 * (forecast + program))
      }
    }
  }
#endif
