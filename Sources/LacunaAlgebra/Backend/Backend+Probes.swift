/// The part of a matrix that a probe reads; what lies outside counts as zero.
public enum MatrixPart: Sendable, Hashable {
  case all
  /// On and below the diagonal.
  case lower
  /// Below the diagonal.
  case strictlyLower

  /// Entries of row i that belong to it, from column 0.
  package func width(row i: Int, columns: Int) -> Int {
    switch self {
    case .all: columns
    case .lower: min(i + 1, columns)
    case .strictlyLower: min(i, columns)
    }
  }
}

/// What a probe of the rows found.
public struct RowProbe: Sendable, Equatable {
  /// A·v for each vector v, a number a row.
  public var products: [[Double]]
  /// Σ_j a_ij².
  public var squares: [Double]

  public init(products: [[Double]], squares: [Double]) {
    self.products = products
    self.squares = squares
  }
}

/// What verification reads of matrices: O(rows · columns) work on the device, O(rows + columns) numbers to and fro.
extension Backend {
  /// A·v for each vector v and the squared norms of the rows, over a part of A, summed in float64 or as closely.
  ///
  /// Law: errors of columns · 2⁻⁴⁵ · Σ_j|a_ij v_j| at most; the same bits for the same input.
  /// - Parameter vectors: of the host, `columns` numbers each.
  public func probeRows(_ a: Matrix, part: MatrixPart, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    try Shapes.require(
      vectors.allSatisfy { $0.count == a.columns }, "probeRows", expected: "vectors of \(a.columns)",
      actual: "lengths \(vectors.map(\.count))")
    return try performProbeRows(a, part: part, vectors: vectors)
  }

  /// S·v for each vector v, S the symmetric matrix whose lower triangle A holds, and the squared norms of the triangle's rows, as
  /// `probeRows`.
  /// - Parameter vectors: of the host, as many numbers as A has rows and columns.
  public func probeSymmetric(_ a: Matrix, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    try Shapes.require(
      a.rows == a.columns && vectors.allSatisfy { $0.count == a.columns }, "probeSymmetric",
      expected: "a square matrix and vectors of \(a.columns)",
      actual: "\(a.rows) rows and lengths \(vectors.map(\.count))")
    return try performProbeSymmetric(a, vectors: vectors)
  }

  /// Aᵀu for each vector u, over a part of A, as `probeRows`.
  /// - Parameter vectors: of the host, `rows` numbers each.
  public func probeColumns(_ a: Matrix, part: MatrixPart, vectors: [[Double]]) throws(BackendError) -> [[Double]] {
    try Shapes.require(
      vectors.allSatisfy { $0.count == a.rows }, "probeColumns", expected: "vectors of \(a.rows)",
      actual: "lengths \(vectors.map(\.count))")
    return try performProbeColumns(a, part: part, vectors: vectors)
  }

  /// Σ_k (2k + 1)·w_k mod 2³² over the 32-bit words w_k of some rows as they lie in memory, low word first; see `BitSum`.
  public func bitSum(of a: Matrix, rows: Range<Int>) throws(BackendError) -> UInt32 {
    try Shapes.require(
      rows.lowerBound >= 0 && rows.upperBound <= a.rows, "bitSum", expected: "rows within \(a.rows)",
      actual: "rows \(rows)")
    return try performBitSum(of: a, rows: rows)
  }

  /// Fills as `fill` does.
  /// - Returns: the bit sum of what was computed, taken before it was written; nil where the device cannot say.
  public func sealedFill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) -> UInt32? {
    try performSealedFill(x, law: law, stream: stream, offset: offset)
  }
}

/// A checksum that no single changed bit leaves as it was: Σ_k (2k + 1)·w_k mod 2³², whatever the order of the sum.
public enum BitSum {
  /// Of numbers in the memory of the host.
  public static func of<Element: Scalar>(_ values: [Element]) -> UInt32 {
    var sum: UInt32 = 0
    values.withUnsafeBytes { bytes in
      var factor: UInt32 = 1
      for word in bytes.bindMemory(to: UInt32.self) {
        sum &+= factor &* word
        factor &+= 2
      }
    }
    return sum
  }
}

/// Through the host's memory, a block of rows at a time.
extension Backend {
  public func performProbeRows(_ a: Matrix, part: MatrixPart, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    var found = RowProbe(products: vectors.map { _ in [] }, squares: [])
    try forEachRowBlock(of: a.rows, columns: a.columns) { rows throws(BackendError) in
      let values = try doubles(a, rows: rows)
      for (i, row) in rows.enumerated() {
        let entries = values[i * a.columns..<i * a.columns + part.width(row: row, columns: a.columns)]
        for (p, v) in vectors.enumerated() {
          found.products[p].append(zip(entries, v).reduce(0) { $0 + $1.0 * $1.1 })
        }
        found.squares.append(entries.reduce(0) { $0 + $1 * $1 })
      }
    }
    if a.columns == 0 {
      let zeros = [Double](repeating: 0, count: a.rows)
      return RowProbe(products: vectors.map { _ in zeros }, squares: zeros)
    }
    return found
  }

  public func performProbeSymmetric(_ a: Matrix, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    try probeTriangles(a, vectors: vectors)
  }

  /// `probeSymmetric` by the rows of one triangle and the columns of the other.
  package func probeTriangles(_ a: Matrix, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    var found = try probeRows(a, part: .lower, vectors: vectors)
    let above = try probeColumns(a, part: .strictlyLower, vectors: vectors)
    for p in vectors.indices { for i in above[p].indices { found.products[p][i] += above[p][i] } }
    return found
  }

  public func performProbeColumns(
    _ a: Matrix, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> [[Double]] {
    var sums = vectors.map { _ in [Double](repeating: 0, count: a.columns) }
    try forEachRowBlock(of: a.rows, columns: a.columns) { rows throws(BackendError) in
      let values = try doubles(a, rows: rows)
      for (i, row) in rows.enumerated() {
        for p in vectors.indices {
          let factor = vectors[p][row]
          for j in 0..<part.width(row: row, columns: a.columns) { sums[p][j] += factor * values[i * a.columns + j] }
        }
      }
    }
    return sums
  }

  public func performBitSum(of a: Matrix, rows: Range<Int>) throws(BackendError) -> UInt32 {
    BitSum.of(try download(a, rows: rows))
  }

  public func performSealedFill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) -> UInt32? {
    try fill(x, law: law, stream: stream, offset: offset)
    return nil
  }
}
