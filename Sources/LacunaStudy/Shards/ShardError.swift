/// Why a planned study cannot be run or summed up.
package enum ShardError: Error, Sendable, Equatable, CustomStringConvertible {
  case noPlan(path: String)
  case malformedPlan(reason: String)
  /// Another study was planned in the folder.
  case otherStudy(path: String)
  /// The program that planned it draws or computes other numbers.
  case otherNumerics(planned: Int, version: String)
  case otherPrecision(planned: String)
  /// A file that the configuration names is not the one that was planned with.
  case changedFile(path: String)
  /// Two processes found different numbers.
  case disagreement(unit: String, files: [String])
  case share(String, reason: String)
  /// A standard error that cannot be had.
  case goal(String, reason: String)
  /// Units that nobody has done yet.
  case unitsLeft(Int, of: Int, example: String)

  package var description: String {
    switch self {
    case .noPlan(let path): "\(path) holds no plan.json; lacuna plan CONFIG --output \(path) makes one"
    case .malformedPlan(let reason): "plan.json: \(reason); plan anew, into another folder"
    case .otherStudy(let path): "\(path) holds the plan of another study; choose another folder"
    case .otherNumerics(let planned, let version):
      "planned by lacuna \(version), whose trials have other numbers (\(planned), here \(numericsVersion)); plan anew, into "
        + "another folder"
    case .otherPrecision(let planned): "planned in \(planned), and a plan keeps to one precision; plan anew for another"
    case .changedFile(let path): "\(path) is not the file that was planned with; put that one back, or plan anew"
    case .disagreement(let unit, let files):
      "\(unit): \(files.joined(separator: " and ")) disagree by more than 1e-9; find out which is wrong and take it away"
    case .share(let text, let reason): "--shard \(text): \(reason)"
    case .goal(let text, let reason): "--standard-error \(text): \(reason)"
    case .unitsLeft(let left, let all, let example):
      left == 1
        ? "one of \(all) units is left, \(example)" : "\(left) of \(all) units are left, \(example) the first of them"
    }
  }
}
