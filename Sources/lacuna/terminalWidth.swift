#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Characters in a line of a terminal: `COLUMNS` where it is set, else what the terminal says; nil where there is none.
/// - Parameter descriptor: of the stream that is written to.
func terminalWidth(_ descriptor: Int32 = STDOUT_FILENO) -> Int? {
  if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 { return columns }
  var size = winsize()
  guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
  return Int(size.ws_col)
}
