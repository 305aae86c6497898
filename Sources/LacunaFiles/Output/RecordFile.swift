import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that grows by whole records, each of one line or several, while somebody may read it.
///
/// A record goes to the system in one piece, and what a full disk leaves of one is cut off again. Threads take turns.
public final class RecordFile: Sendable {
  public let path: String

  private struct State {
    var descriptor: Int32
    var length: off_t = 0
    var count = 0
    var synchronized = ContinuousClock.now
  }

  private let state: Mutex<State>

  /// Makes the file, which is not there yet.
  /// - Parameter place: where it is moved before the first record, for messages; nil where it stays.
  /// - Throws: `cannotCreate`.
  public init(_ path: String, movedTo place: String? = nil) throws(DataFileError) {
    let descriptor = withSystemPath(path) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: systemMessage(errno)) }
    self.path = place ?? path
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { close() }

  /// How many records the file holds.
  public var count: Int { state.withLock { $0.count } }

  /// Adds records, which are on the disk a second later at most where others follow, and when the file is closed.
  /// - Parameter record: lines, each with its end.
  /// - Parameter count: how many records they are.
  /// - Throws: `io` if the disk is full or fails, or the file is closed; it then holds the records before.
  public func append(_ record: String, count: Int = 1) throws(DataFileError) {
    let bytes = Array(record.utf8)
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard state.descriptor >= 0 else { throw .io(path: path, reason: "it is closed") }
        var done = 0
        while done < bytes.count {
          let written = bytes[done...].withUnsafeBytes { systemWrite(state.descriptor, $0) }
          if written >= 0 {
            done += written
          } else if errno != EINTR {
            let code = errno
            _ = ftruncate(state.descriptor, state.length)
            _ = lseek(state.descriptor, state.length, SEEK_SET)
            throw .io(path: path, reason: "writing failed: \(systemMessage(code))")
          }
        }
        state.length += off_t(bytes.count)
        state.count += count
        let now = ContinuousClock.now
        if state.synchronized.duration(to: now) >= .seconds(1) {
          guard fsync(state.descriptor) == 0 else {
            throw .io(path: path, reason: "writing failed: \(systemMessage(errno))")
          }
          state.synchronized = now
        }
      }
    }
    try outcome.get()
  }

  /// Ends the file: it takes no more.
  /// - Returns: how many records it holds.
  @discardableResult public func close() -> Int {
    state.withLock { state in
      if state.descriptor >= 0 {
        _ = fsync(state.descriptor)
        _ = systemClose(state.descriptor)
      }
      state.descriptor = -1
      return state.count
    }
  }
}
