/// Which units of a plan a process takes: every N-th from the i-th, so that all shares meet all points.
package struct Share: Sendable, Equatable {
  /// From 0.
  package var index: Int
  package var count: Int

  package init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// - Parameter text: `i/N` with 1 ≤ i ≤ N, or `slurm` for what the environment of a Slurm task says.
  /// - Parameter environment: a variable by its name.
  package init(_ text: String, environment: (String) -> String?) throws(ShardError) {
    guard text != "slurm" else {
      self = try Self.slurm(environment)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count else {
      throw .share(text, reason: "write i/N with i from 1 to N, such as 1/4, or slurm")
    }
    self.init(index: index - 1, count: count)
  }

  func takes(_ place: Int) -> Bool { place % count == index }

  /// The tasks of an array, and within each the tasks of its `srun`.
  private static func slurm(_ environment: (String) -> String?) throws(ShardError) -> Share {
    func number(_ name: String) throws(ShardError) -> Int? {
      guard let text = environment(name) else { return nil }
      guard let value = Int(text), value >= 0 else { throw .share("slurm", reason: "\(name) is no number") }
      return value
    }
    let task = try number("SLURM_PROCID")
    let tasks = try number("SLURM_STEP_NUM_TASKS")
    let own = Share(index: tasks == nil ? 0 : task ?? 0, count: max(tasks ?? 1, 1))
    guard let id = try number("SLURM_ARRAY_TASK_ID") else {
      guard task != nil else {
        throw .share("slurm", reason: "this is no task of Slurm: SLURM_ARRAY_TASK_ID and SLURM_PROCID are not set")
      }
      return own
    }
    guard let count = try number("SLURM_ARRAY_TASK_COUNT"), let least = try number("SLURM_ARRAY_TASK_MIN"), count > 0
    else { throw .share("slurm", reason: "SLURM_ARRAY_TASK_COUNT or SLURM_ARRAY_TASK_MIN is not set") }
    let step = max(try number("SLURM_ARRAY_TASK_STEP") ?? 1, 1)
    let place = (id - least) / step
    guard place >= 0, place < count, (id - least) % step == 0 else {
      throw .share("slurm", reason: "task \(id) of an array with gaps; write it as --array=FIRST-LAST")
    }
    return Share(index: place * own.count + own.index, count: count * own.count)
  }
}
