/// With a = 1/(αv + γ), Z = diag(a)U, G = UᵀZ and K = αΘ(I + αGΘ)⁻¹, Woodbury's identity gives Q̄ = diag(a) − ZKZᵀ.
extension SpikedPopulation: MatrixRidgePopulation {
  public var spiked: SpikedPopulation? { self }

  public var matrixRidge: (any MatrixRidgePopulation)? { self }

  public func resolvent(ridges: [Double]) -> any MatrixRidgeResolvent {
    Resolvent(noise: noise.variances, strengths: strengths, directions: directions, ridges: ridges)
  }

  private struct Resolvent: MatrixRidgeResolvent {
    let noise: [Double]
    let strengths: [Double]
    let directions: [[Double]]
    let ridges: [Double]

    private var rank: Int { strengths.count }

    /// Uᵀ diag(w) U.
    private func form(_ weights: [Double]) -> SmallMatrix {
      var result = SmallMatrix(order: rank)
      for i in 0..<rank {
        for j in 0...i {
          var sum = 0.0
          for k in weights.indices { sum += directions[i][k] * weights[k] * directions[j][k] }
          result[i, j] = sum
          result[j, i] = sum
        }
      }
      return result
    }

    private func core(signal: Double) throws(PopulationError) -> (a: [Double], update: SmallMatrix) {
      let a = noise.indices.map { 1 / (signal * noise[$0] + ridges[$0]) }
      let theta = SmallMatrix(diagonal: strengths.map { signal * $0 })
      let identity = SmallMatrix(diagonal: Array(repeating: 1, count: rank))
      guard let inverse = (identity + form(a) * theta).inverseAndDeterminant?.inverse else {
        throw .notPositiveDefinite(reason: "a negative spike cancels the ridge exactly")
      }
      return (a, theta * inverse)
    }

    private func loadings(_ k: Int) -> [Double] { directions.map { $0[k] } }

    func diagonals(signal: Double) throws(PopulationError) -> MatrixRidgeDiagonals {
      let (a, update) = try core(signal: signal)
      let identity = SmallMatrix(diagonal: Array(repeating: 1, count: rank))
      // Q̄U = Z(I − KG), so the spikes add z (I − KG)Θ(I − KG)ᵀ zᵀ; the noise adds z K(Zᵀdiag(v)Z)K zᵀ and two cross terms.
      var negative = update * form(a)
      for index in negative.values.indices { negative.values[index] *= -1 }
      let kept = identity + negative
      let inner = form(a.indices.map { a[$0] * a[$0] * noise[$0] })
      let second = kept * SmallMatrix(diagonal: strengths) * kept.transposed + update * inner * update.transposed
      var resolvent = a
      var mixed = a
      var shares = a
      // Of ΣQ̄: Θ(I − GK) = K/α.
      let spikes = signal > 0 ? update.scaled(by: 1 / signal) : SmallMatrix(diagonal: strengths)
      for k in a.indices {
        let u = loadings(k)
        if ridges[k] == .infinity {
          resolvent[k] = 1
          shares[k] = noise[k] + spikes.form(u)
          mixed[k] = noise[k] + second.form(u)
          continue
        }
        let square = a[k] * a[k]
        let taken = square * update.form(u)
        resolvent[k] = a[k] - taken
        shares[k] = noise[k] * (a[k] - taken) + a[k] * spikes.form(u)
        mixed[k] = square * noise[k] - 2 * a[k] * noise[k] * taken + square * second.form(u)
      }
      return MatrixRidgeDiagonals(
        resolvent: resolvent, resolventCovarianceResolvent: mixed, covarianceResolvent: shares)
    }

    func offDiagonalSquares(signal: Double, weights: [[Double]]) throws(PopulationError) -> [[Double]] {
      let (a, update) = try core(signal: signal)
      return weights.map { weights in
        let second = update * form(a.indices.map { a[$0] * a[$0] * weights[$0] }) * update.transposed
        return a.indices.map { k in
          let u = loadings(k)
          if ridges[k] == .infinity { return second.form(u) }
          let own = a[k] * update.form(u)
          return max(0, a[k] * a[k] * (second.form(u) - weights[k] * own * own))
        }
      }
    }
  }
}
