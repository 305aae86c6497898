/// UᵀWU for the four weights W that the traces and diagonals of a spiked population need, with a = 1/(v + κ).
struct SpikeForms {
  /// W = a.
  var gram: SmallMatrix
  /// W = a².
  var squared: SmallMatrix
  /// W = a² v.
  var squaredNoise: SmallMatrix
  /// W = a³ v.
  var cubedNoise: SmallMatrix
}

/// What the spikes change: R and RΣR minus their diagonal parts, between diag(a)U on both sides.
struct SpikeUpdate {
  /// M = Θ(I + GΘ)⁻¹, symmetric.
  var resolvent: SmallMatrix
  /// N = (I + GΘ)⁻ᵀ (Θ + ΘKΘ) (I + GΘ)⁻¹ with K = Uᵀ a² v U: uᵀNu is the part of RΣR that no cancellation touches.
  var covariance: SmallMatrix
}

extension SpikedPopulation {
  /// - Parameter excluding: a coordinate left out of the sums, nil for none.
  func spikeForms(effectiveRidge ridge: Double, excluding: Int? = nil) -> SpikeForms {
    let order = strengths.count
    let empty = SmallMatrix(order: order)
    var forms = SpikeForms(gram: empty, squared: empty, squaredNoise: empty, cubedNoise: empty)
    for i in 0..<order {
      for j in 0...i {
        let sums: SIMD4<Double>
        if let k = excluding {
          sums =
            pairForms(directions[i], directions[j], over: 0..<k, effectiveRidge: ridge)
            + pairForms(directions[i], directions[j], over: (k + 1)..<coordinateCount, effectiveRidge: ridge)
        } else {
          sums = pairForms(directions[i], directions[j], over: 0..<coordinateCount, effectiveRidge: ridge)
        }
        for (row, column) in [(i, j), (j, i)] {
          forms.gram[row, column] = sums.x
          forms.squared[row, column] = sums.y
          forms.squaredNoise[row, column] = sums.z
          forms.cubedNoise[row, column] = sums.w
        }
      }
    }
    return forms
  }

  /// Σ_k u_k w_k (a, a², a²v, a³v) over a range of coordinates.
  private func pairForms(
    _ u: [Double], _ w: [Double], over range: Range<Int>, effectiveRidge ridge: Double
  ) -> SIMD4<Double> {
    u.withUnsafeBufferPointer { u in
      w.withUnsafeBufferPointer { w in
        if let variance = noise.commonVariance {
          let product = accumulate(range) { start, end in
            var sum = 0.0
            for k in start..<end { sum += u[k] * w[k] }
            return SIMD4(sum, 0, 0, 0)
          }.x
          let a = 1 / (variance + ridge)
          return SIMD4(1, a, a * variance, a * a * variance) * (a * product)
        }
        return noise.variances.withUnsafeBufferPointer { variances in
          accumulate(range) { start, end in
            var sum = SIMD4<Double>.zero
            for k in start..<end {
              let a = 1 / (variances[k] + ridge)
              let share = a * variances[k]
              sum += SIMD4(1, a, share, a * share) * (a * u[k] * w[k])
            }
            return sum
          }
        }
      }
    }
  }

  func update(_ forms: SpikeForms) throws(PopulationError) -> SpikeUpdate {
    let theta = SmallMatrix(diagonal: strengths)
    let identity = SmallMatrix(diagonal: strengths.map { _ in 1 })
    guard let inverse = (identity + forms.gram * theta).inverseAndDeterminant?.inverse else {
      throw .notPositiveDefinite(reason: "the spikes cancel the noise in some direction")
    }
    return SpikeUpdate(
      resolvent: theta * inverse,
      covariance: inverse.transposed * (theta + theta * forms.squaredNoise * theta) * inverse)
  }

  /// Σ ≻ 0 where adding the spikes one by one, positive ones first, keeps every pivot of I + GΘ at κ = 0 positive.
  func validate() throws(PopulationError) {
    guard strengths.count == directions.count else {
      throw .dimensionMismatch(argument: "spike directions", expected: strengths.count, actual: directions.count)
    }
    for (index, (strength, direction)) in zip(strengths, directions).enumerated() {
      guard strength.isFinite else {
        throw .invalidArgument(name: "strength of spike \(index + 1)", value: strength, requirement: "a finite number")
      }
      guard direction.count == coordinateCount else {
        throw .dimensionMismatch(
          argument: "direction of spike \(index + 1)", expected: coordinateCount, actual: direction.count)
      }
      let norm = blockSum(direction.map { $0 * $0 }).squareRoot()
      guard abs(norm - 1) <= 1e-6 else {
        throw .invalidArgument(
          name: "norm of the direction of spike \(index + 1)", value: norm,
          requirement: "1 (divide the direction by its norm)")
      }
    }
    guard strengths.contains(where: { $0 < 0 }) else { return }
    let order = strengths.indices.sorted { strengths[$0] > strengths[$1] }
    let gram = spikeForms(effectiveRidge: 0).gram
    var woodbury = SmallMatrix(diagonal: strengths.map { _ in 1 })
    for (i, row) in order.enumerated() {
      for (j, column) in order.enumerated() { woodbury[i, j] += gram[row, column] * strengths[column] }
    }
    let pivots = woodbury.leadingPivots
    if let last = pivots.last, last < 1e-14 {
      let spike = order[pivots.count - 1]
      throw .notPositiveDefinite(
        reason: "spike \(spike + 1) of strength \(strengths[spike]) takes more than the variance its direction has; "
          + "a strength nearer 0 would do")
    }
  }
}
