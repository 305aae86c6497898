import LacunaAlgebra
import LacunaFiles
import LacunaFits
import MaskedRegression

/// The samples that a fit was given, sparse where they are so and the mask takes them.
struct FitSamples {
  let coordinateCount: Int
  /// Whether the first row of a text was read as names; nil where the format has no such row.
  let header: Bool?
  let indexColumn: Int?
  /// Why; nil likewise.
  let headerReason: String?
  /// How the file was read, a line each.
  let notices: [String]
  /// Which samples are left out together, if any are.
  let groups: SampleGroups?
  private var dense: Table?
  private var sparse: SparseTable?
  private var file: NPYRows?

  /// So many numbers of a `.npy` file are read at once; more are read in blocks in each pass.
  private static var largestHeld: Int { 1 << 24 }

  /// Reads the command's file, and says what a person should know of how.
  init(_ command: Fit) throws {
    let isPlain = command.mask == .leaveOneOut && command.groups == nil && !command.hasRoles
    let reading = command.table.reading(allowMissing: command.mask.allowsMissingCells, labels: command.groups?.column)
    if isPlain, !command.compare, command.table.takesAll, command.data.hasSuffix(".npy"), fileExists(command.data),
      let found = try NPYRows.opened(command.data), found.rows * found.columns > Self.largestHeld,
      found.rows > found.columns
    {
      file = found
    } else {
      switch try readContent(command.data, reading) {
      case .sparse(let table) where isPlain: sparse = table
      case .sparse(let table): dense = try table.dense(path: command.data)
      case .dense(let table): dense = table
      }
    }
    notices = try dense?.notices ?? file?.notices(reading) ?? []
    if !command.output.quiet {
      for notice in notices { log.notice("\(escaped(command.data)): \(notice)") }
    }
    coordinateCount = dense?.columns ?? sparse?.columns ?? file?.columns ?? 0
    header = dense?.header?.isHeader
    headerReason = dense?.header?.reason
    indexColumn = dense?.indexColumn
    let (labels, rows) = (dense?.labels, dense?.rows ?? 0)
    groups = try command.groups?.groups(labels: labels, sampleCount: rows, data: command.data)
    guard coordinateCount >= 2 else {
      throw Failure(
        "\(escaped(command.data)): one column; a coordinate is predicted from others, so two are needed",
        status: ExitStatus.data)
    }
  }

  /// Of the coordinates, where the file gives them.
  var names: [String]? { dense?.names }

  /// How many directions the samples spread over.
  func moments<Device: Backend>(centered: Bool, on backend: Device) throws -> SpectrumMoments? {
    if let table = sparse {
      let dense = try table.dense(path: "the matrix")
      return try SpectrumMoments.of(dense.values, sampleCount: dense.rows, centered: centered, on: backend)
    }
    guard let dense else { return nil }
    return try SpectrumMoments.of(dense.values, sampleCount: dense.rows, centered: centered, on: backend)
  }

  /// What `--targets` and `--covariates` say, of the columns that were read; nil where they say nothing.
  func roles(_ command: Fit) throws -> CoordinateRoles? {
    guard command.hasRoles, let dense else { return nil }
    return try CoordinateRoles(
      targets: try dense.columns(command.targets, option: "--targets", path: command.data),
      covariates: try dense.columns(command.covariates, option: "--covariates", path: command.data),
      coordinateCount: coordinateCount)
  }

  /// The numbers are handed over, so that they are in memory once.
  consuming func fit<Device: Backend>(
    _ request: FitRequest, on backend: Device, report: @escaping (Int, Int) -> Void
  ) throws -> FitResult<Device> {
    if let table = sparse {
      sparse = nil
      let samples = try SparseSamples(
        coordinateCount: table.columns, rowStarts: table.rowStarts, columnIndices: table.columnIndices,
        values: table.values)
      return try request.fit(samples, on: backend, report: report)
    }
    if let file {
      var failure: DataFileError?
      let samples = SampleRows(sampleCount: file.rows, coordinateCount: file.columns, isFile: true) { rows, target in
        do throws(DataFileError) {
          try file.read(rows, into: target)
        } catch {
          failure = error
          throw error
        }
      }
      do {
        return try request.fit(samples, on: backend, report: report)
      } catch {
        throw failure ?? error
      }
    }
    var values: [Double] = []
    if dense != nil { swap(&values, &dense!.values) }
    let (rows, names) = (dense?.rows ?? 0, dense?.names)
    return try request.fit(consume values, sampleCount: rows, names: names, on: backend, report: report)
  }
}
