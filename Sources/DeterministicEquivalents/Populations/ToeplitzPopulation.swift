import LacunaAlgebra
import RealModule

/// A stationary covariance: Σ_ij = c_|i−j|, in O(d) storage. Each κ costs O(m² + d log d) time, m the order from which on the
/// prediction filter of the noisy process stays what it is (`PredictionFilter`): tens or hundreds where correlations die out
/// exponentially, and O(d²) where they last.
///
/// With x = R e₁, the first column of R = (Σ + κI)⁻¹, the Gohberg–Semencul formula gives every entry of R; its diagonals are
///
///     R_(k,k) = (1/x₀) Σ_(i≤k) (x_i² − x_(d−i)²),   x_d = 0,
///     Σ_k R_(k,k+l) = (1/x₀) Σ_i (d − l − 2i) x_i x_(i+l).
///
/// RΣR = d(κR)/dκ, so the same formulas differentiated, with y = RΣx for x, give RΣR. Products with Σ and R are
/// convolutions and run by Fourier transform.
/// Source: I. Gohberg, A. Semencul, *On the inversion of finite Toeplitz matrices and their continuous analogs*, 1972;
/// G. H. Golub, C. F. Van Loan, *Matrix Computations*, 4th edition, section 4.7.
public struct ToeplitzPopulation: Population {
  /// c_0 … c_(d−1).
  public let firstRow: [Double]

  public var coordinateCount: Int { firstRow.count }
  public var variances: [Double] { Array(repeating: firstRow[0], count: firstRow.count) }

  /// - Throws: `notPositiveDefinite` with the order of the first leading minor that is not positive; `invalidArgument` for
  ///   an empty row.
  public init(firstRow: [Double]) throws(PopulationError) {
    try requirePositive(firstRow.count, "length of the first row")
    try requirePositive([firstRow[0]])
    self.firstRow = firstRow
    _ = try PredictionFilter(firstRow: firstRow)
  }

  public func resolventTraces(effectiveRidge ridge: Double) throws(PopulationError) -> ResolventTraces {
    let columns = try resolventColumns(effectiveRidge: ridge)
    let sums = columns.diagonalSums()
    let d = Double(coordinateCount)
    let resolvent = sums.resolvent[0]
    let mixed = sums.resolventCovarianceResolvent[0]
    var first = d - ridge * resolvent
    var second = first - ridge * mixed
    // Where the ridge is large these differences cancel, and the traces against Σ itself do not.
    if first < d / 2 { first = traceWithCovariance(sums.resolvent) }
    if second < first / 2 { second = traceWithCovariance(sums.resolventCovarianceResolvent) }
    return ResolventTraces(first: first, second: second, resolvent: resolvent, resolventCovarianceResolvent: mixed)
  }

  public func resolventDiagonals(effectiveRidge ridge: Double) throws(PopulationError) -> ResolventDiagonals {
    try resolventColumns(effectiveRidge: ridge).diagonals()
  }

  public func logDeterminant(effectiveRidge ridge: Double) throws(PopulationError) -> Double {
    var row = firstRow
    row[0] += ridge
    return try PredictionFilter(firstRow: row).logDeterminant
  }

  /// tr ΣA for a symmetric A given by the sums of its diagonals.
  private func traceWithCovariance(_ sums: [Double]) -> Double {
    var terms = Array(repeating: 0.0, count: sums.count)
    for lag in sums.indices { terms[lag] = (lag == 0 ? 1 : 2) * firstRow[lag] * sums[lag] }
    return blockSum(terms)
  }

  /// x = R e₁ and y = RΣR e₁ = RΣx.
  private func resolventColumns(effectiveRidge ridge: Double) throws(PopulationError) -> ToeplitzColumns {
    var row = firstRow
    row[0] += ridge
    let filter = try PredictionFilter(firstRow: row)
    let x = filter.coefficients.map { $0 / filter.variance }
    guard ridge > 0 else { return ToeplitzColumns(resolvent: x, resolventCovarianceResolvent: x) }
    let product = TriangularConvolution(count: coordinateCount)
    let y = product.inverseToeplitz(column: x, times: product.toeplitz(firstRow: firstRow, times: x))
    return ToeplitzColumns(resolvent: x, resolventCovarianceResolvent: y)
  }
}
