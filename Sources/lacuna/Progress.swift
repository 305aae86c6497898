import Dispatch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Progress on stderr: a bar with the time left on a terminal, a plain line now and then elsewhere.
final class Progress {
  /// As far as is known.
  var total: Int
  /// Said beside the time.
  var note = ""
  private let label: String
  private let quiet: Bool
  private let onTerminal = isatty(STDERR_FILENO) == 1
  private let start = DispatchTime.now().uptimeNanoseconds
  private var lastShown: UInt64 = 0
  private(set) var done = 0

  init(total: Int, label: String, quiet: Bool) {
    self.total = total
    self.label = label
    self.quiet = quiet
  }

  /// Seconds since the start.
  private var elapsed: Double { Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }

  /// One unit more is done.
  func advance(to count: Int? = nil, of newTotal: Int? = nil) {
    done = count ?? done + 1
    guard !quiet else { return }
    let total = max(newTotal ?? total, done, 1)
    let now = DispatchTime.now().uptimeNanoseconds
    let interval: UInt64 = onTerminal ? 100_000_000 : 10_000_000_000
    guard done == total || now - max(lastShown, start) >= interval else { return }
    lastShown = now
    let left = elapsed / Double(done) * Double(total - done)
    let time = (note.isEmpty ? "" : note + " · ") + (done == total ? Self.time(elapsed) : "\(Self.time(left)) left")
    if onTerminal {
      let width = 30
      let filled = done * width / total
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
      writeError("\r\(label) \(bar) \(done)/\(total) · \(time)\u{1B}[K" + (done == total ? "\n" : ""))
    } else {
      writeError("\(label) \(done)/\(total), \(time)\n")
    }
  }

  private static func time(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole >= 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
    return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : seconds < 10 ? "\(tenths(seconds)) s" : "\(whole) s"
  }

  private static func tenths(_ seconds: Double) -> String {
    let value = Int((seconds * 10).rounded())
    return "\(value / 10).\(value % 10)"
  }
}
