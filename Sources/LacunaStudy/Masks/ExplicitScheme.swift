import LacunaAlgebra
import LacunaFiles

/// `explicit: {file, weights}`: masks written out, 0 for hidden and 1 for visible, patterns × coordinates; weights of any
/// positive sum, equal by default.
struct ExplicitScheme: MaskScheme {
  var file: String
  var weights: [Double]?

  static let word = "explicit"
  static let example: String? = "{file: masks.csv}"
  static let shorthands = [MaskShorthand(keys: ["file"], note: "0 hidden, 1 visible")]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    if case .scalar = field.node.content, !field.node.isAbsent {
      return ExplicitScheme(file: try context.path(field), weights: nil)
    }
    let section = try ConfigurationSection(field, keys: ["file", "weights"])
    let file = try context.path(section.required("file", example: "file: masks.csv"))
    guard let weights = section["weights"] else { return ExplicitScheme(file: file, weights: nil) }
    let values = try weights.numbers(.nonNegative)
    guard values.contains(where: { $0 > 0 }) else {
      throw weights.failure("every weight is 0", "give at least one mask a weight above 0")
    }
    return ExplicitScheme(file: file, weights: values)
  }

  var entries: [(key: String, value: YAMLValue)] {
    [("file", .text(file))] + (weights.map { [("weights", .numbers($0))] } ?? [])
  }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? {
    let masks = try masks(coordinateCount: d, key: "\(key).file")
    return { _ in masks }
  }

  func storedNumbers(order d: Double, block: Double) -> Double { 6 * d * d }

  /// The masks of the file: a row a mask, a column a coordinate.
  ///
  /// - Throws: `ModelError` for another width, a cell that is neither 0 nor 1, a mask that hides everything or nothing,
  ///   another number of weights; `DataFileError`.
  private func masks(coordinateCount d: Int, key: String) throws -> GivenMasks {
    let table = try readTable(file, .parameters)
    func failure(_ reason: String) -> ModelError { .value(path: "\(key): \(file)", reason: reason) }
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
}

extension MaskConfiguration {
  /// The masks of a file: a row a mask, a column a coordinate, 0 hidden and 1 visible.
  /// - Parameter file: a path.
  /// - Parameter weights: one for each mask, of any positive sum; nil weighs all alike.
  public static func explicit(file: String, weights: [Double]? = nil) -> MaskConfiguration {
    MaskConfiguration(ExplicitScheme(file: file, weights: weights))
  }
}
