import Synchronization

/// A caller's progress function: told of each ridge or trial, and asked between pieces of work whether to go on.
final class CallProgress: Sendable {
  private struct State {
    var numbers = (done: 0, total: 0)
    var asked = ContinuousClock.now
  }

  private let state = Mutex(State())
  /// Whether the call is to end; nil where nobody is to be asked.
  private let isUnwanted: (@Sendable (Int, Int) -> Bool)?

  init(_ function: ProgressFunction?, _ context: UnsafeMutableRawPointer?) {
    nonisolated(unsafe) let context = context
    isUnwanted = function.map { function in
      { @Sendable done, total in function(context, Int64(done), Int64(total)) != 0 }
    }
  }

  /// - Throws: `CancellationError` where the function says so.
  func report(_ done: Int, _ total: Int) throws { try ask(with: (done, total)) }

  /// Asks with the numbers of the last report, every fiftieth of a second at most.
  /// - Throws: `CancellationError` where the function says so.
  func check() throws {
    guard isUnwanted != nil, state.withLock({ $0.asked.duration(to: .now) > .milliseconds(20) }) else { return }
    try ask(with: nil)
  }

  private func ask(with numbers: (done: Int, total: Int)?) throws {
    guard let isUnwanted else { return }
    // From one thread at a time.
    let isOver = state.withLock { state in
      if let numbers { state.numbers = numbers }
      state.asked = .now
      return isUnwanted(state.numbers.done, state.numbers.total)
    }
    if isOver { throw CancellationError() }
  }
}
