// Hostile configurations: YAML, overrides, masks on the command line.
//
// Linked with the modules as they are built for release, whose coverage is not seen. The first byte chooses what the rest is.
import LacunaStudy

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let text = String(decoding: UnsafeBufferPointer(start: data + 1, count: size - 1), as: UTF8.self)
  let valid = "experiment: {trials: 1}\ndata: {coordinates: 8, samples: 16, model: isotropic}\nmodel: {ridge: 0.1}\n"
  do {
    switch data[0] % 4 {
    case 0: check(try loadExperiments(text: text, source: "fuzz.yaml"))
    case 1: check(try loadExperiments(text: valid, source: "fuzz.yaml", overrides: [text]))
    case 2:
      let parts = text.split(separator: "\n", maxSplits: 3).map(String.init)
      check(try loadExperiments(text: valid, source: "fuzz.yaml", overrides: parts))
    default:
      let mask = try MaskConfiguration(argument: text, coordinateCount: 6)
      // What was read is written as it is read again.
      guard (try? MaskConfiguration(argument: mask.argument, coordinateCount: 6)) == mask else {
        fatalError(mask.argument)
      }
    }
  } catch {
    precondition(!"\(error)".utf8.contains(0x1B), "unsafe words")
  }
  return 0
}

private func check(_ points: [ExperimentPoint]) {
  precondition(!points.isEmpty)
  for point in points.prefix(4) {
    let again: [ExperimentPoint]
    do {
      again = try loadExperiments(text: resolvedYAML(point.configuration, comments: []), source: "again.yaml")
    } catch { fatalError("\(error)") }
    precondition(again.count == 1 && again[0].configuration == point.configuration, "another after being written")
  }
}
