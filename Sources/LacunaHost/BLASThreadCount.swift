import COpenBLAS
import Dispatch
import Synchronization

/// OpenBLAS's number of threads, which is one for the whole process, as if it came with each call.
///
/// Calls of one number run side by side at the price of two atomic additions. A call of another number waits until those
/// that run are done, sets its own and runs with all that wait for the same; whoever comes after it takes a later turn,
/// whatever its number, so nobody waits for ever. Bits then depend on the caller's number alone: a product of two threads
/// is cut otherwise than one of one.
///
/// The rule holds for every build of the library. What newer ones call `openblas_set_num_threads_local` is not used: whether
/// it is local depends on the build.
package final class BLASThreadCount: Sendable {
  package static let shared = BLASThreadCount { openblas_set_num_threads(Int32($0)) }

  /// Callers that wait for one number of threads.
  private struct Turn {
    let count: Int
    var callers: Int
    let begins = DispatchSemaphore(value: 0)
  }

  /// Bits 0…31: calls that run; bits 32…62: the number of threads they have; bit 63: whether turns wait.
  private let state = Atomic<UInt64>(0)
  private let turns = Mutex<[Turn]>([])
  private let set: @Sendable (Int) -> Void

  private static let waiting: UInt64 = 1 << 63
  private static let running: UInt64 = 1 << 32 - 1

  /// - Parameter set: makes a number of threads that of the process.
  package init(set: @escaping @Sendable (Int) -> Void) { self.set = set }

  /// Runs `body` while OpenBLAS has `count` threads. The body must not come back here.
  package func during<Result, Failure: Error>(
    _ count: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    enter(count)
    defer { leave() }
    return try body()
  }

  private func enter(_ count: Int) {
    if entersBesideOthers(count) { return }
    let begins = turns.withLock { turns -> DispatchSemaphore? in
      // A turn of this number may have begun since, and for others that came meanwhile there is none to wait for.
      if turns.isEmpty, entersBesideOthers(count) { return nil }
      if let index = turns.firstIndex(where: { $0.count == count }) {
        turns[index].callers += 1
      } else {
        turns.append(Turn(count: count, callers: 1))
      }
      let own = turns.first { $0.count == count }?.begins
      if state.bitwiseOr(Self.waiting, ordering: .acquiring).oldValue & Self.running == 0 { begin(&turns) }
      return own
    }
    begins?.wait()
  }

  /// Whether calls of this number are let in, nobody waits, and this one is among them now.
  private func entersBesideOthers(_ count: Int) -> Bool {
    var seen = state.load(ordering: .relaxed)
    while seen >> 32 == UInt64(count) {
      let (entered, found) = state.compareExchange(
        expected: seen, desired: seen + 1, successOrdering: .acquiring, failureOrdering: .relaxed)
      if entered { return true }
      seen = found
    }
    return false
  }

  private func leave() {
    let left = state.subtract(1, ordering: .acquiringAndReleasing).newValue
    guard left & Self.running == 0, left & Self.waiting != 0 else { return }
    // Somebody may have begun a turn since.
    turns.withLock { turns in
      if state.load(ordering: .acquiring) & Self.running == 0 { begin(&turns) }
    }
  }

  /// Lets the first turn in. Nobody runs, and nobody enters past a turn that waits.
  private func begin(_ turns: inout [Turn]) {
    guard !turns.isEmpty else { return }
    let turn = turns.removeFirst()
    if state.load(ordering: .relaxed) >> 32 & Self.running >> 1 != UInt64(turn.count) { set(turn.count) }
    state.store(
      UInt64(turn.count) << 32 | UInt64(turn.callers) | (turns.isEmpty ? 0 : Self.waiting), ordering: .releasing)
    for _ in 0..<turn.callers { turn.begins.signal() }
  }
}
