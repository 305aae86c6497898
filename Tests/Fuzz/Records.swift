// Hostile plans, records of shards and models, as they lie in folders that others write to.
//
// Linked with the modules as they are built for release, whose coverage is not seen. The first byte chooses what the rest is.
import LacunaFiles
import LacunaFits
import LacunaStudy

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecord(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: data + 1, count: size - 1))
  do {
    switch data[0] % 4 {
    case 0:
      Scratch.write(bytes, "plan.json")
      try check()
    case 1:
      Scratch.write(Array(Scratch.plan.utf8), "plan.json")
      Scratch.write(bytes, "shards/a.jsonl")
      try check()
    case 2:
      // Lines that are sealed, and so believed to be whole.
      Scratch.write(Array(Scratch.plan.utf8), "plan.json")
      let lines = bytes.split(separator: 0x0A).map { line in
        "{\"sum\":\"\(Fingerprint(of: line).text)\"," + String(decoding: line, as: UTF8.self)
      }
      Scratch.write(Array(lines.joined(separator: "\n").utf8), "shards/a.jsonl")
      try check()
    default:
      Scratch.write(bytes, "model.npz")
      let model = try FittedModel(Scratch.folder + "/model.npz")
      precondition(model.coordinateCount > 1 && model.means.count == model.coordinateCount)
    }
  } catch {
    precondition(!"\(error)".utf8.contains(0x1B), "unsafe words")
  }
  return 0
}

/// What `status` and `merge` do of a folder before they compute.
private func check() throws {
  let folder = ShardFolder(Scratch.folder)
  let plan = try folder.plan()
  precondition(plan.unitCount > 0 && plan.unitCount <= plan.stages.count * ExperimentConfiguration.mostTrials)
  for configuration in plan.configurations {
    _ = try loadExperiments(text: configuration.yaml, source: ShardFolder.planName, folder: "/")
  }
  let done = try folder.done(plan).count
  precondition(done <= plan.unitCount)
  _ = try PlanProgress(folder, plan: plan, now: 0)
}

private enum Scratch {
  static let folder: String = {
    var name = Array("/dev/shm/lacuna-fuzz-XXXXXX".utf8CString)
    guard let made = mkdtemp(&name) else { fatalError("no scratch folder") }
    let path = String(cString: made)
    mkdir(path + "/shards", 0o700)
    Self.path = path
    atexit { Scratch.removeAll() }
    return path
  }()
  private nonisolated(unsafe) static var path = ""

  /// Two points of three trials.
  static let plan: String = {
    let written =
      "[{\"swept\":[],\"yaml\":\"experiment: {trials: 3}\\ndata: {coordinates: 8, samples: [16, 24], "
      + "model: isotropic}\\nmodel: {ridge: 0.1}\\n\"}]"
    do {
      let configurations = try encodeJSON(
        try decodeJSON([StudyPlan.Configuration].self, from: Array(written.utf8)), pretty: false)
      var study = Fingerprint(of: configurations.utf8)
      study.add(try encodeJSON([StudyPlan.File](), pretty: false).utf8)
      let stages = [16, 24].map {
        "{\"n\":\($0),\"d\":8,\"trials\":3,\"trials_per_unit\":1,"
          + "\"course\":{\"route\":\"inverses\",\"single_threaded\":true}}"
      }
      let text =
        "{\"format\":1,\"name\":\"fuzz\",\"study\":\"\(study.text)\",\"version\":\"0\",\"numerics\":1,"
        + "\"precision\":\"float64\",\"files\":[],\"configurations\":\(configurations),"
        + "\"stages\":[\(stages.joined(separator: ","))]}"
      // A plan that is none would leave records unread.
      write(Array(text.utf8), "plan.json")
      guard try ShardFolder(folder).plan().unitCount == 6 else { fatalError("the plan is another") }
      return text
    } catch { fatalError("\(error)") }
  }()

  static func write(_ bytes: [UInt8], _ name: String) {
    let descriptor = open(folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0, bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == bytes.count
    else {
      fatalError("no scratch file")
    }
    close(descriptor)
  }

  static func removeAll() {
    for name in ["plan.json", "model.npz", "shards/a.jsonl"] { unlink(path + "/" + name) }
    rmdir(path + "/shards")
    rmdir(path)
  }
}
