import ArgumentParser
import LacunaFiles
import MaskedRegression

/// `--weights` of `lacuna fit`: a word, or a file of as many numbers as coordinates.
enum WeightArgument: ExpressibleByArgument, Equatable {
  case choice(WeightChoice)
  case file(String)

  init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    let known = WeightChoice.named.first { $0.word == argument }
    self = known.map { .choice($0.choice) } ?? .file(argument)
  }

  var defaultValueDescription: String { "uniform" }

  /// - Parameter d: coordinates of the data.
  /// - Throws: `Failure` for a file that has other than d numbers above 0; `DataFileError`.
  func choice(coordinateCount d: Int) throws -> WeightChoice {
    switch self {
    case .choice(let choice): return choice
    case .file(let path): return .fixed(.given(try Self.weights(path, coordinateCount: d)))
    }
  }

  /// The column `weight` of a table, as in coordinates.csv, or else the table's only row or column.
  private static func weights(_ path: String, coordinateCount d: Int) throws -> [Double] {
    var named = TableReading(header: true, columns: ["weight"])
    named.headerMayBeNumbers = false
    let table: Table
    if path != "-", let found = try? readTable(path, named) {
      table = found
    } else {
      do {
        table = try readTable(path, .parameters)
      } catch {
        guard error.category == .noInput else { throw error }
        throw Failure(
          "--weights \(escaped(path)): no such file, and none of \(WeightChoice.named.map(\.word).joined(separator: ", "))",
          status: ExitStatus.noInput)
      }
    }
    func refuse(_ reason: String) -> Failure {
      Failure("--weights \(escaped(path)): \(reason)", status: ExitStatus.data)
    }
    guard table.rows == 1 || table.columns == 1 else {
      throw refuse("a table of \(table.rows) × \(table.columns); write one row or column of \(d) numbers")
    }
    guard table.values.count == d else { throw refuse("\(table.values.count) numbers for \(d) coordinates") }
    if let k = table.values.firstIndex(where: { !($0 > 0) }) {
      throw refuse("number \(k + 1) is \(table.values[k]); weights are above 0")
    }
    return table.values
  }
}
