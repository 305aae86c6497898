import LacunaFiles

/// A folder with a plan and what was done of it: `plan.json`, and in `shards/` a file a process, of lines as of `UnitRecord`.
///
/// Processes share nothing but the folder: each makes a file of its own under a name that no other has, adds lines to it and
/// never comes back to it. None waits for another, and whatever ends one, the lines before stay.
package struct ShardFolder: Sendable {
  package static let planName = "plan.json"
  private static let shards = "shards"

  package let path: String

  package init(_ path: String) { self.path = path }

  private var planPath: String { path + "/" + Self.planName }
  private var shardsPath: String { path + "/" + Self.shards }

  /// Whether there is a plan in the folder.
  package var isPlanned: Bool { FolderTree.status(planPath) != nil }

  /// What was planned.
  /// - Throws: `ShardError`; `DataFileError` where it cannot be read.
  package func plan() throws -> StudyPlan {
    guard isPlanned else { throw ShardError.noPlan(path: path) }
    let bytes = try readBytes(planPath)
    struct Format: Decodable { var format: Int }
    let plan: StudyPlan
    do {
      let format = try decodeJSON(Format.self, from: bytes).format
      guard format == StudyPlan.currentFormat else {
        throw ShardError.malformedPlan(
          reason: "its format is \(format), and this program reads \(StudyPlan.currentFormat)")
      }
      plan = try decodeJSON(StudyPlan.self, from: bytes)
    } catch is DecodingError {
      throw ShardError.malformedPlan(reason: "it is damaged")
    }
    guard plan.study == (try StudyPlan.fingerprint(plan.configurations, plan.files, plan.goal)) else {
      throw ShardError.malformedPlan(reason: "it was changed by hand")
    }
    try plan.checkStages()
    guard
      plan.stages.allSatisfy({
        (1...ExperimentConfiguration.mostTrials).contains($0.trials) && (1...2).contains($0.trialsPerUnit)
      })
    else {
      throw ShardError.malformedPlan(
        reason: "it has a point without trials, or with more than \(ExperimentConfiguration.mostTrials)")
    }
    return plan.goal == nil ? plan : try withRounds(plan)
  }

  /// The same with all further rounds.
  private func withRounds(_ plan: StudyPlan) throws -> StudyPlan {
    var plan = plan
    while FolderTree.status(path + "/" + Self.roundName(plan.round + 1)) != nil {
      let name = Self.roundName(plan.round + 1)
      let round = try? decodeJSON(StudyRound.self, from: try readBytes(path + "/" + name))
      guard let round, round.format == StudyRound.currentFormat, round.study == plan.study,
        round.round == plan.round + 1, round.trials.count == plan.stages.count,
        zip(round.trials, plan.stages).allSatisfy({
          $0 >= $1.trials && $0 <= ExperimentConfiguration.mostTrials && $0 % $1.trialsPerUnit == 0
        })
      else { throw ShardError.malformedPlan(reason: "\(name) is damaged or of another study") }
      plan.round = round.round
      for (index, trials) in round.trials.enumerated() { plan.stages[index].trials = trials }
    }
    return plan
  }

  private static func roundName(_ round: Int) -> String { "plan-\(round).json" }

  /// Plans a further round, unless another process has planned it meanwhile.
  /// - Parameter trials: of each stage, those of earlier rounds among them.
  /// - Returns: the plan as it is there now.
  func extend(_ plan: StudyPlan, trials: [Int]) throws -> StudyPlan {
    let round = StudyRound(study: plan.study, round: plan.round + 1, trials: trials)
    let file = try AtomicFile(path + "/" + Self.roundName(round.round))
    try file.append(try encodeJSON(round, pretty: true) + "\n")
    try file.commit(replacing: false, isSynchronized: true)
    return try self.plan()
  }

  /// The files of plan and shards, by their paths within the folder.
  package var files: [String] {
    let plans = (FolderTree.names(in: path) ?? []).filter { $0.hasPrefix("plan-") && $0.hasSuffix(".json") }
    return [Self.planName] + plans
      + (FolderTree.names(in: shardsPath) ?? []).filter(Self.isShard).map { Self.shards + "/" + $0 }
  }

  private static func isShard(_ name: String) -> Bool { name.hasSuffix(".jsonl") && !name.hasPrefix(".") }

  /// Puts a plan in the folder, which is new or empty, or holds a plan of the same study already.
  /// - Returns: the plan that is there now, whole.
  /// - Throws: `ShardError.otherStudy`; `DataFileError.cannotCreate` where the folder holds something else.
  package func make(_ plan: StudyPlan) throws -> StudyPlan {
    if isPlanned { return try sameStudy(plan) }
    do {
      let folder = try OutputFolder(path, existing: .refused)
      try AtomicFile.write(try plan.text(), to: folder.staging + "/" + Self.planName, isSynchronized: true)
      try folder.publish()
      return plan
    } catch {
      // Another process planned it meanwhile.
      guard isPlanned else { throw error }
      return try sameStudy(plan)
    }
  }

  private func sameStudy(_ plan: StudyPlan) throws -> StudyPlan {
    let found = try self.plan()
    guard found.study == plan.study else { throw ShardError.otherStudy(path: path) }
    guard found.precision == plan.precision else { throw ShardError.otherPrecision(planned: found.precision.rawValue) }
    guard found.numerics == plan.numerics else {
      throw ShardError.otherNumerics(planned: found.numerics, version: found.version)
    }
    return found
  }

  /// Whether there is a plan and no results yet.
  package var isUnfinished: Bool { isPlanned && FolderTree.status(path + "/metrics.json") == nil }

  /// Starts a shard: a file that no other process writes.
  func makeShard() throws(DataFileError) -> RecordFile {
    _ = try FolderTree.makeAll(shardsPath)
    return try RecordFile(path + "/" + Self.shardName())
  }

  /// The path, within a folder, of a shard that no other process makes.
  static func shardName() -> String {
    let host = String(hostName().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "_" })
    let own = UInt64.random(in: 0...UInt64.max)
    return "\(shards)/\(host)-\(processIdentifier())-\(String(own, radix: 36)).jsonl"
  }

  /// A line of a shard that is whole.
  struct Line {
    var head: UnitRecord.Head
    var bytes: ArraySlice<UInt8>
    var file: String
  }

  /// Hands on every line that is whole and of this plan, in the order of files and lines; others may write meanwhile.
  func readLines(of plan: StudyPlan, _ body: (Line) throws -> Void) throws -> LeftOut {
    var leftOut = LeftOut()
    for name in FolderTree.names(in: shardsPath) ?? [] where Self.isShard(name) {
      for bytes in try readBytes(shardsPath + "/" + name).split(separator: UInt8(ascii: "\n")) {
        guard UnitRecord.isWhole(bytes), let head = try? UnitRecord.head(of: bytes) else {
          leftOut.torn += 1
          continue
        }
        if head.study != plan.study || !plan.contains(head.unit) {
          leftOut.otherStudies += 1
        } else if head.numerics != plan.numerics {
          leftOut.otherNumerics += 1
        } else if head.precision != plan.precision {
          leftOut.otherPrecisions += 1
        } else {
          try body(Line(head: head, bytes: bytes, file: Self.shards + "/" + name))
        }
      }
    }
    return leftOut
  }

  /// Lines that are not taken, by reason.
  package struct LeftOut: Sendable, Equatable {
    package var torn = 0
    package var otherStudies = 0
    package var otherNumerics = 0
    package var otherPrecisions = 0

    /// In words; nil where there are none.
    package var text: String? {
      let parts = [
        (torn, "cut or damaged"), (otherStudies, "of other studies"), (otherNumerics, "of other numerics"),
        (otherPrecisions, "of another precision"),
      ]
      let found = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return found.isEmpty ? nil : "lines left out: " + found.joined(separator: ", ")
    }
  }

  /// The units that are done.
  package func done(_ plan: StudyPlan) throws -> Set<StudyPlan.Unit> {
    var units: Set<StudyPlan.Unit> = []
    _ = try readLines(of: plan) { units.insert($0.head.unit) }
    return units
  }
}
