import LacunaAlgebra
import RealModule

/// The core of `Backend` in plain loops and nothing more: what the laws are checked against by themselves, and a first draft for a
/// backend of one's own. Slow.
///
/// Numbers are held in float64 and rounded to the element's precision after each operation.
public struct ReferenceBackend<Element: Scalar>: Backend {
  public init() {}

  public var description: String { "plain loops, \(Element.precision.rawValue)" }

  public func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> ReferenceMatrix<Element> {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count < 1 << 30 else {
      let bytes = count.multipliedReportingOverflow(by: 8)
      throw .outOfMemory(
        requested: overflow || bytes.overflow ? .max : bytes.partialValue, available: 8 << 30, device: description)
    }
    return ReferenceMatrix(storage: .init(count: count), rows: rows, columns: columns)
  }

  public func performUpload(
    _ values: [Element], to matrix: ReferenceMatrix<Element>, firstRow: Int
  ) throws(BackendError) {
    let start = firstRow * matrix.columns
    matrix.storage.values.replaceSubrange(start..<start + values.count, with: Element.doubles(values))
  }

  public func performDownload(
    _ matrix: ReferenceMatrix<Element>, rows: Range<Int>
  ) throws(BackendError) -> [Element] {
    Element.nearest(
      Array(matrix.storage.values[rows.lowerBound * matrix.columns..<rows.upperBound * matrix.columns]))
  }

  public func performMultiply(
    _ a: ReferenceMatrix<Element>, transposeA: Bool, _ b: ReferenceMatrix<Element>, transposeB: Bool, alpha: Element,
    beta: Element, into c: ReferenceMatrix<Element>
  ) throws(BackendError) {
    let inner = transposeA ? a.rows : a.columns
    let (x, y) = (a.storage.values, b.storage.values)
    c.change { i, j, old in
      var sum = 0.0
      for k in 0..<inner {
        sum +=
          x[transposeA ? k * a.columns + i : i * a.columns + k]
          * y[transposeB ? j * b.columns + k : k * b.columns + j]
      }
      return beta == 0 ? Double(alpha) * sum : Double(alpha) * sum + Double(beta) * old
    }
  }

  public func performAccumulateGram(
    of x: ReferenceMatrix<Element>, scale: Element, into s: ReferenceMatrix<Element>
  ) throws(BackendError) {
    let (rows, d, values) = (x.rows, x.columns, x.storage.values)
    s.change { i, j, old in
      j > i ? old : old + Double(scale) * (0..<rows).reduce(0) { $0 + values[$1 * d + i] * values[$1 * d + j] }
    }
  }

  public func performAccumulateSampleGram(
    of x: ReferenceMatrix<Element>, scale: Element, into k: ReferenceMatrix<Element>
  ) throws(BackendError) {
    let (d, values) = (x.columns, x.storage.values)
    k.change { i, j, old in
      j > i ? old : old + Double(scale) * (0..<d).reduce(0) { $0 + values[i * d + $1] * values[j * d + $1] }
    }
  }

