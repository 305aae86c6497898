import LacunaAlgebra
import RealModule

/// How the weights of a ridge were learned.
public struct WeightLearning: Sendable, Equatable {
  /// How often the errors were computed.
  public var rounds: Int
  /// Whether the weights are the errors that they lead to, to 10⁻⁹ (float32: 10⁻⁵) or to what rounding leaves of errors.
  public var converged: Bool
  /// Coordinates whose weight was kept at 10⁻⁸ of their mean square, from 0: the others tell them all but exactly.
  public var floored: [Int]
}

/// The fixed point u = g(u) of logarithms of weights, by Anderson's acceleration of the plain iteration with a guard.
///
/// A step is the one that the last residuals f = g(u) − u, taken as linear, say would end it,
///
///     u⁺ = u + θf − (ΔU + θΔF) γ,   γ = argmin ‖f − ΔFγ‖;
///
/// one that makes the residual more than twice the least so far, or cannot be evaluated, is taken back, and θ halved.
/// Source: D. G. Anderson, *Iterative procedures for nonlinear integral equations*, J. ACM 12 (1965) 547–560.
struct WeightIteration {
  private(set) var learning = WeightLearning(rounds: 0, converged: false, floored: [])
  /// Of max |f|: what is asked, and what does where rounding keeps it from getting less.
  private let goal, rounding: Double

  private static var depth: Int { 3 }
  private static var longest: Int { 120 }
  /// Weights stay within these factors of the mean squares.
  private static var range: Double { Double.log(1e8) }

  init(precision: Precision) {
    (goal, rounding) = precision == .float64 ? (1e-10, 1e-7) : (1e-5, 1e-3)
  }

  private struct Step {
    var u, f: [Double]
    var size: Double { f.reduce(0) { max($0, abs($1)) } }
  }

  /// ln(error/variance) within the range; of coordinates with no error the mean of the others, of constants 0.
  static func logarithms(_ errors: [Double], variances: [Double]) -> [Double] {
    var (sum, count) = (0.0, 0.0)
    var result = errors.indices.map { k -> Double in
      guard variances[k] > 0 else { return 0 }
      guard !errors[k].isNaN else { return .nan }
      let value = min(range, max(-range, errors[k] > 0 ? Double.log(errors[k] / variances[k]) : -range))
      sum += value
      count += 1
      return value
    }
    for k in result.indices where result[k].isNaN { result[k] = count > 0 ? sum / count : 0 }
    return result
  }

  /// - Parameter start: u.
  /// - Parameter map: g; the last call is at what is returned.
  /// - Throws: what `map` throws where it can be evaluated nowhere.
  mutating func solve(from start: [Double], _ map: ([Double]) throws -> [Double]) throws -> [Double] {
    var u = start
    var history: [Step] = []
    var best: Step?
    var (share, idle) = (1.0, 0)
    while learning.rounds < Self.longest {
      learning.rounds += 1
      var step: Step?
      do {
        let g = try map(u)
        step = Step(u: u, f: zip(g, u).map { $0 - $1 })
      } catch let error as RegressionError {
        guard best != nil || u.contains(where: { $0 != 0 }) else { throw error }
      }
      if let step, step.size <= goal || (step.size <= rounding && idle >= 3) {
        learning.converged = true
        return finish(u)
      }
      guard let step, step.size <= 2 * (best?.size ?? .infinity) else {
        share = max(share / 2, 1.0 / 64)
        history = best.map { [$0] } ?? []
        // Where nothing can be evaluated at the guess, from the mean squares.
        u = best.map { best in zip(best.u, best.f).map { $0 + share * $1 } } ?? u.map { _ in 0 }
        continue
      }
      idle = step.size < 0.5 * (best?.size ?? .infinity) ? 0 : idle + 1
      if step.size < best?.size ?? .infinity { best = step }
      history.append(step)
      if history.count > Self.depth + 1 { history.removeFirst() }
      u = next(history, share: share)
    }
    guard let best else { return finish(u) }
    _ = try map(best.u)
    return finish(best.u)
  }

  private mutating func finish(_ u: [Double]) -> [Double] {
    learning.floored = u.indices.filter { u[$0] <= -Self.range + 1e-6 }
    return u
  }

  /// u⁺, with γ by Gram and Schmidt from the newest difference to the oldest; those that add nothing are left out.
  private func next(_ history: [Step], share: Double) -> [Double] {
    let newest = history[history.count - 1]
    var (f, u) = (newest.f, newest.u)
    var basis: [(f: [Double], u: [Double])] = []
    for index in stride(from: history.count - 2, through: 0, by: -1) {
      var df = zip(history[index + 1].f, history[index].f).map { $0 - $1 }
      var du = zip(history[index + 1].u, history[index].u).map { $0 - $1 }
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
    return zip(u, f).map { min(Self.range, max(-Self.range, $0 + share * $1)) }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
