import ArgumentParser
import DataFiles
import LinearAlgebra
import MaskedRegression
import Simulation

struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit the joint predictor to your own data, with exact leave-one-sample-out errors.",
    discussion: """
      DATA is .npy (samples in rows) or .csv. The ridge is that of S = XᵀX/n: the recommender literature's EASE uses \
      λ = n · ridge, and its matrix is the transpose of this predictor.

      Examples:
        lacuna fit ratings.npy --output fit
        lacuna fit digits.csv --center --ridge 1e-3:10:20 --output digits
        lacuna fit digits.csv --ridge 0.1 --json
        lacuna fit digits.csv --center --mask bernoulli:0.5 --output masked
        lacuna fit gaps.csv --center --mask observed --output filled

      The folder gets predictor.npy (row k predicts coordinate k), coordinates.csv, fit.json and figures/. With masks \
      other than leave-one-out the ridge is chosen on held-out samples. With --mask observed, empty, NA or NaN cells are \
      missing: the ridge is chosen on observed cells hidden for the purpose, and filled.npy has the gaps filled.
      """)

  @Argument(help: "Samples in rows, coordinates in columns: .npy or .csv.")
  var data: String

  @Option(help: ArgumentHelp("A number, auto, or a geometric path FROM:TO:COUNT.", valueName: "ridge"))
  var ridge = RidgeArgument.auto

  @Option(
    help: ArgumentHelp(
      "Which coordinates training hides: " + MaskArgument.syntax + " (default: leave-one-out)", valueName: "mask"),
    transform: MaskArgument.init(argument:))
  var mask = MaskArgument.leaveOneOut

  @Option(help: "Seed of drawn masks, and of the cells hidden to choose a ridge.")
  var seed: UInt64 = 1

  @Flag(help: "Fit an intercept: columns are centred, and leave-one-sample-out errors stay exact.")
  var center = false

  @Flag(help: "The first row of a .csv holds names; default: where it is not numeric.")
  var header = false

  @OptionGroup var device: DeviceOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingFailures {
      let table = try readTable(data, header: header ? true : nil, allowMissing: mask == .observed)
      guard table.columns >= 2 else {
        throw Failure(
          "\(data): one column; a coordinate is predicted from others, so two are needed", status: ExitStatus.data)
      }
      let folder = try output.output.map { try ResultFolder($0, overwrite: output.overwrite) }
      let selection = try device.select()
      do {
        try fit(table, on: selection.backend, folder: folder)
      } catch let error as BackendError where error.isDeviceFailure {
        guard let retreat = selection.retreat(after: error) else { throw error }
        try fit(table, on: retreat, folder: folder)
      }
    }
  }

  private func fit(_ table: Table, on backend: any Backend, folder: ResultFolder?) throws {
    // Without gaps the observed cells are all cells, and the fit is the ordinary one.
    let hasGaps = mask == .observed && table.values.contains { $0.isNaN }
    if case .scheme(let scheme) = mask {
      try fitMasked(table, mask: scheme, on: backend, folder: folder)
    } else if hasGaps {
      try fitObserved(table, on: backend, folder: folder)
    } else {
      try fitPlain(table, on: backend, folder: folder)
    }
  }

  /// The scheme as it was typed, for messages and results.
  var maskText: String {
    switch mask {
    case .leaveOneOut: "leave-one-out"
    case .observed: "observed"
    case .scheme(let scheme): scheme.briefDescription
    }
  }

  private func fitPlain<Device: Backend>(_ table: Table, on backend: Device, folder: ResultFolder?) throws {
    let fit = try DataFit(device: backend, values: table.values, sampleCount: table.rows, centered: center)
    let progress = Progress(total: 1, label: "ridges", quiet: output.quiet)
    let search = try fit.search(path: ridge.path(automatic: fit.automaticPath), refine: ridge == .auto) {
      progress.advance(to: $0, of: $1)
    }
    if search.atEdge && !output.quiet {
      log.notice(
        "the least error is at an end of the ridge path; it may lie beyond \(format(search.best.ridge, digits: 4))")
    }
    let summary = FitSummary(search, fit: fit, device: backend.description, centered: center)
    if let folder {
      let predictor = try fit.predictor(ridge: search.best.ridge)
      try writePredictor(predictor, order: table.columns, to: folder.path + "/predictor.npy")
      try writeCoordinates(
        search.best, variances: fit.variances, names: table.names, to: folder.path + "/coordinates.csv")
      try AtomicFile.write(try encodeJSON(summary, pretty: true) + "\n", to: folder.path + "/fit.json")
    }
    print(output.json ? try encodeJSON(summary, pretty: true) : summary.text)
    if let folder {
      try ridgeFigure(search)?.write(to: try folder.makeFigures(), name: "ridge")
      if !output.quiet { log.info("results in \(folder.path)") }
    }
  }
}

func writePredictor<Element: Scalar>(_ values: [Element], order d: Int, to path: String) throws {
  if let values = values as? [Float] {
    try writeNPY(values, shape: [d, d], to: path)
  } else {
    try writeNPY(values.map { Double($0) }, shape: [d, d], to: path)
  }
}

/// `coordinates.csv`; R² = 1 − leave-one-sample-out error / mean square, empty for a coordinate that is always 0.
private func writeCoordinates(_ errors: FitErrors, variances: [Double], names: [String]?, to path: String) throws {
  try writeCSV(
    names: ["name", "training_error", "leave_one_out_error", "r_squared"],
    rows: variances.indices.map { k in
      [
        .text(names?[k] ?? "\(k + 1)"), .number(errors.training[k]), .number(errors.leaveOneOut[k]),
        variances[k] > 0 ? .number(1 - errors.leaveOneOut[k] / variances[k]) : .missing,
      ]
    }, to: path)
}
