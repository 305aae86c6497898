import LacunaFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The program that draws.
struct Gnuplot {
  let program: String

  /// Looks for gnuplot on a search path, by default that of the process.
  /// - Returns: nil where it is absent.
  init?(searchPath: String?) {
    let path = searchPath ?? PathText.variable("PATH") ?? ""
    for folder in path.split(separator: ":") {
      let candidate = "\(folder)/gnuplot"
      if withSystemPath(candidate, { access($0, X_OK) }) == 0 {
        program = candidate
        return
      }
    }
    return nil
  }

  /// Runs a script in its folder, with the fonts there, without the user's settings and in a fixed locale.
  ///
  /// - Parameter log: a file in that folder, for what gnuplot says.
  /// - Returns: the exit status, or minus the signal that ended it.
  func run(_ script: String, in folder: String, log: String) -> Int {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    _ = withSystemPath("\(folder)/\(log)") {
      posix_spawn_file_actions_addopen(&actions, 1, $0, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    posix_spawn_file_actions_adddup2(&actions, 1, 2)

    let change = "cd " + Script.quoted(folder.hasPrefix("/") ? folder : "./" + folder)
    let arguments = Self.copies([program, "-d", "-e", change, script])
    let variables = Self.copies(Self.environment())
    defer { for pointer in arguments + variables { free(pointer) } }
    var process: pid_t = 0
    let spawned = withSystemPath(program) {
      posix_spawn(&process, $0, &actions, nil, arguments, variables)
    }
    guard spawned == 0 else { return Int(spawned) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      if errno != EINTR { return Int(errno) }
    }
    let signal = status & 0x7F
    return signal == 0 ? Int(status >> 8 & 0xFF) : -Int(signal)
  }

  private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { (text: String) -> UnsafeMutablePointer<CChar>? in withSystemPath(text) { strdup($0) } } + [nil]
  }

  /// What of the environment the drawing of text needs, the fonts of the script's folder, and a locale in which numbers have a
  /// point.
  private static func environment() -> [String] {
    let kept = ["PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "LD_LIBRARY_PATH"]
    return kept.compactMap { name in PathText.variable(name).map { "\(name)=\($0)" } }
      + ["FONTCONFIG_PATH=.", "FONTCONFIG_FILE=\(FigureFonts.configurationFile)", "LC_ALL=C.UTF-8"]
  }
}
