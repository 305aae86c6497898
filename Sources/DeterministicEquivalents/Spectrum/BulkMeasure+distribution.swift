import RealModule

/// The distribution function without integration.
///
/// tr G is the derivative in z of −Φ, Φ(c, z) = Σ_k w_k ln(c p_k + q_k − z) − n(ln c − c), which is stationary in c where c solves its
/// equation. With both logarithms' arguments in [−π, 0], as Im c ≤ 0 has them,
///
///     F(z) = −(1/π) Im Φ(c(z), z)/Σw,
///
/// on the axis and off the support too, where it counts whole entries: that intervals and atoms hold everything is seen exactly.
extension BulkMeasure {
  /// F(z) from c there.
  func distribution(_ c: Complex, at z: Double) -> Double {
    func angle(_ real: Double, _ imaginary: Double) -> Double {
      imaginary < 0 ? .atan2(y: imaginary, x: real) : real < 0 ? -.pi : 0
    }
    var sum = 0.0
    for node in nodes {
      sum += node.weight * angle(c.real * node.scaled + node.shift - z, c.imaginary * node.scaled)
    }
    let samples = Double(sampleCount) * (angle(c.real, c.imaginary) - c.imaginary)
    return min(1, max(0, (samples - sum) / (.pi * weight)))
  }

  /// F at an edge.
  func distribution(at edge: BulkEdge) -> Double {
    edge.distribution ?? distribution(Complex(edge.contraction), at: edge.z)
  }

  /// A point inside each stretch between intervals, beneath and above them, where F rises by more than atoms say; and the edges
  /// beside it, to tell it from its neighbours. An end of the search inside the support is no edge: what is found beyond it belongs
  /// to the same interval.
  func hiddenPoints(beside intervals: [BulkInterval]) -> [ScanPoint] {
    guard pencil == nil else { return [] }
    let atoms = atoms
    let bounds = bounds
    var result: [ScanPoint] = []
    for index in 0...intervals.count {
      let below = index > 0 ? intervals[index - 1].upper : nil
      let above = index < intervals.count ? intervals[index].lower : nil
      let low = (z: below?.z ?? bounds.lowerBound * 1e-3, count: below.map { distribution(at: $0) } ?? 0)
      let high = (z: above?.z ?? bounds.upperBound * 4, count: above.map { distribution(at: $0) } ?? 1)
      let found = search(low, high, atoms: atoms)
      guard !found.isEmpty else { continue }
      for edge in [below, above] {
        if let edge, !edge.endsSearch {
          result.append(ScanPoint(z: edge.z, contraction: .outside(edge.contraction), height: 0))
        }
      }
      result += found
    }
    return result
  }

  /// Halves a stretch outside, in ln z, until a point of the support shows.
  func search(
    _ low: (z: Double, count: Double), _ high: (z: Double, count: Double), atoms: [(z: Double, mass: Double)]
  ) -> [ScanPoint] {
    var result: [ScanPoint] = []
    var stack = [(low, high)]
    while let (low, high) = stack.popLast(), result.count < 64 {
      let held = atoms.reduce(0) { $0 + ($1.z > low.z && $1.z < high.z ? $1.mass : 0) }
      guard high.count - low.count - held > 1e-9, high.z - low.z > 1e-13 * high.z else { continue }
      // Not within rounding of an atom, and elsewhere where the equation does not settle.
      let places = [0.5, 0.41, 0.63, 0.27].map { low.z * .pow(high.z / low.z, $0) }.filter { z in
        z > low.z && z < high.z && !atoms.contains { abs($0.z - z) <= 1e-12 * z }
      }
      var settled: (z: Double, contraction: Contraction)?
      for z in places where settled == nil { settled = contraction(at: z, guess: nil).map { (z, $0) } }
      guard let (z, found) = settled else { continue }
      switch found {
      case .inside:
        result.append(ScanPoint(z: z, contraction: found, height: 0))
      case .outside(let c):
        let middle = (z: z, count: distribution(Complex(c), at: z))
        stack.append((middle, high))
        stack.append((low, middle))
      }
    }
    return result
  }
}
