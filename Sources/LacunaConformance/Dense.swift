import LacunaAlgebra
import RealModule

/// A small dense matrix in float64 with textbook operations: what backends are compared with.
package struct Dense: Equatable {
  package var rows: Int
  package var columns: Int
  package var values: [Double]

  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  package init(rows: Int, columns: Int, _ entry: (Int, Int) -> Double) {
    self.init(rows: rows, columns: columns, values: (0..<rows).flatMap { i in (0..<columns).map { entry(i, $0) } })
  }

  package init(diagonal: [Double]) {
    self.init(rows: diagonal.count, columns: diagonal.count) { $0 == $1 ? diagonal[$0] : 0 }
  }

  /// Normal entries that depend on the shape and the seed alone.
  package static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Dense {
    let stream = RandomStream(seed: seed, stream: UInt64(rows) << 32 | UInt64(columns))
    return Dense(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { EntryLaw.gaussian.value(at: UInt64($0), of: stream) })
  }

  package subscript(i: Int, j: Int) -> Double {
    get { values[i * columns + j] }
    set { values[i * columns + j] = newValue }
  }

  package func row(_ i: Int) -> [Double] { Array(values[i * columns..<(i + 1) * columns]) }

  package func map(_ transform: (Double) -> Double) -> Dense {
    Dense(rows: rows, columns: columns, values: values.map(transform))
  }

  package var transposed: Dense { Dense(rows: columns, columns: rows) { self[$1, $0] } }

  /// The three loops.
  package static func * (a: Dense, b: Dense) -> Dense {
    precondition(a.columns == b.rows)
    var result = [Double](repeating: 0, count: a.rows * b.columns)
    result.withUnsafeMutableBufferPointer { c in
      a.values.withUnsafeBufferPointer { x in
        b.values.withUnsafeBufferPointer { y in
          for i in 0..<a.rows {
            for k in 0..<a.columns {
              let factor = x[i * a.columns + k]
              for j in 0..<b.columns { c[i * b.columns + j] += factor * y[k * b.columns + j] }
            }
          }
        }
      }
    }
    return Dense(rows: a.rows, columns: b.columns, values: result)
  }

  package static func + (a: Dense, b: Dense) -> Dense {
    Dense(rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map { $0 + $1 })
  }

  package static func - (a: Dense, b: Dense) -> Dense {
    Dense(rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map { $0 - $1 })
  }

  package static func * (factor: Double, a: Dense) -> Dense { a.map { factor * $0 } }

  /// Largest column sum of absolute values; NaN where an entry is.
  package var oneNorm: Double {
    var sums = [Double](repeating: 0, count: columns)
    for i in 0..<rows {
      for j in 0..<columns { sums[j] += abs(self[i, j]) }
    }
    return sums.contains { $0.isNaN } ? .nan : sums.max() ?? 0
  }

  /// Largest absolute value; NaN where an entry is.
  package var maxNorm: Double {
    values.contains { $0.isNaN } ? .nan : values.reduce(0) { max($0, abs($1)) }
  }

  /// The strict upper triangle replaced.
  package func withUpperTriangle(_ value: Double) -> Dense {
    Dense(rows: rows, columns: columns) { $1 > $0 ? value : self[$0, $1] }
  }

  /// The lower triangle mirrored.
  package var symmetrized: Dense { Dense(rows: rows, columns: columns) { $1 > $0 ? self[$1, $0] : self[$0, $1] } }
}

extension [Double] {
  package func dot(_ other: [Double]) -> Double { zip(self, other).reduce(0) { $0 + $1.0 * $1.1 } }
}

extension Backend {
  /// A matrix of this backend holding values rounded to its precision.
  package func matrix(_ dense: Dense) throws(BackendError) -> Matrix {
    try makeMatrix(Element.nearest(dense.values), rows: dense.rows, columns: dense.columns)
  }

  package func vector(_ values: [Double]) throws(BackendError) -> Matrix { try makeVector(Element.nearest(values)) }

  /// The values of a matrix of this backend.
  package func dense(_ matrix: Matrix) throws(BackendError) -> Dense {
    Dense(rows: matrix.rows, columns: matrix.columns, values: Element.doubles(try download(matrix)))
  }

  /// Values as this backend's precision holds them, so that a reference starts from the same numbers.
  package func rounded(_ dense: Dense) -> Dense {
    Dense(rows: dense.rows, columns: dense.columns, values: rounded(dense.values))
  }

  package func rounded(_ values: [Double]) -> [Double] { Element.doubles(Element.nearest(values)) }

  /// ε of this backend's precision.
  package var epsilon: Double { Double(Element.ulpOfOne) }
}
