import Dispatch
import LacunaAlgebra
import Synchronization

/// Runs trials of a stage, as many at a time as the plan says, and hands on each outcome in the order of the trials.
///
/// What a trial gives depends on its number alone, so the outcomes are those of one after the other, bit for bit.
/// - Parameter trials: their numbers, ascending.
/// - Parameter mayBegin: asked before each, by one thread at a time; where it says no, those that run are ended and no other begun.
/// - Parameter emit: called for one trial after the other, never twice at the same time.
/// - Throws: the error of the earliest trial that failed, after all earlier ones were handed on.
func runTrials<Device: Backend>(
  _ trials: ArraySlice<Int>, of stage: Experiment.Stage, on device: Device, plan: TrialPlan,
  mayBegin: (Int) -> Bool = { _ in true }, emit: (TrialOutcome) throws -> Void
) throws {
  let device = plan.arrangement.singleThreaded ? device.singleThreaded : device
  guard plan.arrangement.width > 1 else {
    let runner = try StageTrial(device: device, stage: stage, route: plan.route)
    for trial in trials {
      guard mayBegin(trial) else { return }
      try emit(try runner.run(trial))
    }
    return
  }
  let ledger = Mutex(TrialLedger(trials))
  withoutActuallyEscaping(emit) { emit in
    withoutActuallyEscaping(mayBegin) { mayBegin in
      // The ledger's lock lets one thread at a time through.
      nonisolated(unsafe) let emit = emit
      nonisolated(unsafe) let mayBegin = mayBegin
      DispatchQueue.concurrentPerform(iterations: plan.arrangement.width) { _ in
        // A runner and its matrices stay on the thread that made them.
        var runner: StageTrial<Device>?
        while let (place, trial) = ledger.withLock({ $0.claim(mayBegin) }) {
          let result = Result {
            let own = try runner ?? StageTrial(device: device, stage: stage, route: plan.route)
            runner = own
            return try own.run(trial)
          }
          ledger.withLock { $0.deliver(result, of: place, to: emit) }
        }
      }
    }
  }
  if let failure = ledger.withLock({ $0.failure }) { throw failure }
}

/// Which trials are taken, which are done, and which were handed on.
private struct TrialLedger {
  private let trials: ArraySlice<Int>
  /// Places among the trials.
  private var unclaimed: Range<Int>
  private var next: Int
  private var waiting: [Int: Result<TrialOutcome, any Error>] = [:]
  private(set) var failure: (any Error)?
  private var isClosed = false

  init(_ trials: ArraySlice<Int>) {
    self.trials = trials
    unclaimed = trials.indices
    next = trials.startIndex
  }

  /// The next trial to run, and its place; nil where none is left, one has failed or no more may begin.
  mutating func claim(_ mayBegin: (Int) -> Bool) -> (place: Int, trial: Int)? {
    guard !isClosed, let place = unclaimed.first, mayBegin(trials[place]) else { return nil }
    unclaimed.removeFirst()
    return (place, trials[place])
  }

  /// Takes a result in, and hands on all that is next in order.
  mutating func deliver(
    _ result: Result<TrialOutcome, any Error>, of place: Int, to emit: (TrialOutcome) throws -> Void
  ) {
    waiting[place] = result
    if case .failure = result { isClosed = true }
    while failure == nil, let result = waiting.removeValue(forKey: next) {
      next += 1
      do {
        try emit(try result.get())
      } catch {
        failure = error
        isClosed = true
      }
    }
  }
}
