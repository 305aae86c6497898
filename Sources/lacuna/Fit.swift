import ArgumentParser
import LacunaAlgebra
import LacunaFiles
import LacunaStudy
import MaskedRegression

struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit the joint predictor to your own data, with exact leave-one-sample-out errors.",
    discussion: """
      DATA is .npy (samples in rows) or .csv. The ridge is that of S = XᵀX/n: the recommender literature's EASE uses \
      λ = n · ridge, and its matrix is the transpose of this predictor.

      Examples:
        lacuna fit ratings.npy --output fit
        lacuna fit digits.csv --center --ridge 1e-3:10:20 --output digits --residuals
        lacuna fit digits.csv --ridge 0.1 --json
        lacuna fit genes.npy --ridge ridgeless --output genes
        lacuna fit digits.csv --center --mask bernoulli:0.5 --output masked
        lacuna fit gaps.csv --center --mask observed --output filled

      The folder gets predictor.npy (row k predicts coordinate k), coordinates.csv, fit.json and figures/. With fewer \
      samples than coordinates and more than \(largestDensePredictor) coordinates the predictor A is written as factors \
      instead: row k of predictor_factors.npy is g_k, entry k of predictor_scales.npy is s_k, and A_kj = s_k g_k·g_j for \
      j ≠ k. A row x, its means taken off, is predicted without A: z = Σ_j g_j x_j, then s_k (g_k·z − |g_k|² x_k). With \
      --ridge ridgeless the regressions interpolate where they can, and are those of least norm. With masks \
      other than leave-one-out the ridge is chosen on held-out samples. With --mask observed, empty, NA or NaN cells are \
      missing: the ridge is chosen on observed cells hidden for the purpose, and filled.npy has the gaps filled.
      """)

  @Argument(help: "Samples in rows, coordinates in columns: .npy or .csv.")
  var data: String

  @Option(help: ArgumentHelp("A number, ridgeless, auto, or a geometric path FROM:TO:COUNT.", valueName: "ridge"))
  var ridge = RidgeArgument.auto

  @Option(
    help: ArgumentHelp(
      "Which coordinates training hides: \(MaskConfiguration.syntax), or as model.mask of a study, in braces. "
        + "(default: leave-one-out)", valueName: "mask"),
    transform: MaskConfiguration.parse)
  var mask = MaskConfiguration.leaveOneOut

  @OptionGroup var seeding: SeedOptions

  @Flag(help: "Fit an intercept: columns are centred, and leave-one-sample-out errors stay exact.")
  var center = false

  @Flag(help: "The first row of a .csv holds names; default: where it is not numeric.")
  var header = false

  @Flag(help: "Also write residuals.npy: every cell less its prediction by the fit without its sample.")
  var residuals = false

  @OptionGroup var device: DeviceOptions
  @OptionGroup var output: OutputOptions

  /// Of drawn masks, and of the cells hidden to choose a ridge.
  var seed: UInt64 { seeding.seed ?? 1 }

  func validate() throws {
    if residuals && mask != .leaveOneOut {
      throw ValidationError("--residuals needs leave-one-out masks: other masks have no exact residuals to write")
    }
    if residuals && output.output == nil {
      throw ValidationError("--residuals writes a file: say where with --output DIR")
    }
  }

  func run() throws {
    try reportingFailures {
      let folder = try output.output.map { try ResultFolder($0, overwrite: output.overwrite) }
      let selection = try device.select()
      do {
        try fit(try readSamples(), on: selection.backend, folder: folder)
      } catch let error as BackendError where error.isDeviceFailure {
        guard let retreat = selection.retreat(after: error) else { throw error }
        try fit(try readSamples(), on: retreat, folder: folder)
      }
    }
  }

  private func readSamples() throws -> Table {
    let table = try readTable(data, header: header ? true : nil, allowMissing: mask == .observed)
    guard table.columns >= 2 else {
      throw Failure(
        "\(data): one column; a coordinate is predicted from others, so two are needed", status: ExitStatus.data)
    }
    return table
  }

  private func fit(_ table: consuming Table, on backend: any Backend, folder: ResultFolder?) throws {
    // Without gaps the observed cells are all cells, and the fit is the ordinary one.
    let hasGaps = mask == .observed && table.values.contains { $0.isNaN }
    // What depends on the number of coordinates is checked now that there is one.
    let mask = try MaskConfiguration(argument: mask.argument, coordinateCount: table.columns)
    if let drawMasks = try mask.drawing(coordinateCount: table.columns, key: "--mask") {
      try fitMasked(table, drawMasks: drawMasks, on: backend, folder: folder)
    } else if hasGaps {
      try fitObserved(table, on: backend, folder: folder)
    } else {
      try fitPlain(table, on: backend, folder: folder)
    }
  }

  private func fitPlain<Device: Backend>(
    _ table: consuming Table, on backend: Device, folder: ResultFolder?
  ) throws {
    // The numbers are handed over, so that they are in memory once.
    var values: [Double] = []
    swap(&values, &table.values)
    let names = table.names
    let fit = try DataFit(device: backend, values: consume values, sampleCount: table.rows, centered: center)
    let progress = Progress(total: 1, label: "ridges", quiet: output.quiet)
    if ridge == .values([0]) && fit.isFactored {
      throw RegressionError.singularGram(sampleCount: fit.sampleCount, coordinateCount: fit.coordinateCount)
    }
    let search = try fit.search(path: ridge.path(automatic: fit.automaticPath), refine: ridge == .auto) {
      progress.advance(to: $0, of: $1)
    }
    if search.atEdge && !output.quiet {
      log.notice(
        "the least error is at an end of the ridge path; it may lie beyond \(format(search.best.ridge, digits: 4))")
    }
    let summary = FitSummary(search, fit: fit, device: backend.description, centered: center)
    if let folder {
      if fit.isFactored && fit.coordinateCount > largestDensePredictor {
        try writeFactors(of: fit, ridge: search.best.ridge, folder: folder)
        if !output.quiet {
          log.notice(
            "predictor_factors.npy and predictor_scales.npy hold the predictor; lacuna fit --help says how to apply it")
        }
      } else {
        let predictor = try fit.predictor(ridge: search.best.ridge)
        try writeMatrix(
          predictor, shape: [fit.coordinateCount, fit.coordinateCount], to: folder.path + "/predictor.npy")
      }
      if residuals {
        try writeMatrix(
          try fit.leaveOneOutResiduals(ridge: search.best.ridge), shape: [fit.sampleCount, fit.coordinateCount],
          to: folder.path + "/residuals.npy")
      }
      try writeCoordinates(
        search.best, variances: fit.variances, names: names, to: folder.path + "/coordinates.csv")
      try AtomicFile.write(try encodeJSON(summary, pretty: true) + "\n", to: folder.path + "/fit.json")
    }
    print(output.json ? try encodeJSON(summary, pretty: true) : summary.text)
    if let folder {
      try ridgeFigure(search)?.write(to: try folder.makeFigures(), name: "ridge")
      if !output.quiet { log.info("results in \(folder.path)") }
    }
  }
}

