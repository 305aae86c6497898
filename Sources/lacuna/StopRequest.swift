import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Whether a process that can be gone on with was asked to end soon: by SIGTERM, SIGUSR1, or since its time is up.
final class StopRequest {
  private let end: ContinuousClock.Instant?
  private let flag = Flag()
  private let sources: [any DispatchSourceSignal]

  private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

  /// - Parameter seconds: from now; nil sets no end.
  init(seconds: Double?) {
    end = seconds.map { ContinuousClock.now.advanced(by: .seconds($0)) }
    sources = [SIGTERM, SIGUSR1].map { [flag] number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler { flag.isSet.store(true, ordering: .relaxed) }
      source.resume()
      return source
    }
  }

  var isMade: Bool { flag.isSet.load(ordering: .relaxed) || end.map { ContinuousClock.now >= $0 } ?? false }
}
