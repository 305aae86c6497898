// The C library declares stdout as a variable that anyone may set; nobody does.
#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Glibc)
  @preconcurrency import Glibc
#endif

/// What a command prints, held to have arrived.
enum StandardOutput {
  /// Keeps a closed standard output closed: else the first file that is opened takes its place, and is printed into.
  static func keepClosed() {
    guard fcntl(STDOUT_FILENO, F_GETFD) < 0 else { return }
    // Opened for reading alone, so that writing fails.
    let other = open("/dev/null", O_RDONLY)
    guard other >= 0, other != STDOUT_FILENO else { return }
    dup2(other, STDOUT_FILENO)
    close(other)
  }

  /// Whether standard error goes to the same terminal, file or pipe, so that a person reads both.
  static var isStandardError: Bool {
    var (output, errors) = (stat(), stat())
    return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &errors) == 0 && output.st_dev == errors.st_dev
      && output.st_ino == errors.st_ino
  }

  /// Prints what is meant for a person, no wider than the terminal.
  static func show(_ text: String) { print(text.wrapped(to: terminalWidth())) }

  /// Hands what was printed to the system.
  /// - Throws: `Failure` with status 74 if it could not be written: a full disk, a closed descriptor. A pipe that nobody
  ///   reads any more ends the program quietly, as other programs do.
  static func finish() throws {
    errno = 0
    let isFlushed = fflush(stdout) == 0
    let code = errno
    guard !isFlushed || ferror(stdout) != 0 else { return }
    if code == EPIPE { _exit(128 + SIGPIPE) }
    let reason = code == 0 ? "" : ": \(String(cString: strerror(code)))"
    throw Failure("standard output cannot be written\(reason)", status: ExitStatus.io)
  }
}
