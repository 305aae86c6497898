import LacunaAlgebra
import LacunaFiles
import LacunaFits
import LacunaStudy
import MaskedRegression

extension Fit {
  /// Fits each file by itself and sets them beside each other.
  func compareFiles() throws {
    let folder = try output.folder()
    let interrupt = Interrupt(folder)
    defer { interrupt.end() }
    let selection = try device.select()
    let host = device.host()
    var snapshots: [SnapshotComparison.Snapshot] = []
    var last: FitSummary?
    var first: (names: [String]?, count: Int)?
    for path in [data] + others {
      var command = self
      command.data = path
      let samples = try FitSamples(command)
      if let first {
        guard samples.coordinateCount == first.count else {
          throw Failure(
            "\(escaped(path)): \(samples.coordinateCount) coordinates, \(escaped(data)) has \(first.count): files that are compared "
              + "have the same", status: ExitStatus.data)
        }
        if let names = samples.names, let own = first.names,
          let k = names.indices.first(where: { names[$0] != own[$0] })
        {
          throw Failure(
            "\(escaped(path)): column \(k + 1) is \(escaped(names[k])), in \(escaped(data)) \(escaped(own[k])); --columns brings "
              + "them into one order", status: ExitStatus.data)
        }
      } else {
        first = (samples.names, samples.coordinateCount)
      }
      let moments = try samples.moments(centered: center, on: host)
      let summary = try fitOne(samples, on: selection.backend, memory: selection.memory)
      for warning in summary.warnings { log.warning("\(escaped(path)): \(warning)") }
      snapshots.append(SnapshotComparison.Snapshot(data: path, moments: moments, summary: summary))
      last = summary
    }
    guard let last else { return }
    let comparison = SnapshotComparison(snapshots, summary: last)
    // The report has them too: who sees both reads them once.
    if output.json || !StandardOutput.isStandardError {
      for warning in comparison.warnings { log.warning("\(warning)") }
    }
    let text = try encodeJSON(comparison, pretty: true)
    if let folder {
      try AtomicFile.write(text + "\n", to: folder.staging + "/compare.json")
      try folder.publish()
    }
    if output.json { print(text) } else { StandardOutput.show(comparison.text) }
    if let folder, !output.quiet { log.info("results in \(folder.path)") }
  }

  private func fitOne<Device: Backend>(
    _ samples: consuming FitSamples, on backend: Device, memory: Int
  ) throws -> FitSummary {
    let request = try request(for: samples, deviceMemory: memory)
    let progress = Progress(total: 1, label: "ridges", quiet: output.quiet)
    let result = try samples.fit(request, on: backend) { progress.advance(to: $0, of: $1) }
    var summary = try FitSummary(result, version: lacunaVersion)
    summary.take(try result.spectrum(permutations: directions.permutations ?? 0))
    return summary
  }
}

extension SnapshotComparison {
  /// For the terminal.
  var text: String {
    func cell(_ value: Double?) -> String { value.map { format($0, digits: 5) } ?? "–" }
    var table = TextTable([
      "data", "rows", "effective rank", "participation", "log det", "directions", "ridge", "error", "R²",
    ])
    for snapshot in snapshots {
      table.append([
        escaped(snapshot.data), "\(snapshot.sampleCount)", cell(snapshot.moments?.effectiveRank),
        cell(snapshot.moments?.participationRatio), cell(snapshot.moments?.logDeterminant),
        snapshot.directions.map { "\($0)" } ?? "–", cell(snapshot.ridge),
        snapshot.error.map { format(mean: $0, error: snapshot.standardError) } ?? "–", cell(snapshot.rSquared),
      ])
    }
    let rows = table.text(within: terminalWidth(), groups: [2])
    return "\(coordinateCount) coordinates\(centered ? ", centred" : "")\n\n\(rows)\n"
      + warnings.map { "\nwarning: \($0)\n" }.joined()
  }
}
