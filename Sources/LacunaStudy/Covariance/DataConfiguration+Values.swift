import LacunaAlgebra
import LacunaFiles
import RealModule

extension DataConfiguration.Variances {
  /// The d variances, files read.
  package func values(count d: Int) throws -> [Double] {
    func spaced(_ value: (Double) -> Double) -> [Double] {
      (0..<d).map { value(Double($0) / Double(max(d - 1, 1))) }
    }
    switch self {
    case .constant(let value): return [Double](repeating: value, count: d)
    case .list(let values): return values
    case .linear(let a, let b): return spaced { a + (b - a) * $0 }
    case .geometric(let a, let b): return spaced { Double.exp(Double.log(a) + Double.log(b / a) * $0) }
    case .file(let path):
      let values = try readVector(path, count: d)
      if let k = values.firstIndex(where: { !($0 > 0) }) {
        throw ModelError.value(path: path, reason: "variance \(k + 1) is \(values[k]); variances must be above 0")
      }
      return values
    }
  }
}

extension DataConfiguration.Direction {
  /// The unit vector of the spike at `index`.
  ///
  /// Delocalised: d Gaussian values of the experiment's direction stream, normalised. Sparse: the k coordinates with the
  /// smallest of d uniforms carry Gaussian values of a second stretch of the same stream, normalised.
  func vector(count d: Int, seed: UInt64, index: Int) throws -> [Double] {
    let stream = RandomStream(seed: seed, purpose: .spikeDirections, index: index)
    func gaussian(_ k: Int) -> Double { EntryLaw.gaussian.value(at: UInt64(k), of: stream) }
    var u = [Double](repeating: 0, count: d)
    switch self {
    case .delocalized:
      for k in 0..<d { u[k] = gaussian(k) }
    case .sparse(let size):
      let keys = (0..<d).map { stream.uniforms(UInt64(d + $0)).0 }
      for k in (0..<d).sorted(by: { keys[$0] < keys[$1] }).prefix(size) { u[k] = gaussian(k) }
    case .file(let path):
      u = try readVector(path, count: d)
    }
    let norm = Double.sqrt(dot(u, u))
    guard norm > 0 else {
      if case .file(let path) = self {
        throw ModelError.value(path: path, reason: "a spike direction must not be the zero vector")
      }
      preconditionFailure("a random direction is never zero")
    }
    return u.map { $0 / norm }
  }
}

extension DataConfiguration {
  /// The whole first row of a Toeplitz or circulant Σ, file read, missing lags zero.
  func expandedFirstRow(circulant: Bool) throws -> [Double] {
    switch firstRow {
    case .list(let values):
      guard let row = FirstRow.expanded(values, coordinates: coordinates, circulant: circulant) else {
        throw ModelError.shape(path: "data.first_row", expected: "at most \(coordinates)", actual: "\(values.count)")
      }
      return row
    case .file(let path):
      let table = try readTable(path, .parameters)
      guard table.rows == 1 || table.columns == 1 else {
        throw ModelError.shape(path: path, expected: "one row or column", actual: "\(table.rows) × \(table.columns)")
      }
      let values = table.values
      guard let row = FirstRow.expanded(values, coordinates: coordinates, circulant: circulant) else {
        throw ModelError.shape(path: path, expected: "at most \(coordinates)", actual: "\(values.count)")
      }
      return row
    case nil:
      preconditionFailure("the configuration requires first_row for this model")
    }
  }
}

/// d numbers of a file, in a row or a column.
private func readVector(_ path: String, count d: Int) throws -> [Double] {
  let table = try readTable(path, .parameters)
  guard table.values.count == d, table.rows == 1 || table.columns == 1 else {
    throw ModelError.shape(path: path, expected: "\(d)", actual: "\(table.rows) × \(table.columns)")
  }
  return table.values
}
