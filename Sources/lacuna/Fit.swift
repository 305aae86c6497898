import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFigures
import LacunaFiles
import LacunaFits
import LacunaStudy
import MaskedRegression

struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit the joint predictor to your own data, with exact leave-one-sample-out errors.",
    discussion: """
      DATA has samples in rows. The ridge is that of S = XᵀX/n: the recommender literature's EASE uses \
      λ = n · ridge, and its matrix is the transpose of this predictor.

      Examples:
        lacuna fit ratings.npy --output fit
        lacuna fit digits.csv --center --ridge 1e-3:10:20 --output digits
        lacuna fit digits.csv --ridge 0.1 --json
        lacuna fit genes.npy --ridge ridgeless --output genes
        lacuna fit visits.csv --center --groups patient --output visits
        lacuna fit digits.csv --center --mask bernoulli:0.5 --output masked
        lacuna fit gaps.csv --center --mask observed --output filled
        lacuna fit patients.csv --center --weights auto --output patients
        lacuna fit patients.csv --center --targets outcome --covariates age,sex
        lacuna fit patients.csv --center --verdict
        lacuna fit epoch1.npy epoch2.npy epoch3.npy --center --compare

      The folder gets index.html, model.npz for lacuna apply, predictor.npy (row k predicts coordinate k), coordinates.csv, \
      fit.json, figures/ and, where directions are found, directions.npy (a unit vector a row, the strongest first); what is doubtful \
      stands as sentences under warnings in fit.json and on stderr. With fewer \
      samples than coordinates and more than \(FitSummary.largestDensePredictor) coordinates the predictor A is written as factors \
      instead: row k of predictor_factors.npy is g_k, entry k of predictor_scales.npy is s_k, and A_kj = s_k g_k·g_j for \
      j ≠ k. A row x, its means taken off, is predicted without A: z = Σ_j g_j x_j, then s_k (g_k·z − |g_k|² x_k). With \
      --ridge ridgeless the regressions interpolate where they can, and are those of least norm. With masks \
      other than leave-one-out the ridge is chosen on held-out samples. With --mask observed, empty, NA or NaN cells are \
      missing: the ridge is chosen on observed cells hidden for the purpose, and filled.npy has the gaps, if any, filled. \
      With --weights the ridge punishes the coefficients of coordinate j by w_j: self takes for w_j the error with which \
      coordinate j itself is predicted, so that units do not matter and noisy coordinates count less; auto tries uniform, \
      variance and self and keeps the one of least error, each coordinate's in units of its mean square.
      """)

  @Argument(
    help: ArgumentHelp(
      "Samples in rows, coordinates in columns: text (.csv and its kin), .npy, .npz or FILE.npz:NAME, Matrix Market .mtx, "
        + "any of them compressed by gzip; - is standard input."), completion: .file())
  var data: String

  @Argument(
    help: ArgumentHelp("With --compare: more files of the same coordinates.", valueName: "more-data"),
    completion: .file())
  var others: [String] = []

  @Flag(
    help:
      "Set several files beside each other, in order: effective rank, participation ratio, log-determinant, directions and error of each."
  )
  var compare = false

  @Option(
    help: ArgumentHelp(
      "A number, ridgeless, auto, or a geometric path FROM:TO:COUNT. (default: auto)", valueName: "ridge"),
    completion: .list(["auto", "ridgeless"]), transform: RidgeArgument.init(option:))
  var ridge = RidgeArgument.auto

  @Option(
    help: ArgumentHelp(
      "Which coordinates training hides: \(MaskConfiguration.syntax), or as model.mask of a study, in braces. "
        + "(default: leave-one-out)", valueName: "mask"), completion: .list(MaskConfiguration.words),
    transform: MaskConfiguration.parse)
  var mask = MaskConfiguration.leaveOneOut

  @OptionGroup var seeding: SeedOptions

  @Option(
    help: ArgumentHelp(
      "What the ridge weighs coefficients by: uniform; variance, the mean squares of their columns (the fit of "
        + "standardised columns, given back in their units); self, the errors that these weights themselves lead to; auto, "
        + "the best of the three; or a file of a number a coordinate, or with a column weight as coordinates.csv. With "
        + "variance and self the ridge is a pure number.", valueName: "weights"))
  var weights = WeightArgument.choice(.uniform)

  @Option(
    help: ArgumentHelp(
      "Rows that belong together are left out together, and the ridge is chosen so: a column of labels (text too; no "
        + "coordinate then), a file of one label a row, or runs:L, every L rows in turn.", valueName: "groups"),
    transform: GroupsArgument.parse)
  var groups: GroupsArgument?

  @Option(
    help: ArgumentHelp(
      "Columns that are predicted and predict no other, as --columns: each is regressed on those that are no target.",
      valueName: "columns"))
  var targets: [String] = []

  @Option(help: ArgumentHelp("Columns that predict and are not predicted, likewise.", valueName: "columns"))
  var covariates: [String] = []

  @Flag(help: "Fit an intercept: columns are centred, and leave-one-sample-out errors stay exact.")
  var center = false

  @Flag(help: "Also write residuals.npy: every cell less its prediction by the fit without its sample.")
  var residuals = false

  @Flag(
    help: ArgumentHelp(
      "Also say with which probability random masks would show each coordinate to give the same predictor: the column "
        + "visible_probability of coordinates.csv, s/(s + ridge · weight) of its mean square s."))
  var showProbabilities = false

  @Flag(
    help: ArgumentHelp(
      "Also say whether masked regression or probabilistic PCA predicts hidden cells better: five folds of rows, ridge and "
        + "rank chosen within the others, columns equally scaled."))
  var verdict = false

  @OptionGroup(title: "More and fewer rows") var learning: LearningOptions
  @OptionGroup(title: "Directions in the data") var directions: SpectrumOptions
  @OptionGroup(title: "Reading the table") var table: TableOptions
  @OptionGroup var device: DeviceOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var output: OutputOptions

  var hasRoles: Bool { !targets.isEmpty || !covariates.isEmpty }

  /// Of drawn masks, and of the cells hidden to choose a ridge.
  var seed: UInt64 { seeding.seed ?? 1 }

  func validate() throws {
    guard compare == !others.isEmpty else {
      throw ValidationError(
        compare
          ? "--compare sets several files beside each other: name at least two"
          : "\(1 + others.count) files; --compare sets them beside each other, and one is fitted without it")
    }
    if compare && (groups != nil || hasRoles || residuals || verdict || mask.allowsMissingCells) {
      throw ValidationError(
        "--compare has no part in --groups, --targets, --covariates, --residuals, --verdict and --mask observed")
    }
    if hasRoles && !mask.isLeaveOneOut {
      throw ValidationError("--targets and --covariates need leave-one-out masks: other masks hide whatever they hide")
    }
    if hasRoles && residuals {
      throw ValidationError("--residuals has no part in --targets and --covariates: they have a fit for each target")
    }
    if residuals && !mask.isLeaveOneOut {
      throw ValidationError("--residuals needs leave-one-out masks: other masks have no exact residuals to write")
    }
    if showProbabilities && !mask.isLeaveOneOut {
      throw ValidationError("--show-probabilities needs leave-one-out masks: other masks have their own probabilities")
    }
    if showProbabilities && output.output == nil {
      throw ValidationError("--show-probabilities adds a column to a file: say where with --output DIR")
    }
    if groups != nil && !mask.isLeaveOneOut {
      throw ValidationError("--groups needs leave-one-out masks: other masks leave out folds of rows, or hide cells")
    }
    if residuals && output.output == nil {
      throw ValidationError("--residuals writes a file: say where with --output DIR")
    }
    if weights == .choice(.automatic), case .values = ridge {
      throw ValidationError(
        "--weights auto finds the ridge of each kind of weights too, and it has other units with uniform weights: leave out "
          + "--ridge, or choose the weights")
    }
  }

  func run() throws {
    try reportingFailures {
      if compare { return try compareFiles() }
      let folder = try output.folder()
      let interrupt = Interrupt(folder)
      defer { interrupt.end() }
      let notice = FigureNotice(wanted: folder != nil)
      let selection = try device.select()
      do {
        try fit(
          try FitSamples(self), on: selection.backend, memory: selection.memory, folder: folder, notice: notice)
      } catch {
        guard let failure = (error as? BackendError) ?? (error as? FitError)?.backend, failure.isDeviceFailure,
          let retreat = selection.retreat(after: failure)
        else { throw error }
        try fit(try FitSamples(self), on: retreat.backend, memory: retreat.memory, folder: folder, notice: notice)
      }
    }
  }

  /// What is asked of the samples that were read.
  /// - Parameter deviceMemory: bytes that the device offers.
  func request(for samples: borrowing FitSamples, deviceMemory: Int) throws -> FitRequest {
    let d = samples.coordinateCount
    // What depends on the number of coordinates is checked now that there is one.
    let mask = try MaskConfiguration(argument: mask.argument, coordinateCount: d)
    let fitMask: any FitMask =
      if let roles = try samples.roles(self) { RoleFitMask(roles) } else {
        try mask.fitMask(coordinateCount: d, seed: seed, key: "--mask")
      }
    var request = FitRequest(
      mask: fitMask, maskName: mask.argument, ridge: ridge.choice, weights: try weights.choice(coordinateCount: d),
      centered: center, seed: seed, groups: samples.groups)
    request.memory = FitMemory(host: HostProvider.availableMemory, device: deviceMemory)
    return request
  }

  private func fit<Device: Backend>(
    _ samples: consuming FitSamples, on backend: Device, memory: Int, folder: OutputFolder?, notice: FigureNotice
  ) throws {
    let request = try request(for: samples, deviceMemory: memory)
    let progress = Progress(total: 1, label: "ridges", quiet: output.quiet)
    let (header, indexColumn, notices, reason) = (
      samples.header, samples.indexColumn, samples.notices, samples.headerReason
    )
    let result = try samples.fit(request, on: backend) { progress.advance(to: $0, of: $1) }
    let learning = try result.learningCurve(subsamples: self.learning.subsamples ?? [])
    let spectrum = try result.spectrum(permutations: directions.permutations ?? 0)
    var summary = try FitSummary(result, version: lacunaVersion)
    summary.take(spectrum)
    summary.take(learning, wantedError: self.learning.wantedError?.error(meanSquare: summary.meanSquare))
    if verdict { summary.verdict = FitSummary.Verdict(try result.verdict()) }
    // The report has them too: who sees both reads them once.
    if output.json || !StandardOutput.isStandardError {
      for warning in summary.warnings { log.warning("\(warning)") }
    }
    summary.header = header
    summary.indexColumn = indexColumn
    var figureFailure: (any Error)?
    if let folder {
      let partners = try result.write(
        summary, to: folder.staging, residuals: residuals, probabilities: showProbabilities)
      let directions = try? spectrum.get()
      try directions?.writeDirections(to: folder.staging + "/directions.npy")
      do {
        try notice.excusing {
          let found = [
            ("ridge", result.ridgeFigure(learning)), ("coordinates", result.coordinatesFigure()),
            ("learning-curve", result.learningFigure(learning)), ("spectrum", directions?.figure),
          ]
          let drawn = found.contains { $0.1 != nil } ? try folder.makeFolder("figures") : ""
          for (name, figure) in found { try figure?.styled(figures.style).write(to: drawn, name: name) }
        }
      } catch {
        // The numbers are put in place nevertheless.
        if (error as? FigureError)?.keepsSources != true { folder.remove("figures") }
        figureFailure = error
      }
      let page = FitPage(
        result, summary: summary, partners: partners, data: data, header: reason, notices: notices,
        figures: folder.staging + "/figures")
      try AtomicFile.write(page.html, to: folder.staging + "/index.html")
      try folder.publish()
      if result.writesFactors && !output.quiet {
        log.notice(
          "predictor_factors.npy and predictor_scales.npy hold the predictor; lacuna fit --help says how to apply it")
      }
    }
    if output.json { print(try encodeJSON(summary, pretty: true)) } else { StandardOutput.show(summary.text) }
    if let figureFailure { throw figureFailure }
    if let folder, !output.quiet { log.info("results in \(folder.path)") }
  }
}
