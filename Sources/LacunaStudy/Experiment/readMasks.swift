import LacunaAlgebra
import LacunaFiles
import MaskedRegression

/// The masks of a file: a row a mask, a column a coordinate, 0 hidden and 1 visible.
///
/// - Parameter weights: one for each mask; nil weighs all alike.
/// - Parameter key: the configuration's, for messages.
/// - Throws: `ModelError` for another width, a cell that is neither 0 nor 1, a mask that hides everything or nothing,
///   another number of weights; `DataFileError`.
public func readMasks(
  _ path: String, weights: [Double]?, coordinateCount d: Int, key: String = "model.mask"
) throws -> GivenMasks {
  let table = try readTable(path)
  func failure(_ reason: String) -> ModelError { .value(path: "\(key): \(path)", reason: reason) }
  guard table.columns == d else {
    throw failure("masks of \(table.columns) coordinates where the data have \(d); give a column for each")
  }
  if let cell = table.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
    throw failure(
      "row \(cell / d + 1), column \(cell % d + 1) is \(table.values[cell]); write 0 for hidden, 1 for visible")
  }
  for m in 0..<table.rows {
    let shown = table.values[m * d..<(m + 1) * d].reduce(0, +)
    guard shown > 0 && shown < Double(d) else {
      throw failure("mask \(m + 1) hides \(shown == 0 ? "everything" : "nothing"); remove its row")
    }
  }
  if let weights, weights.count != table.rows {
    throw failure("\(table.rows) masks and \(weights.count) weights; give a weight for each mask")
  }
  return GivenMasks(
    visible: table.values.map { $0 == 1 }, weights: weights ?? [Double](repeating: 1, count: table.rows))
}
