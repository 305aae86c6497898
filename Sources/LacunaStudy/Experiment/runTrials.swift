import Dispatch
import LacunaAlgebra
import Synchronization

/// Runs trials of a stage, as many at a time as the plan says, and hands on each outcome in the order of the trials.
///
/// What a trial gives depends on its number alone, so the outcomes are those of one after the other, bit for bit.
/// - Parameter emit: called for one trial after the other, never twice at the same time.
/// - Throws: the error of the earliest trial that failed, after all earlier ones were handed on.
func runTrials<Device: Backend>(
  _ trials: Range<Int>, of stage: Experiment.Stage, on device: Device, plan: TrialPlan,
  emit: (TrialOutcome) throws -> Void
) throws {
  let device = plan.arrangement.singleThreaded ? device.singleThreaded : device
  guard plan.arrangement.width > 1 else {
    let runner = try StageTrial(device: device, stage: stage, route: plan.route)
    for index in trials { try emit(try runner.run(index)) }
    return
  }
  let ledger = Mutex(TrialLedger(trials))
  withoutActuallyEscaping(emit) { emit in
    // The ledger's lock lets one thread at a time through.
    nonisolated(unsafe) let emit = emit
    DispatchQueue.concurrentPerform(iterations: plan.arrangement.width) { _ in
      // A runner and its matrices stay on the thread that made them.
      var runner: StageTrial<Device>?
      while let index = ledger.withLock({ $0.claim() }) {
        let result = Result {
          let own = try runner ?? StageTrial(device: device, stage: stage, route: plan.route)
          runner = own
          return try own.run(index)
        }
        ledger.withLock { $0.deliver(result, of: index, to: emit) }
      }
    }
  }
  if let failure = ledger.withLock({ $0.failure }) { throw failure }
}

/// Which trials are taken, which are done, and which were handed on.
private struct TrialLedger {
  private var unclaimed: Range<Int>
  private var next: Int
  private var waiting: [Int: Result<TrialOutcome, any Error>] = [:]
  private(set) var failure: (any Error)?
  private var isClosed = false

  init(_ trials: Range<Int>) {
    unclaimed = trials
    next = trials.lowerBound
  }

  /// The next trial to run; nil where none is left or one has failed.
  mutating func claim() -> Int? { isClosed ? nil : unclaimed.popFirst() }

  /// Takes a result in, and hands on all that is next in order.
  mutating func deliver(
    _ result: Result<TrialOutcome, any Error>, of index: Int, to emit: (TrialOutcome) throws -> Void
  ) {
    waiting[index] = result
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
