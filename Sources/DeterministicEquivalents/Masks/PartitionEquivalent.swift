import LacunaAlgebra

/// The deterministic equivalent of regression under a partition: each block B predicted from its context C = Bᶜ.
///
/// A ridge regression on the features Σ_CC, whose effective ridge κ solves λ = κ(1 − df₁/n), df₁ = tr Σ_CC(Σ_CC + κ)⁻¹, with
/// errors (P R'P)_kk / (1 − df₂/n), P = (R_BB)⁻¹, R = (Σ + κI)⁻¹ and R' = RΣR on B; (λ/κ)² of that in training. The context's
/// own resolvent T = (Σ_CC + κ)⁻¹ needs no further eigensolve:
///
///     tr T = tr R − tr PR²,   tr T² = tr R² + tr PR²PR² − 2 tr PR³      (R² and R³ restricted to B beside P).
///
/// Each block has the κ of its own context. That of blocks whose size stays fixed tends to Σ's as d grows; at finite d the
/// context's own is the closer one.
///
/// To order 1/n, for Gaussian data and the context's own κ, with a = (PR'P)_kk/P_kk, ∂ = κ d/dκ, b = 1 − df₂/n of the context and
/// β = ∂b/b (<doc:FiniteSize>, whose term for d − 1 features does not arise: the context is what it is),
///
///     E_tr,k ← E_tr,k (1 + x − ∂x/a),   E_gen,k ← E_gen,k (1 + x − ∂x/a − y),
///     x = (a² − a − ∂a + aβ)/(2nb),   y = (a − 2 − ∂a/a + b + 2β)/(nb).
public struct PartitionEquivalent: Sendable {
  /// κ of each block.
  public let effectiveRidges: [Double]
  public let generalizationErrors: [Double]
  public let trainingErrors: [Double]
  /// E|â_k − Eâ_k|² of each row, the spread of a ridge regression's coefficients over draws of the data: its error times
  /// tr(Σ_CC T²)/n, T = (Σ_CC + κ)⁻¹.
  public let rowVariances: [Double]
  /// The mean errors to order 1/n beside the limit; nil where they are not asked for, and where the expansion has nothing to say.
  public let finiteSize: (training: Double, generalization: Double)?

  /// E‖Â − EÂ‖²_F/d.
  public var predictorVariance: Double { blockSum(rowVariances) / Double(rowVariances.count) }
  public var generalizationError: Double { blockSum(generalizationErrors) / Double(generalizationErrors.count) }
  public var trainingError: Double { blockSum(trainingErrors) / Double(trainingErrors.count) }
}

/// Σ by its eigenvectors, for the equivalents of any partition of it: one eigensolve, then O(d b) numbers and O(d b²) time for
/// each block of size b and step of κ.
public struct PartitionedCovariance<B: Backend<Double>> {
  private let order: Int
  private let eigenvalues: [Double]
  /// Row j is the eigenvector of value j.
  private let vectors: B.Matrix
  private let backend: B

  /// - Parameter covariance: Σ, d × d, row-major, positive definite; the lower triangle is used.
  /// - Parameter d: coordinates of Σ.
  /// - Parameter backend: does the linear algebra.
  /// - Throws: `PopulationError.dimensionMismatch`, `.notPositiveDefinite`; what the backend throws.
  public init(covariance: [Double], coordinateCount d: Int, backend: B) throws(PopulationError) {
    try requirePositive(d, "coordinate count")
    guard covariance.count == d * d else {
      throw .dimensionMismatch(argument: "covariance", expected: d * d, actual: covariance.count)
    }
    (vectors, eigenvalues) = try onBackend { () throws(BackendError) in
      let matrix = try backend.makeMatrix(covariance, rows: d, columns: d)
      return (matrix, try backend.eigendecompose(matrix))
    }
    guard let least = eigenvalues.first, let greatest = eigenvalues.last, least > Double(d) * .ulpOfOne * greatest
    else {
      throw .notPositiveDefinite(reason: "its least eigenvalue is \(eigenvalues.first ?? .nan)")
    }
    order = d
    self.backend = backend
  }

