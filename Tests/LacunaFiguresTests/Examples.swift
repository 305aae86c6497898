import Foundation
import LacunaFigures

/// A fresh folder for one test, removed with what is in it when released.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "figures-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

  func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }

  func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }
}

/// One panel with every kind of series and both kinds of marks.
func examplePanel(name: String = "ridge", logarithmic: Bool = false) -> Figure.Panel {
  let xs = (1...20).map { Double($0) / 4 }
  return Figure.Panel(
    title: "panel", xLabel: "ridge λ", yLabel: "{/:Italic E}_{gen}", xLogarithmic: logarithmic,
    yLogarithmic: logarithmic,
    series: [
      .init(.histogram(binWidth: 0.25), name: "counts", group: 2, points: xs.map { .init($0, $0) }),
      .init(.line, name: "\(name)", group: 0, points: xs.map { .init($0, $0 * $0 + 1) }),
      .init(.markers, name: "\(name)", group: 0, points: xs.map { .init($0, $0 * $0 + 1.2, error: 0.4) }),
      .init(.openMarkers, name: "open", group: 3, points: xs.map { .init($0, 12) }),
    ],
    verticalMarks: [.init(2, "λ^*"), .init(2.1, "λ_{GCV}"), .init(.nan, "nowhere")],
    horizontalMarks: [.init(3, "floor")])
}

func failure(_ body: () throws(FigureError) -> Void) -> FigureError? {
  do throws(FigureError) {
    try body()
    return nil
  } catch {
    return error
  }
}

let isGnuplotThere: Bool = {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot") }
}()
