import RealModule

/// An interval of the real axis outside the bulk, between two of its edges or beyond one.
struct OutlierGap {
  /// The edge below, nil under the whole bulk.
  var lower: BulkEdge?
  /// The edge above, nil over the whole bulk.
  var upper: BulkEdge?
  /// Where to stop looking on the side without an edge.
  var limit: Double

  /// z at s ∈ [0, 1], stretched quadratically away from each edge, where c has a square-root singularity in z.
  func position(_ s: Double) -> Double {
    switch (lower, upper) {
    case (let low?, let high?):
      let half = Double.sin(.pi * s / 2)
      return low.z + (high.z - low.z) * half * half
    case (let low?, nil):
      return low.z * Double.exp(Double.log(limit / low.z) * s * s)
    case (nil, let high?):
      return high.z * Double.exp(Double.log(limit / high.z) * (1 - s) * (1 - s))
    case (nil, nil):
      return limit
    }
  }
}

extension SpikeFrame {
  private struct Sample {
    var s: Double
    var z: Double
    var contraction: Double
    var values: [Double]
    var vectors: [[Double]]
  }

  /// The roots of det K(z) = 0 in a gap: the sign changes of the ordered eigenvalues of K along it.
  func roots(in gap: OutlierGap, atoms: [Double]) -> [(z: Double, contraction: Double, null: [Double])] {
    let steps = 96
    var previous = gap.lower.map { sample(0, z: $0.z, contraction: $0.contraction) }
    var found: [(z: Double, contraction: Double, null: [Double])] = []
    for step in 1...steps {
      let s = Double(step) / Double(steps)
      let next: Sample?
      if step == steps, let edge = gap.upper {
        next = sample(s, z: edge.z, contraction: edge.contraction)
      } else {
        next = sample(s, in: gap, guess: previous?.contraction)
      }
      guard let next else { continue }
      if let previous, !atoms.contains(where: { $0 >= previous.z && $0 <= next.z }) {
        for index in next.values.indices where (previous.values[index] < 0) != (next.values[index] < 0) {
          if let root = refine(index, previous, next, in: gap) {
            found.append((root.z, root.contraction, root.vectors[index]))
          }
        }
      }
      previous = next
    }
    return found
  }

  private func sample(_ s: Double, z: Double, contraction: Double) -> Sample {
    let eigen = equation(contraction: contraction, z: z).symmetricEigen
    return Sample(s: s, z: z, contraction: contraction, values: eigen.values, vectors: eigen.vectors)
  }

  private func sample(_ s: Double, in gap: OutlierGap, guess: Double?) -> Sample? {
    let z = gap.position(s)
    guard case .outside(let c)? = bulk.contraction(at: z, guess: guess.map { Complex($0) }) else { return nil }
    return sample(s, z: z, contraction: c)
  }

  /// Regula falsi with the Illinois halving, bisecting where it stalls; nil for a change of sign through c = 0, which the
  /// border of heavy coordinates brings.
  private func refine(_ index: Int, _ left: Sample, _ right: Sample, in gap: OutlierGap) -> Sample? {
    var (low, high) = (left, right)
    var (lowValue, highValue) = (left.values[index], right.values[index])
    if !heavy.isEmpty, (left.contraction < 0) != (right.contraction < 0) { return nil }
    if lowValue == 0 { return left }
    var best = abs(lowValue) < abs(highValue) ? low : high
    for iteration in 0..<100 {
      let middle = (low.s + high.s) / 2
      let secant = (low.s * highValue - high.s * lowValue) / (highValue - lowValue)
      let s = iteration % 4 == 3 || !(secant > low.s && secant < high.s) ? middle : secant
      guard s > low.s, s < high.s, let trial = sample(s, in: gap, guess: best.contraction) else { break }
      let moved = abs(trial.s - best.s)
      best = trial
      let value = trial.values[index]
      if moved <= 2e-16 { break }
      if value == 0 || high.s - low.s <= 1e-15 { break }
      if (value < 0) == (low.values[index] < 0) {
        low = trial
        lowValue = value
        highValue /= 2
      } else {
        high = trial
        highValue = value
        lowValue /= 2
      }
    }
    return best
  }
}
