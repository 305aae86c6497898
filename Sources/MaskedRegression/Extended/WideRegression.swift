import LacunaAlgebra

/// Leave-one-coordinate-out regression in as many digits as the data and the ridge take, on the host.
///
/// S + λI (or K + λI, whichever is smaller) is formed from exact products and inverted with
///
///     2 log₂((tr S + λ)/λ) + 128 bits:
///
/// its condition number is at most κ = (tr S + λ)/λ, the complements 1 − h are at least 1/κ, and so every number here keeps
/// more digits than float64 has, whatever the scales, outliers and collinearities. A ridge of 0 stands for the limit: it is
/// evaluated 2⁻²⁰⁰ below the square of the smallest cell, where the least-norm limit is reached to more digits still.
/// With weights w the penalty is λ diag(w), and the Gram of the samples that of x/√w.
package final class WideRegression {
  private let samples: SampleRows
  /// The samples once they are worked on, n × d, row-major; empty before.
  private(set) var rows: [Double] = []
  let sampleCount: Int
  let coordinateCount: Int
  let centered: Bool
  let scales: ColumnScales
  /// w, each above 0; nil stands for ones.
  let weights: [Double]?
  /// The smallest magnitude above 0 of each column, which the limit λ → 0 lies below; once `rows` are there.
  private(set) lazy var least = scales.least(of: rows)

  /// Whether the Gram is that of the samples, n × n.
  var isDual: Bool { sampleCount < coordinateCount }
  var order: Int { min(sampleCount, coordinateCount) }

  private(set) var arithmetic = WideArithmetic(limbs: 2)
  /// S or K less λ, lower triangle; empty before the first use.
  private var gram = WideNumbers(count: 0, limbs: 2)
  /// Column means.
  private(set) var means = WideNumbers(count: 0, limbs: 2)
  /// 1/n.
  private(set) var inverseCount = WideNumbers(count: 1, limbs: 2)
  /// The inverse, full; at `solvedRidge`.
  private(set) var inverse = WideNumbers(count: 0, limbs: 2)
  private var solvedRidge: Double?
  /// λ as it is used, and 1/λ.
  private(set) var ridges = WideNumbers(count: 2, limbs: 2)
  /// 1/w.
  private(set) var inverseWeights = WideNumbers(count: 0, limbs: 2)

  /// - Parameter samples: n × d, not centred; read once there is something to do.
  package init(_ samples: SampleRows, centered: Bool, scales: ColumnScales, weights: [Double]? = nil) {
    self.weights = weights
    self.samples = samples
    sampleCount = samples.sampleCount
    coordinateCount = samples.coordinateCount
    self.centered = centered
    self.scales = scales
  }

  /// Brings the samples here.
  func readRows() throws { if rows.isEmpty { rows = try samples.cells() } }

  // MARK: Digits and cost

  /// The ridge as value · 2^exponent, the limit's stand-in for 0.
  private func effective(_ ridge: Double) -> (value: Double, exponent: Int) {
    if ridge > 0 { return (ridge, 0) }
    let least = scales.largest.indices.filter { scales.largest[$0] > 0 }.map {
      2 * Int(self.least[$0].exponent) - weightExponent($0)
    }.min()
    return (1, (least ?? 0) - 200 - logarithm(sampleCount))
  }

  private func limbs(for ridge: Double) -> Int {
    let (value, exponent) = effective(ridge)
    // The means are within the Gram before they are taken off.
    let sizes = scales.largest.indices.filter { scales.largest[$0] > 0 }.map {
      2 * Int(max(scales.largest[$0], abs(scales.high[$0])).exponent) + 3 - weightExponent($0)
    }
    let size = (sizes.max() ?? 0) + logarithm(coordinateCount)
    let range = max(0, size - Int(value.exponent) - exponent) + logarithm(sampleCount)
    return max(3, (2 * range + 128 + 63) / 64)
  }

  private func weightExponent(_ k: Int) -> Int { weights.map { Int($0[k].exponent) } ?? 0 }

  /// About the nanoseconds that one evaluation takes.
  func cost(ridge: Double) throws -> Double {
    if ridge == 0 { try readRows() }
    let word = Double(limbs(for: ridge) * limbs(for: ridge)) + 30
    let (m, n, d) = (Double(order), Double(sampleCount), Double(coordinateCount))
    return word * (m * m * m / 2 + (isDual ? n * n * d : 0)) + 20 * n * d * m / 2
  }

  /// About the nanoseconds that the predictor takes.
  func predictorCost(ridge: Double) throws -> Double {
    let d = Double(coordinateCount)
    return try cost(ridge: ridge)
      + (isDual ? 30 + Double(limbs(for: ridge) * limbs(for: ridge)) : 0) * d * d * Double(sampleCount)
  }

  // MARK: Gram and inverse

  /// Makes `inverse` that of the Gram plus ridge.
  /// - Throws: `CancellationError`; `numericallySingular` never on finite data, but for a defect here.
  func solve(ridge: Double) throws {
    if solvedRidge == ridge { return }
    try readRows()
    let needed = limbs(for: ridge)
    // Four more limbs at hand than needed cost less than the Gram once again.
    if arithmetic.limbs < needed || arithmetic.limbs > needed + 4 || gram.count == 0 {
      do {
        try formGram(limbs: needed)
      } catch {
        // Part of a Gram is none.
        gram = WideNumbers(count: 0, limbs: 2)
        throw error
      }
    }
    let a = arithmetic
    let (value, exponent) = effective(ridge)
    a.set(ridges[0], to: value, exponent: exponent)
    a.invert(ridges[0], into: ridges[1])
    solvedRidge = nil
    inverse.copy(from: gram)
    let weight = WideNumbers(count: 1, limbs: a.limbs)
    for k in 0..<order {
      if let weights, !isDual {
        a.set(weight[0], to: weights[k])
        a.accumulate(inverse[k * order + k], ridges[0], weight[0])
      } else {
        a.add(inverse[k * order + k], ridges[0])
      }
    }
    try invert()
    solvedRidge = ridge
  }

  /// Cell (i, k), the mean taken off.
  @inline(__always) func cell(_ i: Int, _ k: Int, into target: WideArithmetic.Number) {
    guard scales.largest[k] > 0 else { return arithmetic.set(target, to: 0) }
    arithmetic.set(target, to: rows[i * coordinateCount + k])
    if centered { arithmetic.add(target, means[k], subtract: true) }
  }

  private func formGram(limbs: Int) throws {
    let a = WideArithmetic(limbs: limbs)
    let (n, d, m) = (sampleCount, coordinateCount, order)
    arithmetic = a
    gram = WideNumbers(count: m * m, limbs: limbs)
    inverse = WideNumbers(count: m * m, limbs: limbs)
    means = WideNumbers(count: d, limbs: limbs)
    ridges = WideNumbers(count: 2, limbs: limbs)
    inverseCount = WideNumbers(count: 1, limbs: limbs)
    let number = WideNumbers(count: 2, limbs: limbs)
    a.set(number[0], to: Double(n))
    a.invert(number[0], into: inverseCount[0])
    let used = (0..<d).filter { scales.largest[$0] > 0 }
    if let weights {
      inverseWeights = WideNumbers(count: d, limbs: limbs)
      for k in 0..<d {
        a.set(number[1], to: weights[k])
        a.invert(number[1], into: inverseWeights[k])
      }
    }
    if isDual, weights != nil {
      for i in 0..<n {
        try Interruption.check()
        for j in 0...i {
          for k in used {
            a.set(number[0], to: 0)
            a.accumulate(number[0], rows[i * d + k], rows[j * d + k])
            a.accumulate(gram[i * n + j], number[0], inverseWeights[k])
          }
        }
      }
    } else if isDual {
      for i in 0..<n {
        try Interruption.check()
        for j in 0...i {
          for k in used { a.accumulate(gram[i * n + j], rows[i * d + k], rows[j * d + k]) }
        }
      }
    } else {
      for i in 0..<n {
        if i % 64 == 0 { try Interruption.check() }
        for j in used {
          let value = rows[i * d + j]
          for k in used where k <= j { a.accumulate(gram[j * d + k], value, rows[i * d + k]) }
        }
      }
    }
    if centered {
      for k in used {
        a.set(number[0], to: 0)
        for i in 0..<n { a.accumulate(number[0], rows[i * d + k], 1) }
        a.multiply(number[0], inverseCount[0], into: means[k])
      }
      isDual ? centerSampleGram() : takeOffMeans(used)
    }
    for i in 0..<m {
      for j in 0...i {
        a.copy(gram[i * m + j], to: number[0])
        a.multiply(number[0], inverseCount[0], into: gram[i * m + j])
      }
    }
  }

  /// XᵀX − n·mmᵀ.
  private func takeOffMeans(_ used: [Int]) {
    let a = arithmetic
    let number = WideNumbers(count: 2, limbs: a.limbs)
    a.set(number[0], to: Double(sampleCount))
    for j in used {
      a.multiply(number[0], means[j], into: number[1])
      for k in used where k <= j { a.accumulate(gram[j * order + k], number[1], means[k], subtract: true) }
    }
  }

  /// K_ij − k_i − k_j + k, k_i the mean of row i and k that of all.
  private func centerSampleGram() {
    let a = arithmetic
    let n = sampleCount
    let average = WideNumbers(count: n + 2, limbs: a.limbs)
    for i in 0..<n {
      a.set(average[n], to: 0)
      for j in 0..<n { a.add(average[n], gram[max(i, j) * n + min(i, j)]) }
      a.multiply(average[n], inverseCount[0], into: average[i])
      a.accumulate(average[n + 1], average[i], inverseCount[0])
    }
    for i in 0..<n {
      for j in 0...i {
        a.add(gram[i * n + j], average[i], subtract: true)
        a.add(gram[i * n + j], average[j], subtract: true)
        a.add(gram[i * n + j], average[n + 1])
      }
    }
  }

  /// Inverts `inverse` by sweeping every pivot, and fills both triangles.
  ///
  /// Sweeping pivot p of A: A_ij −= A_ip A_pj/A_pp, A_ip /= A_pp, A_pp = −1/A_pp; all pivots swept leave −A⁻¹.
  /// Source: Goodnight, *A tutorial on the SWEEP operator*, 1979, doi:10.1080/00031305.1979.10482685.
  private func invert() throws {
    let a = arithmetic
    let m = order
    let column = WideNumbers(count: m, limbs: a.limbs)
    let ratios = WideNumbers(count: m + 1, limbs: a.limbs)
    for p in 0..<m {
      try Interruption.check()
      let pivot = inverse[p * m + p]
      guard a.isPositive(pivot) else {
        throw RegressionError.numericallySingular(coordinate: nil, ridge: solvedRidge ?? 0, precision: .float64)
      }
      a.invert(pivot, into: ratios[m])
      for i in 0..<m where i != p {
        a.copy(inverse[max(i, p) * m + min(i, p)], to: column[i])
        a.multiply(column[i], ratios[m], into: ratios[i])
      }
      for i in 0..<m where i != p {
        for j in 0...i where j != p { a.accumulate(inverse[i * m + j], ratios[i], column[j], subtract: true) }
        a.copy(ratios[i], to: inverse[max(i, p) * m + min(i, p)])
      }
      a.copy(ratios[m], to: pivot)
      a.negate(pivot)
    }
    for i in 0..<m {
      for j in 0...i {
        a.negate(inverse[i * m + j])
        if j < i { a.copy(inverse[i * m + j], to: inverse[j * m + i]) }
      }
    }
  }
}

/// ⌈log₂(count + 1)⌉.
private func logarithm(_ count: Int) -> Int { Int.bitWidth - count.leadingZeroBitCount }
