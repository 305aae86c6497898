import LacunaAlgebra

/// The bulk where Σ′ and D are not diagonal together: entries (p_k, q_k) that depend on z.
///
/// With Σ = LLᵀ, at a real z the symmetric H(z) = L⁻¹(λ − zD⁻¹)L⁻ᵀ = Σ_k h_k y_k y_kᵀ diagonalises cΣ + λ − zD⁻¹ for every
/// complex c at once. With the vectors x = L⁻ᵀy and m = xᵀD⁻¹x = −dh/dz,
///
///     tr Σ′G = Σ_k 1/(c + h_k),   tr G = Σ_k m_k/(c + h_k),
///
/// which are the sums of a `BulkMeasure` with the entries p = 1/m, q = λ xᵀx/m, and so are their first derivatives in c and z:
/// one real eigensolve of order d for each point of the axis. h is accurate to ε times the condition number of Σ.
struct DensePencil: Sendable {
  /// The greatest d: a smooth spectrum takes some four hundred eigensolves, at this order about a minute on two cores; one that
  /// nearly falls into separate intervals several times that.
  static let greatestOrder = 512

  /// λ times the distinct entries of D, ascending, with their multiplicities.
  let shifts: [(value: Double, weight: Double)]
  /// The entries for z → ∞: p the eigenvalues of Σ′. At λ = 0 those at every z.
  let distantNodes: [BulkMeasure.Node]
  var isConstant: Bool { ridge == 0 }
  /// s_j, the eigenvalues of Σ; L = V diag(s)^½.
  private let eigenvalues: [Double]
  /// L⁻¹D⁻¹L⁻ᵀ, d × d.
  private let form: [Double]
  private let ridge: Double
  private let backend: any Backend<Double>

  /// - Parameter vectors: Vᵀ, row j the eigenvector of s_j.
  /// - Parameter metric: D; entries within 1e-4 of each other are taken as equal, far below the O(1/d) to which D is known: else
  ///   the ends of a chain would ring an atom with intervals narrower than any search finds.
  init(
    eigenvalues: [Double], vectors: [Double], metric: [Double], ridge: Double, backend: any Backend<Double>
  ) throws(BackendError) {
    let groups = Self.grouped(metric)
    shifts = groups.map { (ridge * $0.value, Double($0.members.count)) }.sorted { $0.0 < $1.0 }
    var inverse = metric
    for group in groups { for k in group.members { inverse[k] = 1 / group.value } }
    self.eigenvalues = eigenvalues
    self.ridge = ridge
    self.backend = backend
    form = try Self.form(eigenvalues: eigenvalues, vectors: vectors, weights: inverse, on: backend)
    let (values, found) = try Self.eigenpairs(form, order: eigenvalues.count, on: backend)
    distantNodes = Self.nodes(
      densities: values, squares: Self.squares(found, eigenvalues: eigenvalues), ridge: ridge)
  }

  /// The entries at z; nil where the eigensolver fails.
  func nodes(at z: Double) -> [BulkMeasure.Node]? {
    let d = eigenvalues.count
    var matrix = form.map { -z * $0 }
    for j in 0..<d { matrix[j * d + j] += ridge / eigenvalues[j] }
    guard let (values, vectors) = try? Self.eigenpairs(matrix, order: d, on: backend) else { return nil }
    let squares = Self.squares(vectors, eigenvalues: eigenvalues)
    return Self.nodes(
      densities: zip(values, squares).map { (ridge * $1 - $0) / z }, squares: squares, ridge: ridge)
  }

  /// p = 1/m and q = λ xᵀx/m.
  private static func nodes(densities: [Double], squares: [Double], ridge: Double) -> [BulkMeasure.Node] {
    zip(densities, squares).map { density, square in
      BulkMeasure.Node(scaled: 1 / density, shift: ridge * square / density, metric: square / density, weight: 1)
    }
  }

  /// xᵀx = Σ_j y_j²/s_j for each row y.
  private static func squares(_ vectors: [Double], eigenvalues: [Double]) -> [Double] {
    let d = eigenvalues.count
    return (0..<d).map { k in
      (0..<d).reduce(0) { $0 + vectors[k * d + $1] * vectors[k * d + $1] / eigenvalues[$1] }
    }
  }

  private static func eigenpairs<Device: Backend<Double>>(
    _ matrix: [Double], order d: Int, on backend: Device
  ) throws(BackendError) -> (values: [Double], vectors: [Double]) {
    let storage = try backend.makeMatrix(matrix, rows: d, columns: d)
    let values = try backend.eigendecompose(storage)
    return (values, try backend.download(storage))
  }

  /// diag(s)^(−½) Vᵀ diag(w) V diag(s)^(−½).
  private static func form<Device: Backend<Double>>(
    eigenvalues: [Double], vectors: [Double], weights: [Double], on backend: Device
  ) throws(BackendError) -> [Double] {
    let d = eigenvalues.count
    let rows = try backend.makeMatrix(vectors, rows: d, columns: d)
    let factor = try backend.makeVector(weights.map { $0.squareRoot() })
    try backend.scale(rows, rows: try backend.makeVector(eigenvalues.map { 1 / $0.squareRoot() }), columns: factor)
    let result = try backend.makeMatrix(rows: d, columns: d)
    try backend.multiply(rows, transposeA: false, rows, transposeB: true, alpha: 1, beta: 0, into: result)
    return try backend.download(result)
  }

  private static func grouped(_ metric: [Double]) -> [(value: Double, members: [Int])] {
    var result: [(value: Double, members: [Int])] = []
    for k in metric.indices.sorted(by: { metric[$0] < metric[$1] }) {
      if let first = result.last?.members.first, metric[k] - metric[first] <= 1e-4 * metric[first] {
        result[result.count - 1].members.append(k)
      } else {
        result.append((0, [k]))
      }
    }
    for index in result.indices {
      let members = result[index].members
      result[index].value = members.reduce(0) { $0 + metric[$1] } / Double(members.count)
    }
    return result
  }
}
