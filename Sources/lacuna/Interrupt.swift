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
final class Interrupt: Sendable {
  private let finished = Atomic<Int>(0)
  private let sources: [any DispatchSourceSignal & Sendable]

  /// - Parameter keptAt: where finished trials lie, if anywhere.
  init(keptAt: String?) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive)) as! any DispatchSourceSignal & Sendable
    }
    for source in sources {
      source.setEventHandler { [self] in
        let count = finished.load(ordering: .relaxed)
        let kept = keptAt.map { count > 0 ? "\(count) finished trials are in \($0)" : "no trial had finished" }
        fputs("\ninterrupted: \(kept ?? "nothing was written (no --output)")\n", stderr)
        _exit(ExitStatus.interrupted)
      }
      source.resume()
    }
  }

  /// One more trial is on disk.
  func trialFinished() { finished.add(1, ordering: .relaxed) }
}
