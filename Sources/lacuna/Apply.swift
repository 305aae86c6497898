import ArgumentParser
import LacunaAlgebra
import LacunaFiles
import LacunaFits
import LacunaStudy

struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply a fit to new rows: errors, predictions, filled gaps, and how unusual each row is.",
    discussion: """
      FIT is the folder of lacuna fit --output, or its model.npz. DATA has rows of the same coordinates: columns are found by \
      their names where both have names, in whatever order, else taken by position.

      Examples:
        lacuna fit january.csv --center --output january
        lacuna apply january february.csv --output february
        lacuna apply january february.csv --json
        lacuna apply ratings-fit users.npz --top 20 --output lists

      Every cell is predicted from the observed others of its row; the error is the mean square of what that leaves, with its \
      standard error over rows, and R² is of what the fit's own means leave. Cells that are missing are filled by their \
      conditional mean given the observed cells of the row. A row's score is Σ r²/σ², r its residuals and σ² the errors with which \
      the fit predicts samples that it did not see; rank is (1 + r)/(n + 1), r of the fit's n samples having at least that score when \
      left out: a row like them has rank at most p with probability at most p. gaussian_tail is the same for Gaussian rows.

      The folder gets predictions.npy, residuals.npy, rows.csv (score, rank and what makes it up), coordinates.csv, apply.json and, \
      where cells are missing, filled.npy and filled_deviations.npy, the standard deviation of each filled cell.
      """)

  @Argument(help: ArgumentHelp("Folder of a fit, or its model.npz.", valueName: "fit"), completion: .directory)
  var model: String

  @Argument(
    help: ArgumentHelp("Rows to apply it to, in any format that lacuna fit reads.", valueName: "data"),
    completion: .file())
  var data: String

  @Option(
    help: ArgumentHelp(
      "Write top.csv, the K best unseen items of each row, in place of the arrays: an item is unseen where its cell is 0, or "
        + "missing where any cell is.", valueName: "k"))
  var top: Int?

  @OptionGroup(title: "Reading the table") var table: TableOptions
  @OptionGroup var device: DeviceOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top \(top): at least one item a row") }
    if top != nil && output.output == nil {
      throw ValidationError("--top writes a file: say where with --output DIR")
    }
  }

  func run() throws {
    try reportingFailures {
      if let folder = output.output, fileExists(folder + "/model.npz") {
        throw Failure(
          "--output \(escaped(folder)) holds the model of a fit, which stays; choose another folder",
          status: ExitStatus.cannotCreate)
      }
      let folder = try output.folder()
      let interrupt = Interrupt(folder)
      defer { interrupt.end() }
      let fitted = try FittedModel(model)
      let selection = try device.select()
      let samples = try ApplySamples(self, model: fitted)
      do {
        try apply(fitted, to: samples, on: selection.backend, folder: folder)
      } catch let error as BackendError {
        guard error.isDeviceFailure, let retreat = selection.retreat(after: error) else { throw error }
        try apply(fitted, to: samples, on: retreat.backend, folder: folder)
      }
    }
  }

  private func apply<Device: Backend>(
    _ fitted: FittedModel, to samples: ApplySamples, on backend: Device, folder: OutputFolder?
  ) throws {
    let progress = Progress(total: 1, label: "rows", quiet: output.quiet)
    let application = try ModelApplication(fitted, on: backend)
    let tally = try application.run(samples.source, to: folder?.staging, top: top) { progress.advance(to: $0, of: $1) }
    let summary = ApplySummary(
      tally, path: model, rowNames: samples.source.names, columns: samples.columns, warnings: samples.warnings,
      device: backend.description, precision: Device.Element.precision.rawValue, version: lacunaVersion)
    // The report has them too: who sees both reads them once.
    if output.json || !StandardOutput.isStandardError {
      for warning in summary.warnings { log.warning("\(warning)") }
    }
    if let folder {
      try tally.write(to: folder.staging, rowNames: samples.source.names)
      try AtomicFile.write(try encodeJSON(summary, pretty: true) + "\n", to: folder.staging + "/apply.json")
      try folder.publish()
    }
    if output.json { print(try encodeJSON(summary, pretty: true)) } else { StandardOutput.show(summary.text) }
    if let folder, !output.quiet { log.info("results in \(folder.path)") }
  }
}

extension ApplySummary {
  /// For the terminal.
  var text: String {
    func cell(_ value: Double?) -> String { value.map { format($0, digits: 3) } ?? "–" }
    var title = "\(rowCount) rows, \(coordinateCount) coordinates by \(columns); fit of \(fit.sampleCount) samples"
    if missingCells > 0 { title += "; \(missingCells) missing cells" }
    var lines = [title, ""]
    if unusual.contains(where: { $0.rank != nil }) {
      var table = TextTable(["most unusual rows", "score", "rank", "Gaussian tail", "most of it"])
      for row in unusual {
        table.append([
          "\(row.row)" + (row.name.map { " \(escaped(String($0.prefix(40))))" } ?? ""), cell(row.score), cell(row.rank),
          cell(row.gaussianTail),
          row.coordinates.map { "\(escaped(String($0.name.prefix(40)))) \(format(100 * $0.share, digits: 2)) %" }
            .joined(separator: ", "),
        ])
      }
      lines += [table.text(within: terminalWidth(), groups: [1]), ""]
    }
    for warning in warnings { lines += ["warning: \(warning)", ""] }
    let left = fit.error.map { "; \(format(mean: $0, error: fit.standardError)) in the fit, held out" } ?? ""
    let number = error.map { format(mean: $0, error: standardError) } ?? "unknown"
    let share = rSquared.map { ", R² \(format(mean: $0, error: rSquaredStandardError))" } ?? ""
    lines.append("error \(number)\(share)\(left)")
    return lines.joined(separator: "\n")
  }
}
