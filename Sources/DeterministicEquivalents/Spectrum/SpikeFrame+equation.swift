/// The equation of the outliers and the eigenvector that solves it.
extension SpikeFrame {
  /// Spikes that are there at all.
  var active: [Int] { strengths.indices.filter { strengths[$0] != 0 } }

  private func variance(_ k: Int) -> Double { noise.commonVariance ?? noise.variances[k] }

  /// K(z), singular exactly at the outliers: with the heavy coordinates H bordering,
  ///
  ///     [ Θ⁻¹ + c M     c U′_Hᵀ ]
  ///     [ c U′_H       −c A_H   ],   M = Σ_(k∉H) D_k u_k u_kᵀ/A_k,   A_k = D_k(c v_k + λ) − z.
  ///
  /// Its Schur complement in A_H is Θ⁻¹ + c U′ᵀG₀U′ without the poles that single coordinates would put outside the bulk.
  func equation(contraction c: Double, z: Double) -> SmallMatrix {
    let active = active
    let r = active.count
    var matrix = SmallMatrix(order: r + heavy.count)
    let forms = forms(contraction: c, z: z)
    for i in 0..<r {
      for j in 0..<r {
        matrix[i, j] = c * forms[i, j] + (i == j ? 1 / strengths[active[i]] : 0)
      }
    }
    for (offset, k) in heavy.enumerated() {
      let root = metric[k].squareRoot()
      for i in 0..<r {
        matrix[i, r + offset] = c * root * directions[active[i]][k]
        matrix[r + offset, i] = matrix[i, r + offset]
      }
      matrix[r + offset, r + offset] = -c * (metric[k] * (c * variance(k) + ridge) - z)
    }
    return matrix
  }

  /// M_ij over the active spikes, heavy coordinates left out.
  func forms(contraction c: Double, z: Double) -> SmallMatrix {
    let active = active
    var result = SmallMatrix(order: active.count)
    let excluded = heavy.sorted()
    for i in active.indices {
      for j in 0...i {
        let (u, w) = (directions[active[i]], directions[active[j]])
        var sum = 0.0
        var start = 0
        for end in excluded + [metric.count] {
          if end > start { sum += form(u, w, start..<end, c, z) }
          start = end + 1
        }
        result[i, j] = sum
        result[j, i] = sum
      }
    }
    return result
  }

  private func form(_ u: [Double], _ w: [Double], _ range: Range<Int>, _ c: Double, _ z: Double) -> Double {
    let common = noise.commonVariance
    let variances = common == nil ? noise.variances : []
    return u.withUnsafeBufferPointer { u in
      w.withUnsafeBufferPointer { w in
        metric.withUnsafeBufferPointer { metric in
          variances.withUnsafeBufferPointer { variances in
            accumulate(range) { start, end in
              var sum = 0.0
              for k in start..<end {
                let v = common ?? variances[k]
                sum += metric[k] * u[k] * w[k] / (metric[k] * (c * v + ridge) - z)
              }
              return SIMD4(sum, 0, 0, 0)
            }.x
          }
        }
      }
    }
  }

  /// x = G₀U′y for the null vector (y, x_H) of the equation.
  func eigenvector(null: [Double], contraction c: Double, z: Double) -> [Double] {
    let active = active
    let d = metric.count
    var x = Array(repeating: 0.0, count: d)
    for (i, j) in active.enumerated() {
      for k in 0..<d { x[k] += null[i] * directions[j][k] }
    }
    let common = noise.commonVariance
    let variances = common == nil ? noise.variances : []
    for k in 0..<d {
      x[k] *= metric[k].squareRoot() / (metric[k] * (c * (common ?? variances[k]) + ridge) - z)
    }
    for (offset, k) in heavy.enumerated() { x[k] = null[active.count + offset] }
    return x
  }

  /// The squared overlaps with each spike of the eigenvector of W at an outlier.
  ///
  /// With x the null vector of cΣ′ + λD − z, the equivalent of vvᵀ is xxᵀ/N, N = xᵀ(I − c′Σ′)x, and the squared length
  /// vᵀMv of v in a diagonal metric M is (xᵀMx + (xᵀΣ′x/(−n h_c)) tr M G₀Σ′G₀)/N, h_c = −1/c² + (1/n)tr(Σ′G₀)²: the second
  /// term is the part of v that lies in the bulk. For M = I it gives 1.
  func overlaps(eigenvector x: [Double], contraction c: Double, z: Double) -> [OutlierEquivalent.Overlap] {
    let sums = bulk.realSums(c, z)
    let curvature = -1 / (c * c) + sums.second
    let slope = sums.slope / curvature
    let common = noise.commonVariance
    let variances = common == nil ? noise.variances : []
    let scaled = x.indices.map { metric[$0].squareRoot() * x[$0] }
    let projections = directions.map { u in dot(u, scaled) }
    var lengths = SIMD4<Double>.zero
    for k in x.indices {
      let square = x[k] * x[k]
      let v = common ?? variances[k]
      lengths += SIMD4(square, square * metric[k] * v, square / metric[k], square * metric[k])
    }
    let covariance = lengths.y + strengths.indices.reduce(0) { $0 + strengths[$1] * projections[$1] * projections[$1] }
    let norm = lengths.x - slope * covariance
    var (inverseTrace, metricTrace) = (0.0, 0.0)
    for node in bulk.nodes {
      let b = 1 / (c * node.scaled + node.shift - z)
      let weight = node.weight * node.scaled * b * b
      inverseTrace += weight / node.metric
      metricTrace += weight * node.metric
    }
    let spread = covariance / (-Double(bulk.sampleCount) * curvature)
    let rightLength = lengths.z + spread * inverseTrace
    let leftLength = lengths.w + spread * metricTrace
    return directions.indices.map { j in
      let u = directions[j]
      let weighted = u.indices.reduce(0.0) { $0 + metric[$1] * u[$1] * u[$1] }
      let right = u.indices.reduce(0.0) { $0 + u[$1] * x[$1] / metric[$1].squareRoot() }
      return OutlierEquivalent.Overlap(
        symmetrized: projections[j] * projections[j] / (weighted * norm),
        right: right * right / rightLength,
        left: projections[j] * projections[j] / leftLength)
    }
  }

  private func dot(_ u: [Double], _ x: [Double]) -> Double {
    accumulate(count: u.count) { start, end in
      var sum = 0.0
      for k in start..<end { sum += u[k] * x[k] }
      return SIMD4(sum, 0, 0, 0)
    }.x
  }
}
