import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Ends the program within a moment of Ctrl-C (or SIGTERM), saying what was kept.
///
/// Finished trials are on disk when their record is written, so nothing is left to save: the handler only speaks.
final class Interrupt {
  private final class Counter: Sendable {
    let finished = Atomic<Int>(0)
  }

  private let counter = Counter()
  private let sources: [any DispatchSourceSignal]

  /// - Parameter keptAt: where finished trials lie, if anywhere.
  init(keptAt: String?) {
    let counter = self.counter
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler {
        let count = counter.finished.load(ordering: .relaxed)
        let kept = keptAt.map { count > 0 ? "\(count) finished trials are in \($0)" : "no trial had finished" }
        writeError("\ninterrupted: \(kept ?? "nothing was written (no --output)")\n")
        _exit(ExitStatus.interrupted)
      }
      source.resume()
      return source
    }
  }

  /// One more trial is on disk.
  func trialFinished() { counter.finished.add(1, ordering: .relaxed) }
}
