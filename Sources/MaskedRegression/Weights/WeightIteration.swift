import LacunaAlgebra
import RealModule

/// How the weights of a ridge were learned.
public struct WeightLearning: Sendable, Equatable {
  /// How often the errors were computed.
  public var rounds: Int
  /// Whether the logarithms of weights are those of the errors that they lead to, to 10⁻¹⁰ (float32: 10⁻⁵) or to what rounding
  /// leaves of errors.
  public var converged: Bool
  /// Coordinates whose weight was kept at 10⁻⁸ of their mean square, from 0: the others tell them all but exactly.
  public var floored: [Int]
}

/// The fixed point of logarithms of weights, ln(w/mean square): `AndersonIteration` within bounds.
///
/// The plain iteration contracts where samples are many, its eigenvalues real and of both signs; with few they come near ±1.
struct WeightIteration {
  private var iteration: AndersonIteration

  /// What logarithms are wanted to.
  static var goal: Double { 1e-10 }
  /// What they are wanted to where the errors say no more than between which ridges the least lies.
  static var roughGoal: Double { 1e-3 }

  /// Weights stay within this factor of the mean squares.
  static var range: Double { Double.log(1e8) }

  /// - Parameter goal: what the logarithms are wanted to, where float64 has more.
  init(precision: Precision, goal: Double) {
    iteration =
      precision == .float64
      ? AndersonIteration(goal: goal, rounding: max(goal, 1e-7))
      : AndersonIteration(goal: max(goal, 1e-5), rounding: 1e-3)
    iteration.range = Self.range
  }

  /// What the last iterations of weights of the same data say of steps: at another ridge they begin with it.
  var secants: [AndersonIteration.Secant] {
    get { iteration.secants }
    set { iteration.secants = newValue }
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

  /// - Parameter start: where to begin.
  /// - Parameter map: the logarithms of the errors that weights lead to; the last call is at what is returned.
  /// - Throws: what `map` throws; `RegressionError` only where it can be evaluated nowhere.
  mutating func solve(
    from start: [Double], _ map: ([Double]) throws -> [Double]
  ) throws -> (logarithms: [Double], learning: WeightLearning) {
    var failure: RegressionError?
    let found = try iteration.solve(from: start) { logarithms throws -> [Double]? in
      do {
        return try map(logarithms)
      } catch let error as RegressionError {
        failure = error
        return nil
      }
    }
    guard let found else { throw failure! }
    return (
      found,
      WeightLearning(
        rounds: iteration.rounds, converged: iteration.converged,
        floored: found.indices.filter { found[$0] <= -Self.range + 1e-6 })
    )
  }
}
