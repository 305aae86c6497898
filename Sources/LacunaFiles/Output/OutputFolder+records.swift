#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension OutputFolder {
  /// Opens a file of records, with another file beside it.
  ///
  /// In the target where it holds nothing, so that the records are in sight and outlive the run; else aside. Both are among the
  /// files that are published, after `finishRecords`.
  /// - Parameter name: of the other file, which says what the records are of.
  /// - Parameter text: its content.
  /// - Parameter recordsName: of the records: a path within the folder.
  /// - Throws: `cannotCreate` or `io`.
  public func startRecords(
    beside name: String, _ text: String, as recordsName: String
  ) throws(DataFileError) -> RecordFile {
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard !state.isEnded, state.records == nil else {
          throw .cannotCreate(path: path, reason: "the run was given up")
        }
        // Else made aside too, so that a process that is killed here leaves nothing else in the target.
        let start = replaces ? staging : claim.folder + "/start"
        let place = replaces ? nil : path + "/" + recordsName
        let files = [name, recordsName]
        _ = try FolderTree.makeAll(FolderTree.parent(of: start + "/" + recordsName))
        try AtomicFile.write(text, to: start + "/" + name, isSynchronized: true)
        let records = try RecordFile(start + "/" + recordsName, movedTo: place)
        if replaces {
          state.areRecordsAside = true
        } else {
          try writeManifest(Set(files), in: start)
          if FolderTree.make(target) {
            state.madeTarget = true
          } else if errno != EEXIST {
            throw .cannotCreate(path: path, reason: systemMessage(errno))
          }
          state.placed = files
          let top = [Self.manifest, name, String(recordsName.prefix { $0 != "/" })]
          for file in top where !renameFile(start + "/" + file, to: target + "/" + file) {
            throw .cannotCreate(path: path, reason: systemMessage(errno))
          }
          FolderTree.removeFolder(start)
        }
        state.records = records
        return records
      }
    }
    return try outcome.get()
  }

  /// Counts files that lie in the target already among those of the run.
  package func adopt(_ files: [String]) { state.withLock { $0.adopted += files } }

  /// Counts records that were made in the target itself among what is left of the run.
  package func adopt(_ records: RecordFile) {
    state.withLock { state in
      state.records = records
      if records.path.hasPrefix(path + "/") { state.adopted.append(String(records.path.dropFirst(path.count + 1))) }
    }
  }

  /// Ends the records and lets them, and the file beside them, go among the files to be published; where they lay they stay until
  /// then.
  /// - Throws: `io` if they cannot be had.
  public func finishRecords() throws(DataFileError) {
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard !state.isEnded else { throw .cannotCreate(path: path, reason: "the run was given up") }
        state.records?.close()
        for name in state.placed {
          let (source, file) = (target + "/" + name, staging + "/" + name)
          _ = try FolderTree.makeAll(FolderTree.parent(of: file))
          if withSystemPath(source, { from in withSystemPath(file) { to in link(from, to) } }) == 0 { continue }
          // A disk without such links.
          try AtomicFile.write(try readBytes(source), to: file)
        }
      }
    }
    try outcome.get()
  }
}
