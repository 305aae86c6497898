#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension OutputFolder {
  /// Opens the file of records, `trials.partial.jsonl`, with another file beside it.
  ///
  /// In the target where it holds nothing, so that the records are in sight and outlive the run; else aside.
  /// - Parameter name: of the other file, which says what the records are of.
  /// - Parameter text: its content.
  /// - Throws: `cannotCreate` or `io`.
  public func startRecords(beside name: String, _ text: String) throws(DataFileError) -> RecordFile {
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard !state.isEnded, state.records == nil else {
          throw .cannotCreate(path: path, reason: "the run was given up")
        }
        guard !replaces else {
          try AtomicFile.write(text, to: staging + "/" + name)
          let records = try RecordFile(staging + "/" + RecordFile.unfinishedName)
          state.records = records
          return records
        }
        // Made aside, so that a process that is killed here leaves nothing else in the target.
        let start = claim.folder + "/start"
        guard FolderTree.make(start) else { throw .cannotCreate(path: path, reason: systemMessage(errno)) }
        let files = [name, RecordFile.unfinishedName]
        try writeManifest(Set(files), in: start)
        try AtomicFile.write(text, to: start + "/" + name)
        let records = try RecordFile(
          start + "/" + RecordFile.unfinishedName, movedTo: path + "/" + RecordFile.unfinishedName)
        if FolderTree.make(target) {
          state.madeTarget = true
        } else if errno != EEXIST {
          throw .cannotCreate(path: path, reason: systemMessage(errno))
        }
        state.placed = files
        for file in [Self.manifest] + files where !renameFile(start + "/" + file, to: target + "/" + file) {
          throw .cannotCreate(path: path, reason: systemMessage(errno))
        }
        FolderTree.removeFolder(start)
        state.records = records
        return records
      }
    }
    return try outcome.get()
  }

  /// Ends the records and lets them go among the files to be published; where they lay they stay until then.
  /// - Parameter name: of theirs.
  /// - Throws: `io` if they cannot be had.
  public func finishRecords(as name: String) throws(DataFileError) {
    let outcome = state.withLock { state in
      Result { () throws(DataFileError) in
        guard !state.isEnded else { throw .cannotCreate(path: path, reason: "the run was given up") }
        guard let records = state.records else { return }
        records.close()
        let file = staging + "/" + name
        guard !state.placed.isEmpty else {
          guard renameFile(records.path, to: file) else { throw .io(path: path, reason: systemMessage(errno)) }
          return
        }
        let source = target + "/" + RecordFile.unfinishedName
        if withSystemPath(source, { from in withSystemPath(file) { to in link(from, to) } }) == 0 { return }
        // A disk without such links.
        let copy = try AtomicFile(file)
        let input = try InputFile(source)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
          let read = buffer.withUnsafeMutableBytes { bytes in
            Result { () throws(DataFileError) in try input.produce(into: bytes) }
          }
          let count = try read.get()
          guard count > 0 else { break }
          try copy.append(Array(buffer[..<count]))
        }
        try copy.commit()
      }
    }
    try outcome.get()
  }
}
