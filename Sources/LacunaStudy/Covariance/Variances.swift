import LacunaFiles
import RealModule

extension DataKey {
  static let variances = DataKey(
    name: "noise.variances", forms: ["noise.variances"], lists: ["noise.variances.linear", "noise.variances.geometric"])
}

extension DataConfiguration {
  /// The diagonal part of Σ, every value > 0.
  public enum Variances: Sendable, Equatable {
    case constant(Double)
    /// d values.
    case list([Double])
    /// Evenly spaced from coordinate 1 to coordinate d.
    case linear(Double, Double)
    /// Evenly spaced in the logarithm from coordinate 1 to coordinate d.
    case geometric(Double, Double)
    /// Read from the file at this absolute path: d numbers.
    case file(String)
  }
}

extension DataConfiguration.Variances {
  /// `noise.variances`, 1 where it is not given.
  init(_ section: DataSection) throws(ConfigurationError) {
    guard let field = section[.variances] else {
      self = .constant(1)
      return
    }
    switch field.node.content {
    case .scalar(let text, quoted: false) where numericValue(text) != nil: self = .constant(try field.number(.positive))
    case .list:
      let values = try field.numbers(.positive)
      guard values.count == section.coordinates else {
        throw field.failure(
          "\(values.count) variances for \(section.coordinates) coordinates",
          "give one for each, one number for all, or {linear: [a, b]} or {geometric: [a, b]}")
      }
      self = .list(values)
    default:
      let choice = try ConfigurationChoice(
        field, words: [], forms: [("linear", "[0.5, 2]"), ("geometric", "[0.2, 3.0]"), ("file", "variances.csv")])
      switch choice.word {
      case "file": self = .file(try section.path(choice.value))
      case let word:
        let (first, last) = try choice.value.pair(.positive)
        self = word == "linear" ? .linear(first, last) : .geometric(first, last)
      }
    }
  }

  var value: YAMLValue {
    switch self {
    case .constant(let value): .number(value)
    case .list(let values): .numbers(values)
    case .linear(let first, let last): .section([("linear", .numbers([first, last]))])
    case .geometric(let first, let last): .section([("geometric", .numbers([first, last]))])
    case .file(let path): .section([("file", .text(path))])
    }
  }

  /// The d variances, files read; both ends of a graded profile are as given, exactly.
  package func values(count d: Int) throws -> [Double] {
    func spaced(_ first: Double, _ last: Double, _ value: (Double) -> Double) -> [Double] {
      (0..<d).map { $0 == 0 ? first : $0 == d - 1 ? last : value(Double($0) / Double(d - 1)) }
    }
    switch self {
    case .constant(let value): return [Double](repeating: value, count: d)
    case .list(let values): return values
    case .linear(let a, let b): return spaced(a, b) { a + (b - a) * $0 }
    case .geometric(let a, let b): return spaced(a, b) { Double.exp(Double.log(a) + Double.log(b / a) * $0) }
    case .file(let path):
      let values = try readVector(path, count: d)
      if let k = values.firstIndex(where: { !($0 > 0) }) {
        throw ModelError.value(path: path, reason: "variance \(k + 1) is \(values[k]); variances must be above 0")
      }
      return values
    }
  }
}

/// The numbers of a file, in a row or a column.
/// - Parameter d: how many are wanted; nil takes what there is.
func readVector(_ path: String, count d: Int? = nil) throws -> [Double] {
  let table = try readTable(path, .parameters)
  guard table.rows == 1 || table.columns == 1, d == nil || table.values.count == d else {
    throw ModelError.shape(
      path: path, expected: d.map { "\($0)" } ?? "one row or one column of",
      actual: "\(table.rows) × \(table.columns)")
  }
  return table.values
}
