import LacunaAlgebra
import LacunaFourier
import RealModule

/// One interval of the continuous spectrum, with its density as a cosine series.
///
/// In the angle θ ∈ [0, π], ln z = m − h cos θ between the edges, the density vanishes like sin θ at both ends, so that
/// z ρ(z) d(ln z)/dθ is smooth and even: its cosine series converges geometrically, integrates term by term, and the
/// distribution function follows to the accuracy of the density. Where a few entries of Σ are far smaller than others they put a
/// needle into the density that no such series follows: the equation is then solved at each point that is asked for.
struct SpectralComponent: Sendable {
  let lower: BulkEdge
  let upper: BulkEdge
  /// The fraction of the spectrum in the interval.
  let mass: Double
  /// a_k of (1/π)(a_0 + 2Σ a_k cos kθ), a_0 the mass.
  private let coefficients: [Double]
  /// c at the angles (j + ½)π/N.
  private let samples: [Complex]
  private let halfWidth: Double
  private let isConverged: Bool
  /// The bulk with its F at the lower edge, where the series has not converged.
  private let exact: (bulk: BulkMeasure, base: Double)?
  /// Points well inside the interval that lie outside the support: it is none, and has been left unfinished.
  let gaps: [BulkMeasure.ScanPoint]

  /// - Parameter maximumOrder: greatest N; smooth densities need a hundred or less.
  init(_ interval: BulkInterval, of bulk: BulkMeasure, maximumOrder: Int = 1024) {
    lower = interval.lower
    upper = interval.upper
    // ln(upper/lower)/2 without the cancellation that a narrow interval would suffer.
    halfWidth = Double.log(onePlus: (upper.z - lower.z) / lower.z) / 2
    var order = 32
    var (values, contractions, gaps) = Self.sample(bulk, lower, upper, halfWidth, order)
    var series = Self.cosineSeries(values)
    while order < maximumOrder, gaps.isEmpty, !Self.hasConverged(series, to: 1e-11) {
      order *= 2
      (values, contractions, gaps) = Self.sample(bulk, lower, upper, halfWidth, order)
      series = Self.cosineSeries(values)
    }
    self.gaps = gaps
    let base = bulk.pencil == nil ? bulk.distribution(at: lower) : nil
    let counted = base.map { bulk.distribution(at: interval.upper) - $0 }
    isConverged =
      gaps.isEmpty && Self.hasConverged(series, to: 1e-9) && counted.map { abs($0 - series[0]) <= 1e-9 } ?? true
    exact = isConverged ? nil : base.map { (bulk, $0) }
    let scale = series.reduce(0) { max($0, abs($1)) }
    let length = (series.lastIndex { abs($0) > 1e-15 * scale } ?? 0) + 1
    coefficients = Array(series.prefix(length))
    samples = contractions
    mass = counted ?? series[0]
  }

  func contains(_ z: Double) -> Bool { z > lower.z && z < upper.z }

  /// θ of z.
  func angle(of z: Double) -> Double {
    let fromLower = Double.log(onePlus: (z - lower.z) / lower.z) / (2 * halfWidth)
    return 2 * .asin(min(1, max(0, fromLower)).squareRoot())
  }

  /// z at θ and dz/dθ.
  func position(at angle: Double) -> (z: Double, slope: Double) {
    let z = Self.position(angle, lower, upper, halfWidth)
    return (z, z * halfWidth * .sin(angle))
  }

  private static func position(
    _ angle: Double, _ lower: BulkEdge, _ upper: BulkEdge, _ halfWidth: Double
  ) -> Double {
    let half = Double.sin(angle / 2)
    return min(upper.z, lower.z * Double.exp(2 * halfWidth * half * half))
  }

  /// A first value for c at z, from the two samples beside it.
  func guess(at z: Double) -> Complex {
    let position = angle(of: z) / .pi * Double(samples.count) - 0.5
    let index = min(max(Int(position.rounded(.down)), 0), samples.count - 2)
    let fraction = min(1, max(0, position - Double(index)))
    return samples[index] * (1 - fraction) + samples[index + 1] * fraction
  }

  /// ρ(z) by the series: (dF/dθ)/(z h sin θ); nil where it has not converged.
  func density(at z: Double) -> Double? {
    guard isConverged, contains(z) else { return nil }
    let angle = angle(of: z)
    let sine = Double.sin(angle)
    guard sine > 0 else { return 0 }
    return max(0, mass(below: angle).slope / (z * halfWidth * sine))
  }

