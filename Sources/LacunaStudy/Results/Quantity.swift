/// Where a quantity stands in result files: a section of a point in `metrics.json`, or the point itself, and its key there.
public struct QuantityName: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// nil for a key of the point itself.
  public let section: String?
  public let key: String

  public init(section: String? = nil, key: String) {
    self.section = section
    self.key = key
  }

  /// `"key"` or `"section.key"`.
  public init(stringLiteral value: String) {
    let parts = value.split(separator: ".", maxSplits: 1).map(String.init)
    self.init(section: parts.count > 1 ? parts[0] : nil, key: parts.last ?? "")
  }

  public var description: String { (section.map { $0 + "." } ?? "") + key }
}

/// Something a measure found at a point, with its name in files and its heading at the terminal.
public struct Quantity: Sendable, Equatable {
  /// What was found.
  public indirect enum Content: Sendable, Equatable {
    /// One value a trial, with mean and standard error, beside theory.
    case measured(Statistic)
    /// Of the point as a whole: from theory alone, or from all trials together; nil where there is none.
    case number(Double?)
    case integer(Int)
    case text(String)
    case list([Content])
    case object([Quantity])
    /// Many numbers, a row a trial: `points/N/KEY.npy`, in no other file.
    case rows([[Double]])

    /// Several numbers.
    public static func numbers(_ values: [Double]) -> Content { .list(values.map { .number($0) }) }
  }

  public var name: QuantityName
  /// The heading at the terminal; nil is not shown there.
  public var title: String?
  /// In words, such as "nats"; empty for a pure number or where the data's own units stand.
  public var unit: String
  /// In `results.csv`, where statistics have `_mean`, `_standard_error`, `_theory` and `_theory_finite_size` after it; nil is
  /// left out, as are lists and objects.
  public var column: String?
  public var content: Content

  /// - Parameter name: where it stands in files.
  /// - Parameter title: heading of its column; nil leaves it out of the table.
  /// - Parameter unit: after the number; empty where there is none.
  /// - Parameter column: the key of the name where it is nil.
  /// - Parameter content: its value.
  public init(
    _ name: QuantityName, title: String? = nil, unit: String = "", column: String? = nil, _ content: Content
  ) {
    self.name = name
    self.title = title
    self.unit = unit
    self.column = column ?? name.key
    self.content = content
  }

  /// A measured quantity.
  public init(
    _ name: QuantityName, title: String? = nil, unit: String = "", column: String? = nil, _ statistic: Statistic
  ) {
    self.init(name, title: title, unit: unit, column: column, .measured(statistic))
  }

  /// The statistic of a measured quantity.
  public var statistic: Statistic? { if case .measured(let statistic) = content { statistic } else { nil } }

  /// The number of the point as a whole.
  public var number: Double? {
    switch content {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
}

extension Quantity.Content: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .measured(let statistic): try container.encode(statistic)
    case .number(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let items): try container.encode(items)
    case .object(let quantities): try container.encode(quantities.byKey)
    case .rows(let rows): try container.encode(rows)
    }
  }
}

extension [Quantity] {
  /// By key, all sections in one.
  fileprivate var byKey: [String: Quantity.Content] {
    Dictionary(map { ($0.name.key, $0.content) }, uniquingKeysWith: { _, last in last })
  }

  /// As an object of JSON: sections as objects within it, rows left out.
  func encode(into container: inout KeyedEncodingContainer<TextKey>) throws {
    let written = filter { if case .rows = $0.content { false } else { true } }
    for (section, members) in Dictionary(grouping: written, by: \.name.section) {
      if let section {
        try container.encode(members.byKey, forKey: TextKey(section))
      } else {
        for member in members { try container.encode(member.content, forKey: TextKey(member.name.key)) }
      }
    }
  }
}

/// Any word as a key of JSON.
struct TextKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ text: String) { stringValue = text }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}
