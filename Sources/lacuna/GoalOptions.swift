import ArgumentParser
import LacunaStudy

/// `--standard-error` and `--max-trials`.
struct GoalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run trials until the standard error of generalization_error, or of KEY, is so small at every point; repeatable.",
      valueName: "[key=]x|x%"))
  var standardError: [String] = []

  @Option(help: "With --standard-error: trials of a point at most; default: 10000.")
  var maxTrials: Int?

  /// nil does the trials that are configured.
  var goal: TrialGoal? {
    get throws {
      standardError.isEmpty ? nil : try TrialGoal(standardError, trialLimit: maxTrials ?? 10_000)
    }
  }

  func validate() throws {
    guard !standardError.isEmpty else {
      if maxTrials != nil { throw ValidationError("--max-trials goes with --standard-error") }
      return
    }
    let most = ExperimentConfiguration.mostTrials
    if let maxTrials, !(2...most).contains(maxTrials) {
      throw ValidationError("--max-trials must be from 2 to \(most)")
    }
    do {
      _ = try goal
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

/// What a person is told between rounds of trials.
func describe(_ progress: GoalProgress, next: StudyPlan) -> String {
  let done = progress.stages.reduce(0) { $0 + $1.trials }
  let limit = next.goal?.trialLimit ?? done
  return
    "\(progress.worst); round \(next.round): \(next.trialCount(next.units) - done) trials more, after \(done) of about "
    + "\(progress.expectedTrials(limit: limit))"
}

extension GoalProgress {
  /// Says how it ended; where trials met their limit that is a warning.
  func report(quiet: Bool) {
    if !isReached {
      log.warning("\(worst); trials are at their limit: --max-trials allows more, in another folder")
    } else if !quiet {
      log.info("\(worst)")
    }
  }
}
