import LacunaFiles
import LacunaFits

/// The rows that a model is applied to, their columns matched to its coordinates.
struct ApplySamples {
  var source: ApplySource
  /// `name` or `position`.
  let columns: String
  /// What is doubtful of how they were matched.
  var warnings: [String] = []

  /// Reads the command's file, and says what a person should know of how.
  init(_ command: Apply, model: FittedModel) throws {
    let d = model.coordinateCount
    var reading = command.table.reading(allowMissing: true)
    if reading.exclude.isEmpty { reading.wanted = model.header.names }
    let isChosen = !reading.columns.isEmpty || !reading.exclude.isEmpty
    let place = escaped(command.data)
    func require(_ columns: Int) throws {
      guard columns == d else {
        throw Failure(
          "\(place): \(ApplyError.otherCoordinates(expected: d, found: columns))", status: ExitStatus.data)
      }
    }
    switch try readContent(command.data, reading) {
    case .sparse(let table):
      try require(table.columns)
      columns = "position"
      source = ApplySource(rowCount: table.rows, hasGaps: false) { range in table.cells(of: range) }
    case .dense(let table):
      if !command.output.quiet { for notice in table.notices { log.notice("\(place): \(notice)") } }
      try require(table.columns)
      columns = model.header.names != nil && table.names == model.header.names ? "name" : "position"
      if columns == "name", let positions = table.positions, positions != positions.sorted(), !command.output.quiet {
        log.notice("\(place): the columns stand in another order than in the fit; they are taken by their names")
      }
      if columns == "position", let names = table.names, let own = model.header.names, names != own, isChosen {
        let k = names.indices.first { names[$0] != own[$0] }!
        warnings.append(
          "columns are taken as they were chosen: \(escaped(names[k])) stands for \(escaped(own[k])) of the fit")
      }
      source = ApplySource(
        rowCount: table.rows, names: table.rowNames, hasGaps: table.values.contains(where: \.isNaN)
      ) { range in Array(table.values[range.lowerBound * d..<range.upperBound * d]) }
    }
    if columns == "position", model.header.names != nil, warnings.isEmpty, !isChosen {
      warnings.append("\(place) names no columns: they are taken in the order of the fit's coordinates")
    }
  }
}
