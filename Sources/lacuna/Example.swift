import ArgumentParser
import LacunaStudy

struct Example: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the embedded example configurations, or print one to start from.",
    discussion: """
      Examples:
        lacuna example
        lacuna example ridge-path > study.yaml
        lacuna simulate example:ridge-path
      """)

  @Argument(help: "Name of an example; without it all are listed.", completion: .list(ExampleLibrary.names))
  var name: String?

  func run() throws {
    try reportingFailures {
      if let name {
        print(try exampleText(named: name), terminator: "")
      } else {
        let width = ExampleLibrary.names.map(\.count).max() ?? 0
        for name in ExampleLibrary.names {
          print(name.padded(to: width) + "  " + (ExampleLibrary.summary(named: name) ?? ""))
        }
      }
    }
  }
}