  /// The fraction of the spectrum in this interval below z.
  func mass(below z: Double) -> Double {
    if z <= lower.z { return 0 }
    if z >= upper.z { return mass }
    return mass(below: angle(of: z)).mass
  }

  /// The z below which this interval holds the given mass.
  func position(ofMass target: Double) -> Double {
    guard mass > 0 else { return lower.z }
    var (low, high) = (0.0, Double.pi)
    var angle = Double.pi * min(1, max(0, target / mass))
    for _ in 0..<60 {
      let (value, slope) = self.mass(below: angle)
      if value < target { low = angle } else { high = angle }
      let newton = angle - (value - target) / slope
      let next = newton > low && newton < high ? newton : (low + high) / 2
      if abs(next - angle) <= 1e-14 * .pi || high - low <= 1e-14 { break }
      angle = next
    }
    return Self.position(angle, lower, upper, halfWidth)
  }

  /// The mean of z over the interval: the midpoint rule in θ.
  var mean: Double {
    let order = exact == nil ? max(64, 2 * coefficients.count) : 4096
    var sums = SIMD2<Double>.zero
    for j in 0..<order {
      let angle = (Double(j) + 0.5) * .pi / Double(order)
      let density = mass(below: angle).slope
      sums += density * SIMD2(Self.position(angle, lower, upper, halfWidth), 1)
    }
    return sums.x / sums.y
  }

  /// ∫₀^θ and the integrand, by the recurrences of sin kθ and cos kθ.
  private func mass(below angle: Double) -> (mass: Double, slope: Double) {
    if let exact {
      let (z, slope) = position(at: angle)
      guard let found = exact.bulk.density(at: z, guess: guess(at: z)) else {
        // The density has a pole of order ½ at a hard edge, with the support on both sides of it.
        let hard = exact.bulk.hardEdges.first { abs($0.z - z) <= 1e-9 * z }
        return (hard.map { $0.distribution - exact.base } ?? .nan, .nan)
      }
      return (exact.bulk.distribution(found.contraction.value, at: z) - exact.base, found.density * slope)
    }
    var integral = coefficients[0] * angle
    var slope = coefficients[0]
    let step = Complex(.cos(angle), .sin(angle))
    var turn = Complex(1)
    for k in 1..<max(coefficients.count, 1) {
      turn = turn * step
      integral += 2 * coefficients[k] * turn.imaginary / Double(k)
      slope += 2 * coefficients[k] * turn.real
    }
    return (integral / .pi, slope / .pi)
  }

  private static func sample(
    _ bulk: BulkMeasure, _ lower: BulkEdge, _ upper: BulkEdge, _ halfWidth: Double, _ order: Int
  ) -> (values: [Double], contractions: [Complex], gaps: [BulkMeasure.ScanPoint]) {
    var gaps: [BulkMeasure.ScanPoint] = []
    var values: [Double] = []
    var contractions: [Complex] = []
    var guess = Complex(lower.contraction, -0.1 * abs(lower.contraction))
    for j in 0..<order {
      let angle = (Double(j) + 0.5) * .pi / Double(order)
      let z = position(angle, lower, upper, halfWidth)
      let found = bulk.density(at: z, guess: guess)
      if let found, case .inside(let c) = found.contraction {
        guess = c
        values.append(z * found.density * halfWidth * .sin(angle))
      } else {
        // Within rounding of an edge, or in a gap.
        if let found, z - lower.z > 1e-6 * (upper.z - lower.z), upper.z - z > 1e-6 * (upper.z - lower.z) {
          gaps.append(BulkMeasure.ScanPoint(z: z, contraction: found.contraction, height: 0))
        }
        values.append(0)
      }
      contractions.append(guess)
    }
    return (values, contractions, gaps)
  }

  /// a_k = (π/N) Σ_j g(θ_j) cos kθ_j, the midpoint rule.
  private static func cosineSeries(_ values: [Double]) -> [Double] {
    let order = values.count
    var real = values + values.reversed()
    var imaginary = Array(repeating: 0.0, count: 2 * order)
    FourierTransform(count: 2 * order).forward(real: &real, imaginary: &imaginary)
    let scale = Double.pi / Double(2 * order)
    return (0..<order).map { k in
      let angle = .pi * Double(k) / Double(2 * order)
      return scale * (real[k] * .cos(angle) + imaginary[k] * .sin(angle))
    }
  }

  private static func hasConverged(_ series: [Double], to tolerance: Double) -> Bool {
    let scale = series.reduce(0) { max($0, abs($1)) }
    return series.suffix(series.count / 4).allSatisfy { abs($0) <= tolerance * scale }
  }
}
