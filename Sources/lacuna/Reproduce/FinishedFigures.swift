import LacunaFiles
import Synchronization

/// The figures of a run that are finished, which it keeps where it ends early.
final class FinishedFigures: Sendable {
  private let folder: OutputFolder
  private let state = Mutex<(finished: Int, current: String?)>((0, nil))

  init(_ folder: OutputFolder) { self.folder = folder }

  func begin(_ name: String) { state.withLock { $0.current = name } }

  func finish() { state.withLock { $0 = ($0.finished + 1, nil) } }

  /// Puts the finished ones in their place, without what was begun of another; may come from any thread.
  /// - Returns: what was kept; nil where nothing was.
  func keep() -> String? {
    state.withLock { state in
      guard state.finished > 0 else { return nil }
      if let name = state.current {
        folder.remove("data/\(name)")
        for file in ["dat", "gp", "svg", "pdf", "png"].map({ "\(name).\($0)" }) {
          folder.remove(file)
          folder.remove("narrow/\(file)")
        }
      }
      guard (try? folder.publish(partial: true)) != nil else { return nil }
      return (state.finished == 1 ? "1 finished figure is" : "\(state.finished) finished figures are")
        + " in \(escaped(folder.path))"
    }
  }
}
