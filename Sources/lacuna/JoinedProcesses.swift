import LacunaDevices
import Synchronization

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Glibc)
  @preconcurrency import Glibc
#endif

/// The processes that compute on one device together: they run the same program, and one of them prints and writes.
enum JoinedProcesses {
  private static let silent = Atomic<Bool>(false)
  private static let unsaid = Mutex("")

  /// Whether this process says anything; else its last words are kept.
  static func speaks(_ text: String) -> Bool {
    guard silent.load(ordering: .relaxed) else { return true }
    unsaid.withLock { $0 = text }
    return false
  }

  /// Joins those of a device that is spread over processes; of any other there is this process alone.
  /// - Returns: whether this is the one that prints and writes.
  static func join(_ choice: DeviceChoice) throws(DeviceError) -> Bool {
    let leads = try DeviceRegistry.ofThisMachine.join(choice)
    guard !leads else { return true }
    silent.store(true, ordering: .relaxed)
    let nothing = open("/dev/null", O_WRONLY)
    if nothing >= 0 {
      fflush(stdout)
      dup2(nothing, STDOUT_FILENO)
      close(nothing)
    }
    return false
  }

  /// Ends this process's part, with its exit status. A failure that all share is told by the one that speaks, which ends the
  /// others meanwhile; where only this one failed, it says so.
  static func leave(status: Int32) {
    if status != 0, silent.load(ordering: .relaxed) {
      // The end of the job comes as SIGTERM, for which the handler of an ended watch may still be there.
      signal(SIGTERM, SIG_DFL)
      var rest: UInt32 = 30
      while rest > 0 { rest = sleep(rest) }
      silent.store(false, ordering: .relaxed)
      writeError(unsaid.withLock { $0 })
    }
    DeviceRegistry.ofThisMachine.leave(status: status)
  }
}
