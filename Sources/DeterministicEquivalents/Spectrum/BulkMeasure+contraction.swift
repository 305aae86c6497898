/// Where a real z lies and the value of c there, approached from the upper half-plane.
enum Contraction: Sendable {
  /// In the support: c with negative imaginary part.
  case inside(Complex)
  /// Outside: c real, dc/dz < 0.
  case outside(Double)

  var value: Complex {
    switch self {
    case .inside(let c): c
    case .outside(let c): Complex(c)
    }
  }

  var isInside: Bool {
    if case .inside = self { true } else { false }
  }
}

extension BulkMeasure {
  /// c(z + i0) for real z, the solution of F(c) = c + (c/n) Σ w p/(c p + q − z) − 1 = 0 that belongs to the resolvent.
  ///
  /// For real z, F has at most one pair of roots off the real axis (its other roots lie between the poles in c), so a
  /// root with Im c < 0 is the solution and z is in the support; and at most one real root with
  /// (c²/n) Σ w p²/(c p + q − z)² < 1, the condition dc/dz < 0, and then z is outside. Newton's iteration from
  /// `guess` therefore needs no more than a look at where it ended; where it ended elsewhere, the solution is followed from
  /// far up in the half-plane down to the axis.
  func contraction(at z: Double, guess: Complex?) -> Contraction? {
    local(to: z)?.contractionHere(at: z, guess: guess)
  }

  /// c(z + i0) and the density of the spectrum there, ρ = Im tr G/(πd), 0 outside.
  func density(at z: Double, guess: Complex?) -> (contraction: Contraction, density: Double)? {
    guard let local = local(to: z), let found = local.contractionHere(at: z, guess: guess) else { return nil }
    guard case .inside(let c) = found else { return (found, 0) }
    return (found, local.sums(c, Complex(z)).trace.imaginary / .pi)
  }

  private func contractionHere(at z: Double, guess: Complex?) -> Contraction? {
    if let guess {
      if guess.imaginary >= 0, let c = outsideRoot(at: z, guess: guess.real) { return .outside(c) }
      let start = guess.imaginary < 0 ? guess : Complex(guess.real, -0.1 * abs(guess.real))
      if let found = settle(at: z, from: start) { return found }
    }
    return descend(to: z)
  }

  /// Newton on the axis from a complex start, then the verdict.
  private func settle(at z: Double, from start: Complex) -> Contraction? {
    guard let c = newton(start, Complex(z)) else { return nil }
    if c.imaginary < -1e-8 * c.modulus { return .inside(c) }
    return outsideRoot(at: z, guess: c.real).map { .outside($0) }
  }

  /// c at a point of the upper half-plane.
  func contraction(at z: Complex) -> Complex? {
    descend(to: z.real, height: z.imaginary).flatMap { newton($0, z) }
  }

  /// Follows c from z + iη, η large, to the axis.
  private func descend(to z: Double) -> Contraction? {
    descend(to: z, height: 1e-11 * abs(z)).flatMap { settle(at: z, from: $0) }
  }

  /// Follows c from z + iη, η large, down to the given height.
  private func descend(to z: Double, height target: Double) -> Complex? {
    let scale = abs(z) + (nodes.last?.scaled ?? 0) * (1 + aspectRatio)
    var height = 16 * scale
    var c = Complex(1)
    // Far up the equation contracts.
    for _ in 0..<50 { c = Complex(1) / (Complex(1) + sums(c, Complex(z, height)).first) }
    var ratio = 0.25
    while height > target {
      let next = max(height * ratio, min(target, height / 2))
      if let moved = newton(c, Complex(z, next)), moved.imaginary < 0 {
        (c, height) = (moved, next)
        ratio = max(0.1, ratio * ratio)
      } else {
        ratio = ratio.squareRoot()
        if ratio > 0.999 { return nil }
      }
    }
    return c
  }

  /// Newton's iteration for F(c) = 0, kept in the lower half-plane; nil where it does not converge.
  private func newton(_ start: Complex, _ z: Complex) -> Complex? {
    var c = start
    var previous = Double.infinity
    for _ in 0..<60 {
      let sums = sums(c, z)
      let step = newtonStep(c, sums)
      guard step.real.isFinite, step.imaginary.isFinite else { return nil }
      var next = c - step
      if next.imaginary >= 0 {
        // Over the axis. A real z may have its solution there; for any other, go only part of the way.
        if z.imaginary == 0 {
          next.imaginary = c.imaginary / 4
        } else {
          next = c - step * (0.75 * c.imaginary / step.imaginary)
          c = next
          previous = .infinity
          continue
        }
      }
      let moved = (next - c).modulus
      c = next
      if moved <= 1e-14 * c.modulus || (moved <= 1e-9 * c.modulus && moved >= previous) { return c }
      if z.imaginary == 0, abs(c.imaginary) < 1e-13 * c.modulus { return c }
      previous = moved
    }
    return nil
  }

  /// The real solution near a guess, where it has dc/dz < 0.
  func outsideRoot(at z: Double, guess: Double) -> Double? {
    var c = guess
    var previous = Double.infinity
    for _ in 0..<40 {
      let step = newtonStep(Complex(c), sums(Complex(c), Complex(z))).real
      guard step.isFinite else { return nil }
      c -= step
      if abs(step) <= 1e-15 * abs(c) || (abs(step) <= 1e-9 * abs(c) && abs(step) >= previous) {
        let second = sums(Complex(c), Complex(z)).second.real
        return c * c * second < 1 ? c : nil
      }
      previous = abs(step)
    }
    return nil
  }

  /// F/F′. F is c − 1 + c·first, or c − (1 − γ) − complement where that cancels less.
  private func newtonStep(_ c: Complex, _ sums: Sums) -> Complex {
    let direct = c * sums.first
    let value =
      direct.squaredModulus <= sums.complement.squaredModulus
      ? c - Complex(1) + direct : c - Complex(1 - aspectRatio) - sums.complement
    return value / (Complex(1) + sums.first - c * sums.second)
  }
}