  /// - Parameter blocks: coordinates from 0, every one in exactly one block.
  /// - Parameter sampleCount: n ≥ 1.
  /// - Parameter ridge: λ ≥ 0; 0 is the limit λ → 0⁺.
  /// - Parameter toOrder1: whether the errors to order 1/n are wanted, for Gaussian data: three more resolvents a block.
  /// - Throws: `ridgelessAtInterpolation` for λ = 0 with as many samples as context coordinates; `invalidArgument`.
  public func equivalent(
    blocks: [[Int]], sampleCount: Int, ridge: Double, toOrder1: Bool = false
  ) throws(PopulationError) -> PartitionEquivalent {
    try requirePositive(sampleCount, "sample count")
    guard ridge >= 0, ridge.isFinite else {
      throw .invalidArgument(name: "ridge", value: ridge, requirement: "zero or a positive number")
    }
    var ridges: [Double] = []
    var generalization = Array(repeating: 0.0, count: order)
    var training = generalization
    var variances = generalization
    var corrections: (training: Double, generalization: Double)? = toOrder1 ? (0, 0) : nil
    for block in blocks {
      let solved = try root(block, sampleCount: sampleCount, ridge: ridge)
      let errors = try onBackend { () throws(BackendError) in
        let state = try BlockState(self, block, kappa: solved.kappa)
        return try state.sandwichDiagonal(state.mixed)
      }
      for (i, k) in block.enumerated() {
        generalization[k] = errors[i] / solved.left
        training[k] = generalization[k] * solved.shrinkage * solved.shrinkage
        variances[k] = generalization[k] * solved.spread
      }
      ridges.append(solved.kappa)
      if let sums = corrections {
        let own = try correction(block, at: solved, errors: errors, sampleCount: sampleCount)
        corrections = (sums.training + own.training, sums.generalization + own.generalization)
      }
    }
    let equivalent = PartitionEquivalent(
      effectiveRidges: ridges, generalizationErrors: generalization, trainingErrors: training,
      rowVariances: variances, finiteSize: nil)
    guard let sums = corrections else { return equivalent }
    let d = Double(order)
    let (limit, fitted) = (equivalent.generalizationError, equivalent.trainingError)
    guard abs(sums.training / d) <= fitted / 2, abs(sums.generalization / d) <= limit / 2 else { return equivalent }
    return PartitionEquivalent(
      effectiveRidges: ridges, generalizationErrors: generalization, trainingErrors: training,
      rowVariances: variances, finiteSize: (fitted + sums.training / d, limit + sums.generalization / d))
  }

  /// What order 1/n adds to the sums of a block's errors. `errors` are diag PR'P.
  private func correction(
    _ block: [Int], at solved: Root, errors: [Double], sampleCount: Int
  ) throws(PopulationError) -> (training: Double, generalization: Double) {
    let n = Double(sampleCount)
    let excess = Double(sampleCount - (order - block.count))
    let step = 0.01
    var points: [(shares: [Double], remaining: Double)] = []
    for offset in [0, step, -step] {
      let kappa = solved.kappa * Double.exp(offset)
      let (traces, own, forms) = try onBackend { () throws(BackendError) in
        let state = try BlockState(self, block, kappa: kappa)
        return (
          try state.contextTraces(), try state.inverseDiagonal(), try state.sandwichDiagonal(state.mixed)
        )
      }
      points.append(
        (
          zip(forms, own).map { $0 / $1 },
          (excess + kappa * (2 * traces.resolvent - kappa * traces.square)) / n
        ))
    }
    let b = LogDerivatives(points[0].remaining, points[1].remaining, points[2].remaining, step: step)
    let left = n * b.value
    let beta = b.first / b.value
    let betaSlope = b.second / b.value - beta * beta
    var sums = (training: 0.0, generalization: 0.0)
    for i in block.indices {
      let a = LogDerivatives(points[0].shares[i], points[1].shares[i], points[2].shares[i], step: step)
      let shift = (a.value * a.value - a.value - a.first + a.value * beta) / (2 * left)
      let slope =
        (2 * a.value * a.first - a.first - a.second + a.first * beta + a.value * betaSlope) / (2 * left)
        - beta * shift
      let common = shift - slope / a.value
      let own = (a.value - 2 - a.first / a.value + b.value + 2 * beta) / left
      let limit = errors[i] / solved.left
      sums.training += limit * solved.shrinkage * solved.shrinkage * common
      sums.generalization += limit * (common - own)
    }
    return sums
  }

  private struct Root {
    var kappa: Double
    /// 1 − df₂/n.
    var left: Double
    /// λ/κ.
    var shrinkage: Double
    /// tr(Σ_CC T²)/n.
    var spread: Double
  }

