extension DataKey {
  static let firstRow = DataKey(name: "first_row", forms: ["first_row"], lists: ["first_row"])
}

extension DataConfiguration {
  /// The first row of a Toeplitz or circulant Σ.
  public enum FirstRow: Sendable, Equatable {
    /// At most d values; `expanded` gives all d.
    case list([Double])
    /// Read from the file at this absolute path, in a row or a column: as `list`.
    case file(String)

    /// The whole first row from its leading values: lags that are not given are 0.
    ///
    /// Toeplitz: `leading` followed by zeros. Circulant: a full row of d values stands as it is; at most ⌊d/2⌋ + 1
    /// values are the lags 0, 1, …, and lag d − k repeats lag k, so that Σ is symmetric.
    /// - Returns: d values, or `nil` where `leading` is empty, longer than d, or (circulant) between ⌊d/2⌋ + 2 and d − 1.
    public static func expanded(_ leading: [Double], coordinates: Int, circulant: Bool) -> [Double]? {
      guard !leading.isEmpty, leading.count <= coordinates else { return nil }
      if leading.count == coordinates { return leading }
      var row = leading + Array(repeating: 0, count: coordinates - leading.count)
      guard circulant else { return row }
      guard leading.count <= coordinates / 2 + 1 else { return nil }
      for lag in leading.indices.dropFirst() { row[coordinates - lag] = leading[lag] }
      return row
    }
  }
}

extension DataConfiguration.FirstRow {
  init(_ section: DataSection, circulant: Bool) throws(ConfigurationError) {
    let field = try section.required(.firstRow, like: "[1, 0.5, 0.2]")
    guard case .list = field.node.content else {
      self = .file(try section.path(ConfigurationChoice(field, words: [], forms: [("file", "first_row.csv")]).value))
      return
    }
    let values = try field.numbers(.finite)
    guard values[0] > 0 else {
      throw field.failure("the variance, its first value, is \(values[0])", "write a number above 0")
    }
    let d = section.coordinates
    guard let row = Self.expanded(values, coordinates: d, circulant: circulant) else {
      throw field.failure(
        "\(values.count) values for \(d) coordinates",
        circulant
          ? "give all \(d), or the lags 0, 1, … up to \(d / 2) at most" : "give at most \(d); lags not given are 0")
    }
    if circulant, let lag = (1..<row.count).first(where: { row[$0] != row[row.count - $0] }) {
      throw field.failure(
        "Σ is not symmetric: lag \(lag) is \(row[lag]) and lag \(row.count - lag) is \(row[row.count - lag])",
        "make lags k and d - k equal")
    }
    self = .list(values)
  }

  var value: YAMLValue {
    switch self {
    case .list(let values): .numbers(values)
    case .file(let path): .section([("file", .text(path))])
    }
  }

  /// The whole row, file read.
  /// - Throws: `ModelError` for a matrix where a row is wanted, and for too many values; `DataFileError`.
  func values(count d: Int, circulant: Bool) throws -> [Double] {
    let (leading, source) =
      switch self {
      case .list(let values): (values, "data.first_row")
      case .file(let path): (try readVector(path), path)
      }
    guard let row = Self.expanded(leading, coordinates: d, circulant: circulant) else {
      throw ModelError.shape(path: source, expected: "at most \(d)", actual: "\(leading.count)")
    }
    return row
  }
}
