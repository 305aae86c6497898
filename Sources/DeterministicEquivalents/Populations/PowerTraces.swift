import RealModule

/// tr Σ, tr Σ², tr Σ³ and tr Σ⁴: what the moments of the Gram's spectrum are made of.
public struct PowerTraces: Sendable, Equatable {
  public var first: Double
  public var second: Double
  public var third: Double
  public var fourth: Double

  public init(first: Double, second: Double, third: Double, fourth: Double) {
    self.first = first
    self.second = second
    self.third = third
    self.fourth = fourth
  }

  /// Of a Σ with these eigenvalues, each with its multiplicity.
  init(eigenvalues: some Sequence<(value: Double, weight: Double)>) {
    var sums = SIMD4<Double>.zero
    for (value, weight) in eigenvalues {
      let square = value * value
      sums += weight * SIMD4(value, square, square * value, square * square)
    }
    self.init(first: sums.x, second: sums.y, third: sums.z, fourth: sums.w)
  }
}

extension DiagonalPopulation {
  public func powerTraces() -> PowerTraces {
    if let variance = commonVariance {
      return PowerTraces(eigenvalues: CollectionOfOne((value: variance, weight: Double(coordinateCount))))
    }
    return PowerTraces(eigenvalues: variances.lazy.map { (value: $0, weight: 1) })
  }

  public func logDeterminant(effectiveRidge ridge: Double) -> Double {
    if let variance = commonVariance { return Double(coordinateCount) * .log(variance + ridge) }
    return blockSum(variances.map { .log($0 + ridge) })
  }
}

extension SpikedPopulation {
  /// With F_j = Uᵀ diag(v)ʲ U the traces of words in diag(v) and UΘUᵀ, grouped by rotation.
  public func powerTraces() -> PowerTraces {
    var traces = noise.powerTraces()
    let variances = noise.variances
    let theta = SmallMatrix(diagonal: strengths)
    var weights = [Double](repeating: 1, count: coordinateCount)
    let forms = (0..<4).map { power -> SmallMatrix in
      if power > 0 { for k in weights.indices { weights[k] *= variances[k] } }
      var form = SmallMatrix(order: strengths.count)
      for i in strengths.indices {
        for j in strengths.indices {
          form[i, j] = blockSum(weights.indices.map { directions[i][$0] * weights[$0] * directions[j][$0] })
        }
      }
      return theta * form
    }
    let square = forms[0] * forms[0]
    traces.first += forms[0].trace
    traces.second += 2 * forms[1].trace + square.trace
    traces.third += 3 * forms[2].trace + 3 * (forms[1] * forms[0]).trace + (square * forms[0]).trace
    traces.fourth +=
      4 * forms[3].trace + 4 * (forms[2] * forms[0]).trace + 2 * (forms[1] * forms[1]).trace
      + 4 * (forms[1] * square).trace + (square * square).trace
    return traces
  }

  /// ln det diag(v + κ) + ln det(I + GΘ).
  public func logDeterminant(effectiveRidge ridge: Double) throws(PopulationError) -> Double {
    let identity = SmallMatrix(diagonal: strengths.map { _ in 1 })
    let gram = spikeForms(effectiveRidge: ridge).gram
    guard let determinant = (identity + gram * SmallMatrix(diagonal: strengths)).inverseAndDeterminant?.determinant,
      determinant > 0
    else { throw .notPositiveDefinite(reason: "the spikes cancel the noise in some direction") }
    return noise.logDeterminant(effectiveRidge: ridge) + .log(determinant)
  }
}

extension AutoregressivePopulation {
  /// tr Σ² as the sum over lags; tr Σ³ and tr Σ⁴ of the chain closed to a ring, O(1/d) beside those of the chain.
  public func powerTraces() -> PowerTraces {
    var traces = ring.powerTraces()
    traces.first = Double(coordinateCount)
    traces.second = stationarySecondTrace(coordinateCount: coordinateCount) { lag in
      .pow(correlation * correlation, lag)
    }
    return traces
  }

  /// Σ_k ln(f_k + κ): the variances of the noisy coordinates, each given those before it.
  public func logDeterminant(effectiveRidge ridge: Double) -> Double {
    blockSum(predictionVariances(effectiveRidge: ridge).map { .log($0.variance + ridge) })
  }
}

/// Σ_ij c_|i−j|², from the squares by lag.
func stationarySecondTrace(coordinateCount d: Int, square: (Int) -> Double) -> Double {
  blockSum((0..<d).map { Double($0 == 0 ? d : 2 * (d - $0)) * square($0) })
}

extension BlockPopulation {
  public func powerTraces() -> PowerTraces {
    PowerTraces(eigenvalues: weightedEigenvalues)
  }

  public func logDeterminant(effectiveRidge ridge: Double) -> Double {
    weightedEigenvalues.reduce(0) { $0 + $1.weight * .log($1.value + ridge) }
  }

  private var weightedEigenvalues: [(value: Double, weight: Double)] {
    sizes.flatMap { size, blocks in
      let values = eigenvalues(blockSize: size)
      return [(values.repeated, Double(blocks * (size - 1))), (values.mean, Double(blocks))]
    }
  }
}

extension CirculantPopulation {
  public func powerTraces() -> PowerTraces {
    PowerTraces(eigenvalues: eigenvalues.lazy.map { (value: $0, weight: 1) })
  }

  public func logDeterminant(effectiveRidge ridge: Double) -> Double {
    blockSum(eigenvalues.map { .log($0 + ridge) })
  }
}

extension DensePopulation {
  public func powerTraces() -> PowerTraces {
    PowerTraces(eigenvalues: eigenvalues.lazy.map { (value: $0, weight: 1) })
  }

  public func logDeterminant(effectiveRidge ridge: Double) -> Double {
    blockSum(eigenvalues.map { .log($0 + ridge) })
  }
}

extension ToeplitzPopulation {
  /// tr Σ² as the sum over lags; tr Σ³ and tr Σ⁴ of the circulant nearest to Σ, O(1/d) beside those of Σ for lags that die out.
  /// Source: T. F. Chan, *An optimal circulant preconditioner for Toeplitz systems*, 1988, doi:10.1137/0909051.
  public func powerTraces() -> PowerTraces {
    let d = coordinateCount
    let wrapped = (0..<d).map { lag in
      (Double(d - lag) * firstRow[lag] + (lag == 0 ? 0 : Double(lag) * firstRow[d - lag])) / Double(d)
    }
    var traces = PowerTraces(
      eigenvalues: circulantEigenvalues(firstRow: wrapped).lazy.map { (value: $0, weight: 1) })
    traces.first = Double(d) * firstRow[0]
    traces.second = stationarySecondTrace(coordinateCount: d) { firstRow[$0] * firstRow[$0] }
    return traces
  }
}
