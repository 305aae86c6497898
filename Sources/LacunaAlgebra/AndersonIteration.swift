/// A fixed point u = g(u): Anderson's acceleration of the plain iteration with a guard, and where that does not get there the
/// plain iteration, undamped and then damped.
///
/// A step is the one that the last residuals f = g(u) − u, taken as linear, say would end it,
///
///     u⁺ = u + θf − (ΔU + θΔF) γ,   γ = argmin ‖f − ΔFγ‖;
///
/// no number moves by more than `longestStep`. A step that makes the residual more than ten times the least so far, or cannot be
/// evaluated, is taken back, and θ halved. Where residuals have to grow on the way, as from a fixed point that has just vanished to
/// one far away, the plain iteration goes it, from the start.
/// Source: D. G. Anderson, *Iterative procedures for nonlinear integral equations*, J. ACM 12 (1965) 547–560.
package struct AndersonIteration {
  /// Of max |f|: what is asked, and what does where rounding keeps it from getting less.
  package var goal, rounding: Double
  /// Residuals that a step looks at.
  package var depth = 12
  package var longestStep = 2.0
  /// Differences of u and f between steps, oldest first: of a g much like this one before `solve`, with this one's after it.
  package var secants: [Secant] = []
  /// Numbers stay within ± this.
  package var range = Double.infinity
  /// How often g was evaluated.
  package private(set) var rounds = 0
  package private(set) var converged = false

  package init(goal: Double, rounding: Double) {
    self.goal = goal
    self.rounding = rounding
  }

  /// f changes by `f` where u does by `u`.
  package struct Secant: Sendable {
    var u, f: [Double]
  }

  private struct Step {
    var u, f: [Double]
    var size: Double { f.reduce(0) { max($0, abs($1)) } }
  }

  private enum Phase: CaseIterable {
    case accelerated, plain, damped

    var share: Double { self == .damped ? 0.5 : 1 }
    var mostRounds: Int { self == .accelerated ? 40 : 150 }
    /// After so many rounds that did not halve the least residual of the phase it has failed.
    var patience: Int { self == .accelerated ? 15 : 60 }
  }

  /// - Parameter start: where to begin, and after it zeros where `map` has no value there.
  /// - Parameter map: g, nil where it cannot be evaluated; its last call is at what is returned.
  /// - Returns: u; nil where g can be evaluated neither at the start nor at zeros.
  package mutating func solve<Failure: Error>(
    from start: [Double], _ map: ([Double]) throws(Failure) -> [Double]?
  ) throws(Failure) -> [Double]? {
    var best: Step?
    for phase in Phase.allCases {
      let first = phase == .damped ? best?.u ?? start : start
      if let found = try run(phase, from: first, best: &best, map) { return found }
    }
    guard let best else { return nil }
    _ = try map(best.u)
    return best.u
  }

  /// - Parameter best: the step of least residual of all phases.
  /// - Returns: u; nil where the phase does not get there.
  private mutating func run<Failure: Error>(
    _ phase: Phase, from start: [Double], best: inout Step?, _ map: ([Double]) throws(Failure) -> [Double]?
  ) throws(Failure) -> [Double]? {
    var u = start
    var before: Step?
    var least: Step?
    var (share, idle) = (phase.share, 0)
    for _ in 0..<phase.mostRounds {
      rounds += 1
      let step: Step? = if let g = try map(u) { Step(u: u, f: zip(g, u).map { $0 - $1 }) } else { nil }
      if let step, step.size <= goal || (step.size <= rounding && idle >= 3) {
        if phase == .accelerated, let before, before.size > rounding { remember(step, after: before) }
        converged = true
        return u
      }
      if let step {
        idle = step.size < 0.5 * (least?.size ?? .infinity) ? 0 : idle + 1
        if step.size < best?.size ?? .infinity { best = step }
        if idle >= phase.patience { return nil }
      }
      guard let step, phase != .accelerated || step.size <= 10 * (least?.size ?? .infinity) else {
        if let least {
          share = max(share / 2, 1.0 / 64)
          secants = []
          before = least
          u = bounded(from: least.u, to: zip(least.u, least.f).map { $0 + share * $1 })
        } else if u.contains(where: { $0 != 0 }) {
          u = u.map { _ in 0 }
        } else {
          return nil
        }
        continue
      }
      if step.size < least?.size ?? .infinity { least = step }
      if phase == .accelerated {
        if let before { remember(step, after: before) }
        before = step
      } else {
        secants = []
      }
      u = next(from: step, share: share)
    }
    return nil
  }

  private mutating func remember(_ step: Step, after before: Step) {
    secants =
      secants.suffix(depth - 1) + [
        Secant(u: zip(step.u, before.u).map { $0 - $1 }, f: zip(step.f, before.f).map { $0 - $1 })
      ]
  }

  /// u⁺, with γ by Gram and Schmidt from the newest difference to the oldest; those that add nothing are left out.
  private func next(from newest: Step, share: Double) -> [Double] {
    var (f, u) = (newest.f, newest.u)
    var basis: [(f: [Double], u: [Double])] = []
    for secant in secants.reversed() {
      var (df, du) = (secant.f, secant.u)
      let before = dot(df, df)
      for known in basis {
        let part = dot(known.f, df)
        for k in df.indices {
          df[k] -= part * known.f[k]
          du[k] -= part * known.u[k]
        }
      }
      let after = dot(df, df)
      guard after > 1e-8 * before, after > 0 else { continue }
      let scale = 1 / after.squareRoot()
      basis.append((df.map { $0 * scale }, du.map { $0 * scale }))
    }
    for known in basis {
      let part = dot(known.f, f)
      for k in f.indices {
        f[k] -= part * known.f[k]
        u[k] -= part * known.u[k]
      }
    }
    return bounded(from: newest.u, to: zip(u, f).map { $0 + share * $1 })
  }

  private func bounded(from u: [Double], to target: [Double]) -> [Double] {
    zip(u, target).map { min(range, max(-range, $0 + min(longestStep, max(-longestStep, $1 - $0)))) }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
