import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A folder that one process writes, and that appears whole or not at all.
///
///     let folder = try OutputFolder("results", existing: .refused)
///     try AtomicFile.write(text, to: folder.staging + "/a.txt")
///     try folder.publish()
///
/// Files are made in a folder aside, `.results.lacuna-run` beside the target, which also holds the claim: a second process gets
/// `cannotCreate`. `publish` then puts all of them in place. A target that is absent, empty or made by an earlier run alone is
/// exchanged as a whole, in one step where the system has one. One that holds other files, is the current folder or the root
/// of a disk keeps itself and those files, and gets the new files one by one; the next run finishes where that was cut short.
/// What a process that was killed left aside, the next run into the same folder takes away.
///
/// `.lacuna` in the folder lists the files that belong to the run: these, and no others, are ever replaced or taken away.
/// Links and pipes in the folder are replaced, never followed. One thread writes; `abandon` may come from any.
///
/// A run whose records shall outlive it opens them by `startRecords`; they grow in the target itself where it holds nothing. One that
/// goes on with such a run makes them there on its own, and lets the folder know by `adopt`.
public final class OutputFolder: Sendable {
  /// The target as it was asked for.
  public let path: String
  /// Where its files are made, there already.
  public var staging: String { claim.folder + "/new" }
  /// Whether the target held something, which stands until the new files take its place.
  public let replaces: Bool

  /// The list of a folder's own files.
  static let manifest = ".lacuna"

  /// What becomes of what a target holds.
  public enum Existing: Sendable {
    /// A target that holds something is refused.
    case refused
    /// The files of an earlier run go as the new ones come.
    case replaced
    /// They stay, but for those of the same names.
    case extended
  }

  let target: String
  let claim: FolderClaim
  let existing: Existing
  let state: Mutex<State>

  /// How far it is.
  struct State {
    /// The folders above the target that were not there.
    var madeFolders: [String]
    /// Whether the target itself was made, to hold records while the run goes on.
    var madeTarget = false
    var records: RecordFile?
    /// Files that the run made in the target itself.
    var adopted: [String] = []
    /// Whether they lie among the files that are to take the target's place.
    var areRecordsAside = false
    /// The files that lie in the target already, but for the list of them.
    var placed: [String] = []
    var isEnded = false
    var isPublished = false
  }

  /// What is left of a run that has ended.
  public enum Remainder: Sendable, Equatable {
    case nothing
    /// So many records, in that file of the target.
    case records(Int, path: String)
    /// So many, in a file that the next run into the folder takes away.
    case recordsAside(Int, path: String)
    /// Everything: it was published.
    case results
  }

  /// Claims the folder; what an earlier process left half done is finished or taken away first.
  /// - Parameter path: of the folder; folders above it are made.
  /// - Parameter existing: whether a folder is taken that holds something; files that no run wrote are kept.
  /// - Throws: `cannotCreate` if it holds something and may not be overwritten, if another process works on it, or if it cannot be
  ///   made.
  public init(_ path: String, existing: Existing) throws(DataFileError) {
    guard !path.isEmpty else { throw .cannotCreate(path: "''", reason: "the path is empty") }
    guard !path.utf8.contains(0) else { throw .cannotCreate(path: path, reason: "the path holds a NUL byte") }
    let place = try Place(path)
    self.path = path
    self.existing = existing
    target = place.target
    do throws(DataFileError) {
      switch try FolderClaim.take(place.claim) {
      case .held(let claim): self.claim = claim
      case .inherited(let claim):
        self.claim = claim
        Self.recover(target, from: claim.folder)
      case .taken(let owner):
        throw .cannotCreate(path: path, reason: "another run writes this folder: \(owner)")
      }
    } catch {
      for folder in place.madeFolders.reversed() { FolderTree.removeFolder(folder) }
      guard case .cannotCreate(_, let reason) = error else { throw error }
      throw .cannotCreate(path: path, reason: reason)
    }
    state = Mutex(State(madeFolders: place.madeFolders))
    let own = claim.folder.split(separator: "/").last.map(String.init) ?? ""
    replaces = FolderTree.names(in: target)?.contains { $0 != own && $0 != Self.manifest } ?? false
    if replaces && existing == .refused {
      abandon()
      throw .cannotCreate(path: path, reason: "the folder already holds results; choose another or give --overwrite")
    }
    guard FolderTree.make(staging) else {
      let code = errno
      abandon()
      throw .cannotCreate(path: path, reason: systemMessage(code))
    }
  }

