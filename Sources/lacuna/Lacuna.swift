import ArgumentParser
import LacunaDevices
import LacunaFiles
import LacunaStudy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

@main
struct Lacuna: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lacuna",
    abstract: "What masked self-supervised regression learns: simulate it, lay theory over it, fit your data.",
    discussion: """
      Coordinates of a sample are hidden and predicted linearly, with a ridge, from the rest. The predictor is one \
      hollow matrix: row k predicts coordinate k. The ridge is that of S = XᵀX/n.

      Examples:
        lacuna simulate example:learning-curve --output results
        lacuna theory example:learning-curve data.samples=500,1000,2000
        lacuna fit data.csv --output fit
        lacuna apply fit new.csv
        lacuna example ridge-path > study.yaml
        lacuna reproduce --output figures
      """,
    version: lacunaVersion,
    subcommands: [
      Simulate.self, Theory.self, Fit.self, Apply.self, Reproduce.self, Plan.self, Merge.self, Status.self,
      Example.self, Devices.self, Bench.self,
    ])

  static func main() {
    StandardOutput.keepClosed()
    do {
      try DeviceRegistry.ofThisMachine.prepareProcess()
    } catch {
      log.error("\(error)")
      // A thread is left that never ends: nothing may wait for it.
      _exit(ExitStatus.of(error))
    }
    // Not the standard library's, which loses the bytes of a file name that is not UTF-8.
    run(PathText.arguments)
  }
}