/// The largest d whose predictor is written out where it has factors.
private let largestDensePredictor = 10_000

/// `predictor_factors.npy`, d × n, and `predictor_scales.npy`, d: see `DataFit.factors`.
private func writeFactors<Device: Backend>(of fit: DataFit<Device>, ridge: Double, folder: ResultFolder) throws {
  func write<Element: NPYElement>(as type: Element.Type, _ convert: ([Device.Element]) -> [Element]) throws {
    let file = try NPYWriter<Element>(
      folder.path + "/predictor_factors.npy", shape: [fit.coordinateCount, fit.sampleCount])
    let scales = try fit.factors(ridge: ridge) { try file.append(convert($0)) }
    try file.commit()
    try writeNPY(scales, shape: [fit.coordinateCount], to: folder.path + "/predictor_scales.npy")
  }
  switch Device.Element.precision {
  case .float32: try write(as: Float.self) { $0.map { Float($0) } }
  case .float64: try write(as: Double.self) { $0.map { Double($0) } }
  }
}

/// Writes rows in the precision they have.
func writeMatrix<Element: Scalar>(_ values: [Element], shape: [Int], to path: String) throws {
  if let values = values as? [Float] {
    try writeNPY(values, shape: shape, to: path)
  } else {
    try writeNPY(values.map { Double($0) }, shape: shape, to: path)
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