  deinit { abandon() }

  /// Gives up what was not published: nothing of it is left but records, if there are any.
  ///
  /// After `publish` it does nothing.
  /// - Returns: what is left, the first time or later.
  @discardableResult public func abandon() -> Remainder {
    state.withLock { state in
      let count = state.records?.close() ?? 0
      if !state.isEnded {
        state.isEnded = true
        if count == 0 {
          for file in state.placed + (state.placed.isEmpty ? [] : [Self.manifest]) {
            FolderTree.remove(file, within: target)
          }
        }
        // Records that are to replace an earlier run's results stay aside until the next run.
        if count > 0, state.areRecordsAside { claim.leave() } else { claim.release() }
        if state.madeTarget { FolderTree.removeFolder(target) }
        for folder in state.madeFolders.reversed() { FolderTree.removeFolder(folder) }
      }
      if state.isPublished { return .results }
      guard count > 0, let records = state.records else { return .nothing }
      return state.areRecordsAside ? .recordsAside(count, path: records.path) : .records(count, path: records.path)
    }
  }

  /// Makes a folder within the staging folder.
  /// - Returns: its path.
  /// - Throws: `cannotCreate`.
  public func makeFolder(_ name: String) throws(DataFileError) -> String {
    let folder = staging + "/" + name
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard !state.isEnded else { throw .cannotCreate(path: path, reason: "the run was given up") }
        _ = try FolderTree.makeAll(folder)
      }
    }
    try outcome.get()
    return folder
  }

  /// Takes a file or folder within the staging folder away.
  public func remove(_ name: String) { FolderTree.remove(staging + "/" + name) }

  /// A message in which files are named where they were to be.
  public func placed(_ message: String) -> String { message.replacing(staging, with: path) }

  /// Where a folder of some path is, and where its claim goes.
  private struct Place {
    var target: String
    var claim: String
    var madeFolders: [String]

    init(_ path: String) throws(DataFileError) {
      if let target = FolderTree.real(path) {
        guard let folder = FolderTree.status(target), folder.st_mode & S_IFMT == S_IFDIR else {
          throw .cannotCreate(path: path, reason: "a file of that name is in the way")
        }
        self.target = target
        madeFolders = []
        let above = FolderTree.parent(of: target)
        let isMount = target == "/" || FolderTree.status(above)?.st_dev != folder.st_dev
        if isMount || withSystemPath(above, { access($0, W_OK) }) != 0 {
          claim = target + "/.lacuna-run"
          return
        }
      } else {
        guard FolderTree.status(path) == nil else {
          throw .cannotCreate(path: path, reason: "a link of that name leads nowhere")
        }
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        let above = FolderTree.parent(of: trimmed)
        madeFolders = try FolderTree.makeAll(above)
        guard let real = FolderTree.real(above), let name = trimmed.split(separator: "/").last else {
          throw .cannotCreate(path: path, reason: "the folder above it cannot be reached")
        }
        guard name != "." && name != ".." else {
          throw .cannotCreate(path: path, reason: "no such file or folder")
        }
        target = real + (real == "/" ? "" : "/") + name
      }
      let above = FolderTree.parent(of: target)
      let name = target.split(separator: "/").last.map(String.init) ?? ""
      claim = above + (above == "/" ? "" : "/") + ".\(name).lacuna-run"
    }
  }
}
