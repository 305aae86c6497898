import Dispatch
import LacunaFiles
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Ends the program within a moment of Ctrl-C, SIGTERM or SIGHUP, saying what was kept; what was begun is taken away.
final class Interrupt {
  private let sources: [any DispatchSourceSignal]
  private let folder: OutputFolder?

  /// Whether the program is ending: errors of now are those of files that are gone.
  private static let isEnding = Atomic<Bool>(false)
  private static let current = Mutex<OutputFolder?>(nil)

  /// - Parameter folder: the run's, if it has one.
  /// - Parameter keep: puts what is finished in its place, and says so; nil where nothing is.
  init(_ folder: OutputFolder?, keep: @escaping @Sendable () -> String? = { nil }) {
    self.folder = folder
    Self.current.withLock { $0 = folder }
    guard Self.mayOpenFiles else {
      folder?.abandon()
      log.error("the system lets this process open too few files; raise the limit (ulimit -n 64)")
      exit(ExitStatus.io)
    }
    let watched = DispatchGroup()
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      let earlier = signal(number, SIG_IGN)
      // Of a run under nohup, which is to outlive its terminal.
      if number == SIGHUP, Self.isIgnored(earlier) { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler {
        Self.isEnding.store(true, ordering: .sequentiallyConsistent)
        writeError("\ninterrupted: \(keep() ?? Self.kept(folder))\n")
        _exit(ExitStatus.interrupted)
      }
      watched.enter()
      source.setRegistrationHandler { watched.leave() }
      source.resume()
      return source
    }
    // The descriptors are taken on another thread: before they are, nothing else may take the last ones.
    _ = watched.wait(timeout: .now() + 5)
  }

  /// Ends the watch; of a run that was not published nothing stays but records.
  func end() {
    folder?.abandon()
    for source in sources { source.cancel() }
  }

  /// A message in which the run's files are named where they were to be.
  static func placed(_ message: String) -> String { current.withLock { $0?.placed(message) ?? message } }

  /// Lets the handler end the program where it is about to.
  static func yieldIfEnding() {
    while isEnding.load(ordering: .sequentiallyConsistent) { pause() }
  }

  /// Whether there is room for the descriptors by which signals are watched, on Linux one for events, one to wake their reader and
  /// one a signal: without them the watch itself would trap.
  private static var mayOpenFiles: Bool {
    let files = (0..<6).map { _ in open("/dev/null", O_RDONLY) }
    for file in files where file >= 0 { close(file) }
    return files.allSatisfy { $0 >= 0 }
  }

  private static func kept(_ folder: OutputFolder?) -> String {
    guard let folder else { return "nothing was written (no --output)" }
    switch folder.abandon() {
    case .nothing: return "nothing was kept"
    case .results: return "the results are in \(escaped(folder.path))"
    case .records, .recordsAside: return trialsKept(folder) ?? ""
    }
  }

  /// What is left of trials in the folder of a run that has ended, in words; nil where nothing is.
  static func trialsKept(_ folder: OutputFolder) -> String? {
    func trials(_ count: Int) -> String { count == 1 ? "1 finished trial is" : "\(count) finished trials are" }
    switch folder.abandon() {
    case .nothing, .results: return nil
    case .records(let count, let path):
      return "\(trials(count)) in \(escaped(path)); the same command with --resume goes on"
    case .recordsAside(let count, let path):
      return "\(trials(count)) in \(escaped(path)), until the next run into \(escaped(folder.path)), which is as it was"
    }
  }

  private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