  /// κ of the context of a block, and what goes with it: Newton's iteration from the right, as in `effectiveRidge`.
  private func root(_ block: [Int], sampleCount: Int, ridge: Double) throws(PopulationError) -> Root {
    let n = Double(sampleCount)
    let m = order - block.count
    let excess = Double(sampleCount - m)
    if ridge == 0 {
      guard sampleCount != m else { throw .ridgelessAtInterpolation(sampleCount: sampleCount) }
      if sampleCount > m {
        let trace = try contextTraces(block, kappa: 0).resolvent
        return Root(kappa: 0, left: excess / n, shrinkage: excess / n, spread: trace / n)
      }
    }
    var kappa = ridge + blockSum(eigenvalues) / n
    var previousStep = Double.infinity
    for _ in 0..<200 {
      let traces = try contextTraces(block, kappa: kappa)
      let share = (excess + kappa * traces.resolvent) / n
      let spread = (traces.resolvent - kappa * traces.square) / n
      let left = share + kappa * spread
      let step = (kappa * share - ridge) / left
      if abs(step) <= 1e-15 * kappa || (abs(step) < 1e-9 * kappa && abs(step) >= previousStep) {
        return Root(kappa: kappa, left: left, shrinkage: ridge / kappa, spread: spread)
      }
      previousStep = abs(step)
      kappa = max(kappa - step, ridge, kappa / 16)
    }
    throw .noConvergence(what: "the effective ridge of a block's context")
  }

  private func contextTraces(
    _ block: [Int], kappa: Double
  ) throws(PopulationError) -> (resolvent: Double, square: Double) {
    try onBackend { () throws(BackendError) in try BlockState(self, block, kappa: kappa).contextTraces() }
  }

  /// R, R² and R³ on a block at one κ, and P.
  private struct BlockState {
    let covariance: PartitionedCovariance
    let powers: [B.Matrix]
    /// R' = RΣR, a sum of positive terms.
    let mixed: B.Matrix
    let inverse: B.Matrix
    let kappa: Double

    init(_ covariance: PartitionedCovariance, _ block: [Int], kappa: Double) throws(BackendError) {
      self.covariance = covariance
      self.kappa = kappa
      let backend = covariance.backend
      let d = covariance.order
      let b = block.count
      let rows = try backend.makeMatrix(rows: d, columns: b)
      try backend.gather(of: covariance.vectors, rows: Array(0..<d), columns: block, into: rows)
      let scaled = try backend.makeMatrix(rows: d, columns: b)
      try backend.copy(rows, to: scaled)
      let inverseValues = try backend.makeVector(covariance.eigenvalues.map { 1 / ($0 + kappa) })
      powers = try (0..<3).map { _ throws(BackendError) in
        try backend.scale(scaled, rows: inverseValues, columns: nil)
        let power = try backend.makeMatrix(rows: b, columns: b)
        try backend.multiply(rows, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: power)
        return power
      }
      try backend.copy(rows, to: scaled)
      let mixedValues = covariance.eigenvalues.map { $0 / (($0 + kappa) * ($0 + kappa)) }
      try backend.scale(scaled, rows: try backend.makeVector(mixedValues), columns: nil)
      mixed = try backend.makeMatrix(rows: b, columns: b)
      try backend.multiply(rows, transposeA: true, scaled, transposeB: false, alpha: 1, beta: 0, into: mixed)
      inverse = try backend.makeMatrix(rows: b, columns: b)
      try backend.copy(powers[0], to: inverse)
      _ = try backend.invertPositiveDefinite(inverse)
      try backend.symmetrize(inverse)
    }

    /// diag P M P.
    func sandwichDiagonal(_ m: B.Matrix) throws(BackendError) -> [Double] {
      let product = try productWithInverse(m)
      let out = try covariance.backend.makeVector(m.rows)
      try covariance.backend.rowDots(product, inverse, weights: nil, into: out)
      return try covariance.backend.download(out)
    }

    /// diag P.
    func inverseDiagonal() throws(BackendError) -> [Double] {
      let out = try covariance.backend.makeVector(inverse.rows)
      try covariance.backend.diagonal(of: inverse, into: out)
      return try covariance.backend.download(out)
    }

    /// tr T and tr T².
    func contextTraces() throws(BackendError) -> (resolvent: Double, square: Double) {
      let inverses = covariance.eigenvalues.map { 1 / ($0 + kappa) }
      let first = try productWithInverse(powers[1])
      let third = try productWithInverse(powers[2])
      let b = inverse.rows
      let (f, t) = (try covariance.backend.download(first), try covariance.backend.download(third))
      var (trace, squares, cubes) = (0.0, 0.0, 0.0)
      for i in 0..<b {
        trace += f[i * b + i]
        cubes += t[i * b + i]
        for j in 0..<b { squares += f[i * b + j] * f[j * b + i] }
      }
      return (blockSum(inverses) - trace, blockSum(inverses.map { $0 * $0 }) + squares - 2 * cubes)
    }

    private func productWithInverse(_ m: B.Matrix) throws(BackendError) -> B.Matrix {
      let product = try covariance.backend.makeMatrix(rows: m.rows, columns: m.rows)
      try covariance.backend.multiply(
        inverse, transposeA: false, m, transposeB: false, alpha: 1, beta: 0, into: product)
      return product
    }
  }
}
