extension ToeplitzPopulation {
  /// The eigenvalues of a circulant covariance of length m ≥ max(2d − 2, 1) whose leading d × d block is Σ.
  ///
  /// First the shortest, m = 2d − 2. Where that has a negative eigenvalue, the lags are continued by the covariance of the
  /// autoregression of order d − 1 that has the given ones (the extension of maximum entropy, J. P. Burg 1975), whose
  /// spectral density is positive, over 2d, 4d, … 128d lags until no eigenvalue is negative.
  /// - Returns: m eigenvalues in the order of the discrete Fourier transform, none negative; those above −1e-13 times the
  ///   greatest are taken for 0.
  /// - Throws: `noCirculantEmbedding` where none of these lengths serves.
  /// Source: C. R. Dietrich, G. N. Newsam, *Fast and exact simulation of stationary Gaussian processes through circulant
  /// embedding of the covariance matrix*, SIAM J. Sci. Comput. 18, 1997, doi:10.1137/S1064827592240555.
  public func circulantEmbedding() throws(PopulationError) -> [Double] {
    let d = coordinateCount
    guard d > 1 else { return [firstRow[0]] }
    var least = 0.0
    if let values = Self.embed(firstRow, least: &least) { return values }
    let found = try PredictionFilter(firstRow: firstRow)
    let filter = Array(found.coefficients.prefix(found.order + 1))
    var lags = firstRow
    var target = 2 * d
    while target <= 128 * d {
      extend(&lags, to: target, filter: filter)
      if let values = Self.embed(lags, least: &least) { return values }
      target *= 2
    }
    throw .noCirculantEmbedding(coordinateCount: d, triedLength: 2 * lags.count - 2, leastEigenvalue: least)
  }

  /// c_k = −Σ_(i≥1) a_i c_(k−i) for the lags still missing.
  private func extend(_ lags: inout [Double], to count: Int, filter: [Double]) {
    lags.reserveCapacity(count)
    while lags.count < count {
      var sum = 0.0
      for i in 1..<filter.count { sum -= filter[i] * lags[lags.count - i] }
      lags.append(sum)
    }
  }

  private static func embed(_ lags: [Double], least: inout Double) -> [Double]? {
    var values = circulantEigenvalues(firstRow: lags + lags.dropFirst().dropLast().reversed())
    least = values.min() ?? 0
    guard let greatest = values.max(), least >= -1e-13 * greatest else { return nil }
    for k in values.indices where values[k] < 0 { values[k] = 0 }
    return values
  }
}
