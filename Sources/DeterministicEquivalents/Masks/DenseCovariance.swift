import LacunaAlgebra

/// Any covariance under a matrix ridge, by one eigensolve for each Γ: Γ^(−½)ΣΓ^(−½) = VΩVᵀ, T = Γ^(−½)V,
///
///     Q̄ = T(αΩ + 1)⁻¹Tᵀ,   Q̄ΣQ̄ = TΩ(αΩ + 1)⁻²Tᵀ,
///
/// so each α then costs O(d²). Keeps Σ, d² numbers, and as many for each resolvent.
public struct DenseCovariance<B: Backend<Double>>: MatrixRidgePopulation {
  public let variances: [Double]
  let covariance: [Double]
  let backend: B

  /// - Parameter covariance: Σ, d × d, row-major; the lower triangle is what is used.
  /// - Parameter d: coordinates of Σ.
  /// - Parameter backend: does the linear algebra.
  /// - Throws: `dimensionMismatch`, `notPositiveDefinite` where a variance is not positive.
  public init(covariance: [Double], coordinateCount d: Int, backend: B) throws(PopulationError) {
    try requirePositive(d, "coordinate count")
    guard covariance.count == d * d else {
      throw .dimensionMismatch(argument: "covariance", expected: d * d, actual: covariance.count)
    }
    variances = (0..<d).map { covariance[$0 * d + $0] }
    try requirePositive(variances)
    self.covariance = covariance
    self.backend = backend
  }

  public func resolvent(ridges: [Double]) throws(PopulationError) -> any MatrixRidgeResolvent {
    let d = variances.count
    if let k = ridges.firstIndex(where: { !($0 > 0) }) {
      throw .invalidArgument(name: "ridge of coordinate \(k + 1)", value: ridges[k], requirement: "above 0")
    }
    let read = (0..<d).filter { ridges[$0] < .infinity }
    let others = (0..<d).filter { ridges[$0] == .infinity }
    let roots = read.map { 1 / ridges[$0].squareRoot() }
    let (matrix, values, crossed) = try onBackend { () throws(BackendError) in
      let matrix = try backend.makeMatrix(
        others.isEmpty ? covariance : read.flatMap { i in read.map { covariance[max(i, $0) * d + min(i, $0)] } },
        rows: read.count, columns: read.count)
      let scale = try backend.makeVector(roots)
      try backend.scale(matrix, rows: scale, columns: scale)
      let values = try backend.eigendecompose(matrix)
      // Rows of the matrix are the vectors: Tᵀ is Vᵀ with its columns scaled.
      try backend.scale(matrix, rows: nil, columns: scale)
      guard !others.isEmpty else { return (matrix, values, nil as B.Matrix?) }
      let crossed = try backend.makeMatrix(rows: others.count, columns: read.count)
      try backend.multiply(
        backend.makeMatrix(
          others.flatMap { i in read.map { covariance[max(i, $0) * d + min(i, $0)] } }, rows: others.count,
          columns: read.count), transposeA: false, matrix, transposeB: true, alpha: 1, beta: 0, into: crossed)
      return (matrix, values, crossed)
    }
    guard let least = values.first, let greatest = values.last, least > Double(d) * -.ulpOfOne * greatest else {
      throw .notPositiveDefinite(
        reason: "its least eigenvalue, in units of the ridge, is \(values.first ?? .nan)")
    }
    return Resolvent(
      read: read, others: others, values: values.map { max($0, 0) }, vectors: matrix, crossed: crossed,
      variances: variances, ridges: roots.map { 1 / ($0 * $0) }, backend: backend)
  }

  private struct Resolvent: MatrixRidgeResolvent {
    /// Coordinates of finite ridges, and the others.
    let read, others: [Int]
    let values: [Double]
    /// Tᵀ: row j belongs to value j.
    let vectors: B.Matrix
    /// P = ΣT, a row for each of the others.
    let crossed: B.Matrix?
    let variances: [Double]
    /// The finite ones.
    let ridges: [Double]
    let backend: B

    func diagonals(signal: Double) throws(PopulationError) -> MatrixRidgeDiagonals {
      let weights = values.map { 1 / (signal * $0 + 1) }
      let shares = zip(values, weights).map { $0 * $1 }
      // Of the others: αΣQ̄Σ and αΣ(2Q̄ − αQ̄ΣQ̄)Σ are taken from the variances.
      let taken = try rowForms(weights.map { signal * $0 })
      let explained = try rowForms(zip(shares, weights).map { signal * $1 * (2 - signal * $0) })
      return MatrixRidgeDiagonals(
        resolvent: spread(try diagonal(weights), others.map { _ in 1 }),
        resolventCovarianceResolvent: spread(
          try diagonal(zip(shares, weights).map { $0 * $1 }), zip(others, explained).map { variances[$0] - $1 }),
        covarianceResolvent: spread(
          zip(try diagonal(shares), ridges).map { $0 * $1 }, zip(others, taken).map { variances[$0] - $1 }))
    }

    private func spread(_ own: [Double], _ rest: [Double]) -> [Double] {
      var result = variances
      for (k, value) in zip(read, own) { result[k] = value }
      for (k, value) in zip(others, rest) { result[k] = value }
      return result
    }

    /// diag T diag(w) Tᵀ.
    private func diagonal(_ weights: [Double]) throws(PopulationError) -> [Double] {
      try onBackend { () throws(BackendError) in
        let out = try backend.makeVector(values.count)
        try backend.columnDots(vectors, vectors, weights: try backend.makeVector(weights), into: out)
        return try backend.download(out)
      }
    }

    /// diag P diag(w) Pᵀ.
    private func rowForms(_ weights: [Double]) throws(PopulationError) -> [Double] {
      guard let crossed else { return [] }
      return try onBackend { () throws(BackendError) in
        let out = try backend.makeVector(others.count)
        try backend.rowDots(crossed, crossed, weights: try backend.makeVector(weights), into: out)
        return try backend.download(out)
      }
    }

    func offDiagonalSquares(signal: Double, weights: [[Double]]) throws(PopulationError) -> [[Double]] {
      let factors = values.map { 1 / (signal * $0 + 1) }
      return try onBackend { () throws(BackendError) in
        let scaled = try backend.makeMatrix(rows: values.count, columns: values.count)
        try backend.copy(vectors, to: scaled)
        try backend.scale(scaled, rows: try backend.makeVector(factors), columns: nil)
        /// diag A diag(w) Aᵀ of A = rows · diag(factors) · Tᵀ, of a square A without its diagonal.
        func forms(_ rows: B.Matrix, transposed: Bool, count: Int) throws(BackendError) -> [[Double]] {
          let product = try backend.makeMatrix(rows: count, columns: values.count)
          try backend.multiply(
            rows, transposeA: transposed, scaled, transposeB: false, alpha: 1, beta: 0, into: product)
          if transposed { try backend.setDiagonal(of: product, to: try backend.makeVector(count)) }
          let out = try backend.makeVector(count)
          var result: [[Double]] = []
          for weights in weights {
            try backend.rowDots(product, product, weights: try backend.makeVector(read.map { weights[$0] }), into: out)
            result.append(try backend.download(out))
          }
          return result
        }
        let own = try forms(vectors, transposed: true, count: values.count)
        guard let crossed else { return own }
        let rest = try forms(crossed, transposed: false, count: others.count)
        return weights.indices.map { w in
          spread(own[w], rest[w].map { signal * signal * $0 })
        }
      }
    }
  }
}