  /// Row by row.
  public func performFactorPositiveDefinite(_ a: ReferenceMatrix<Element>) throws(BackendError) -> Double {
    try requireFinite(a, "factorPositiveDefinite: matrix")
    let n = a.rows
    var l = a.storage.values
    var logDeterminant = 0.0
    for i in 0..<n {
      for j in 0...i {
        var sum = l[i * n + j]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard sum > 0 else { throw .notPositiveDefinite(leadingMinor: i + 1) }
          l[i * n + i] = sum.squareRoot()
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    a.change { i, j, old in j > i ? old : l[i * n + j] }
    for i in 0..<n { logDeterminant += 2 * .log(a.storage.values[i * n + i]) }
    return logDeterminant
  }

  public func performSolveTriangular(
    _ l: ReferenceMatrix<Element>, transposed: Bool, rows b: ReferenceMatrix<Element>
  ) throws(BackendError) {
    let (n, values) = (l.rows, l.storage.values)
    var x = b.storage.values
    for row in 0..<b.rows {
      for step in 0..<n {
        let i = transposed ? n - 1 - step : step
        var sum = x[row * n + i]
        for k in transposed ? i + 1..<n : 0..<i {
          sum -= (transposed ? values[k * n + i] : values[i * n + k]) * x[row * n + k]
        }
        x[row * n + i] = sum / values[i * n + i]
      }
    }
    b.change { i, j, _ in x[i * n + j] }
  }

  /// Jacobi's rotations, sweep after sweep, until all that lies off the diagonal is nothing beside the largest entry.
  public func performEigendecompose(_ a: ReferenceMatrix<Element>) throws(BackendError) -> [Double] {
    try requireFinite(a, "eigendecompose: matrix")
    let n = a.rows
    var s = JacobiSweep(lower: a.storage.values, order: n)
    var sweeps = 0
    while s.run() {
      sweeps += 1
      if sweeps == 60 { throw .noConvergence(operation: "eigendecompose", info: sweeps) }
    }
    let order = (0..<n).sorted { (s.matrix[$0 * (n + 1)], $0) < (s.matrix[$1 * (n + 1)], $1) }
    a.change { i, j, _ in s.vectors[order[i] * n + j] }
    return order.map { s.matrix[$0 * (n + 1)] }
  }

  private func requireFinite(_ a: ReferenceMatrix<Element>, _ argument: String) throws(BackendError) {
    for i in 0..<a.rows {
      for j in 0...i where !a.storage.values[i * a.columns + j].isFinite {
        throw .nonFinite(argument: argument, row: i, column: j)
      }
    }
  }
}

/// A symmetric matrix on its way to diagonal form, A = VᵀDV, rows of V the vectors.
private struct JacobiSweep {
  var matrix: [Double]
  var vectors: [Double]
  private let order: Int
  private let floor: Double

  init(lower: [Double], order n: Int) {
    order = n
    matrix = lower
    vectors = [Double](repeating: 0, count: n * n)
    var largest = 0.0
    for i in 0..<n {
      vectors[i * (n + 1)] = 1
      for j in 0...i {
        matrix[j * n + i] = matrix[i * n + j]
        largest = max(largest, abs(matrix[i * n + j]))
      }
    }
    floor = largest * 0x1p-60
  }

  /// One rotation for each pair that needs it.
  /// - Returns: whether one did.
  mutating func run() -> Bool {
    var isChanged = false
    for p in 0..<order {
      for q in p + 1..<max(order, p + 1) where abs(matrix[p * order + q]) > floor {
        isChanged = true
        rotate(p, q)
      }
    }
    return isChanged
  }

  private mutating func rotate(_ p: Int, _ q: Int) {
    let n = order
    let coupling = matrix[p * n + q]
    let theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * coupling)
    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    let (first, second) = (matrix[p * n + p] - t * coupling, matrix[q * n + q] + t * coupling)
    for k in 0..<n where k != p && k != q {
      let (x, y) = (matrix[k * n + p], matrix[k * n + q])
      (matrix[k * n + p], matrix[k * n + q]) = (c * x - s * y, s * x + c * y)
      (matrix[p * n + k], matrix[q * n + k]) = (matrix[k * n + p], matrix[k * n + q])
    }
    for k in 0..<n {
      let (x, y) = (vectors[p * n + k], vectors[q * n + k])
      (vectors[p * n + k], vectors[q * n + k]) = (c * x - s * y, s * x + c * y)
    }
    (matrix[p * n + p], matrix[q * n + q]) = (first, second)
    (matrix[p * n + q], matrix[q * n + p]) = (0, 0)
  }
}

/// A matrix in an array of the host.
public final class ReferenceMatrix<Element: Scalar>: DeviceMatrix {
  final class Storage {
    var values: [Double]
    init(count: Int) { values = [Double](repeating: 0, count: count) }
  }

  let storage: Storage
  public let rows: Int
  public let columns: Int

  init(storage: Storage, rows: Int, columns: Int) {
    self.storage = storage
    self.rows = rows
    self.columns = columns
  }

  public func firstRows(_ count: Int) -> ReferenceMatrix {
    precondition(0...rows ~= count, "the first \(count) rows of a matrix of \(rows)")
    return ReferenceMatrix(storage: storage, rows: count, columns: columns)
  }

  public func reshaped(rows: Int, columns: Int) -> ReferenceMatrix {
    precondition(
      rows >= 0 && columns >= 0 && rows * columns <= storage.values.count,
      "a storage of \(storage.values.count) elements seen as \(rows) × \(columns)")
    return ReferenceMatrix(storage: storage, rows: rows, columns: columns)
  }

  /// Every entry by a function of its row, its column and what it was, rounded to the element's precision.
  func change(_ entry: (Int, Int, Double) -> Double) {
    var values = Array(storage.values[..<count])
    for i in 0..<rows {
      for j in 0..<columns { values[i * columns + j] = entry(i, j, values[i * columns + j]) }
    }
    storage.values.replaceSubrange(..<count, with: Element.doubles(Element.nearest(values)))
  }
}
