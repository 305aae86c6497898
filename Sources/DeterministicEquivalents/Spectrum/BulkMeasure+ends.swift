import RealModule

/// The two ends of the support, without what lies between them; not for a dense Σ.
extension BulkMeasure {
  /// The greatest edge.
  ///
  /// Above all c p + q the equation is f(c, z) = 1/c − 1 + (1/n) Σ w p/(z − q − c p) = 0, f convex in (c, z) and falling in z: what
  /// belongs to the resolvent is followed down to the least z with f ≤ 0 for some c. The harmonic sum φ(c, z) = 1/(1 + f) of positive
  /// linear functions is concave, and so is max φ over c as a function of z: Newton's iteration on max φ = 1 rises to the edge from
  /// wherever φ ≤ 1, as it is at the edge that a node has alone. Where all q are equal max φ is linear in z.
  /// - Returns: nil without convergence.
  func greatestEdge() -> BulkEdge? {
    let n = Double(sampleCount)
    var z = nodes.reduce(0) { greatest, node in
      let root = 1 + (node.weight / n).squareRoot()
      return max(greatest, node.shift + node.scaled * root * root)
    }
    var c = 0.0
    for _ in 0..<100 {
      c = leastDefect(at: z, guess: c)
      let sums = realSums(c, z)
      // 1 + f falls by `slope`.
      let value = 1 / c - sums.first
      let step = value * (value - 1) / sums.slope
      guard step.isFinite else { return nil }
      z += step
      // Of edges the greatest alone lies above all c p + q.
      if abs(step) <= 1e-4 * z, let edge = polish(BulkEdge(z: z, contraction: c), in: z * 0.99...z * 1.01),
        nodes.allSatisfy({ edge.contraction * $0.scaled + $0.shift < edge.z })
      {
        return edge
      }
      if abs(step) <= 4e-16 * z { return BulkEdge(z: z, contraction: c) }
    }
    return nil
  }

  /// The c of the least f at z, where c² (1/n) Σ w p²B² = 1 and all c p + q < z.
  ///
  /// ((1/n) Σ w p²/(z − q − c p)²)^(−½) is concave in c, as its terms' denominators are linear and positive; less c it falls through 0 at
  /// the solution, and Newton's iteration descends to it from beyond.
  private func leastDefect(at z: Double, guess: Double) -> Double {
    let greatest = nodes.reduce(Double.infinity) { min($0, (z - $1.shift) / $1.scaled) }
    var c = guess < greatest ? guess : 0
    for _ in 0..<100 {
      let sums = realSums(c, z)
      let root = sums.second.squareRoot()
      // `second` grows with c by −2 `third`.
      let step = (1 / root - c) / (sums.third / (root * root * root) - 1)
      let next = c - step < greatest ? c - step : (c + greatest) / 2
      guard abs(next - c) > 1e-12 * next else { return next }
      c = next
    }
    return c
  }

  /// The interval below the greatest edge. Where it reaches down to a twentieth of z and holds 1.5 eigenvalues, it is taken to end there.
  /// - Parameter edge: the greatest.
  /// - Returns: nil where the equation does not settle.
  func interval(below edge: BulkEdge) -> BulkInterval? {
    let sums = realSums(edge.contraction, edge.z)
    // At the edge f and f_c vanish: z − E = ½ z″ (c − c_E)², and d ρ = (a/π)√x beside it, x the distance.
    let bend = 2 * (1 / (edge.contraction * edge.contraction * edge.contraction) - sums.third) / sums.slope
    let density = Double(sampleCount) * sums.slope * (2 / bend).squareRoot()
    // From a tenth of the scale of a single eigenvalue on, a fifth further each time.
    var depth = min(0.1 * .pow(density, -2.0 / 3), 0.01 * edge.z)
    var z = edge.z - depth
    var guess = Complex(edge.contraction, -(2 * depth / bend).squareRoot())
    var points = [ScanPoint(z: edge.z, contraction: .outside(edge.contraction), height: 0)]
    let least = bounds.lowerBound
    while z > least {
      guard let point = scanPoint(z, guess: guess) else { return nil }
      guess = point.contraction.value
      points.append(point)
      if !point.contraction.isInside { break }
      if z < 0.05 * edge.z, (1 - distribution(guess, at: z)) * weight > 1.5 { break }
      let step = min(0.2 * depth, z / 12)
      depth += step
      z -= step
    }
    points = refined(points.reversed())
    guard let last = points.dropLast().lastIndex(where: { !$0.contraction.isInside }) else {
      return BulkInterval(lower: hardEdge(points[0]), upper: edge)
    }
    guard last + 1 < points.count - 1 else { return nil }
    return BulkInterval(lower: self.edge(inside: points[last + 1], outside: points[last]), upper: edge)
  }

  /// The least edge; nil where the equation does not settle.
  func leastEdge() -> BulkEdge? {
    let bounds = bounds
    let ratio = Double.pow(bounds.upperBound / bounds.lowerBound, 1.0 / 512)
    var outside: ScanPoint?
    var z = bounds.lowerBound
    var edge: BulkEdge?
    while edge == nil, z < bounds.upperBound {
      if let point = scanPoint(z, guess: outside?.contraction.value) {
        if point.contraction.isInside {
          edge = outside.map { self.edge(inside: point, outside: $0) } ?? hardEdge(point)
        } else {
          outside = point
        }
      }
      z *= ratio
    }
    // What the scan passed over shows in the distribution function.
    for _ in 0..<64 {
      guard let found = edge, !found.endsSearch else { break }
      let start = bounds.lowerBound * 1e-3
      let hidden = search((start, 0), (found.z, distribution(at: found)), atoms: atoms).min { $0.z < $1.z }
      guard let hidden, let below = scanPoint(start, guess: nil), !below.contraction.isInside else { break }
      edge = self.edge(inside: hidden, outside: below)
    }
    return edge
  }
}
