import LacunaFiles

/// The best unseen items of each row, written as they come: what a recommender is asked for.
///
/// An item of a row is unseen where its cell is 0, or, in rows with missing cells, where it is missing. Items are in the order of
/// their predictions, greatest first; of equal ones the first coordinate comes first.
public final class TopItems {
  private let model: FittedModel
  private let count: Int
  private let missingIsUnseen: Bool
  private let names: [String]?
  private let file: AtomicFile
  private var row = 0

  /// - Parameter model: that predicts.
  /// - Parameter count: items a row, at least 1; fewer where fewer are unseen.
  /// - Parameter source: the rows to come.
  /// - Parameter path: of the `.csv` with a line an item: row, name, place, coordinate (from 1), item, prediction.
  /// - Throws: `DataFileError`.
  init(_ model: FittedModel, count: Int, source: ApplySource, to path: String) throws(DataFileError) {
    self.model = model
    self.count = count
    missingIsUnseen = source.hasGaps
    names = source.names
    file = try AtomicFile(path)
    try file.append("row,name,place,coordinate,item,prediction\n")
  }

  /// Takes in the rows that come next.
  /// - Parameter values: the rows, NaN missing.
  /// - Parameter predictions: of every cell.
  func add(_ values: [Double], predictions: [Double]) throws(DataFileError) {
    let d = model.coordinateCount
    var text = ""
    for start in stride(from: 0, to: values.count, by: d) {
      for (place, best) in best(values[start..<start + d], predictions[start..<start + d]).enumerated() {
        let cells: [CSVCell] = [
          .integer(row + 1), names.map { .text($0[row]) } ?? .missing, .integer(place + 1), .integer(best.item + 1),
          .text(model.name(of: best.item)), .number(best.prediction),
        ]
        text += cells.map(\.field).joined(separator: ",") + "\n"
      }
      row += 1
    }
    try file.append(text)
  }

  func commit() throws(DataFileError) { try file.commit() }

  private func best(
    _ values: ArraySlice<Double>, _ predictions: ArraySlice<Double>
  ) -> [(item: Int, prediction: Double)] {
    var found: [(item: Int, prediction: Double)] = []
    for (item, (value, prediction)) in zip(values, predictions).enumerated() {
      guard missingIsUnseen ? value.isNaN : value == 0, !prediction.isNaN else { continue }
      if found.count == count {
        guard prediction > found[count - 1].prediction else { continue }
        found.removeLast()
      }
      // After those that are as good.
      var (low, high) = (0, found.count)
      while low < high {
        let middle = (low + high) / 2
        if found[middle].prediction >= prediction { low = middle + 1 } else { high = middle }
      }
      found.insert((item, prediction), at: low)
    }
    return found
  }
}
