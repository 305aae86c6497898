import LacunaAlgebra
import RealModule

/// Weights learned at one ridge after the other, each started from those of larger ridges that are known.
///
/// Where relations are exact there can be several fixed points: those are taken that are followed down from a large ridge, at which
/// weights are the mean squares. Where an iteration does not get there from its start, that is what is done.
final class WeightPath {
  typealias Solution = (logarithms: [Double], learning: WeightLearning)

  private struct Known {
    var ridge: Double
    /// What the logarithms were wanted to.
    var goal: Double
    var solution: Solution
  }

  private let precision: Precision
  /// By ridge, ascending.
  private var known: [Known] = []
  private var secants: [AndersonIteration.Secant] = []

  init(precision: Precision) { self.precision = precision }

  /// - Parameter goal: what the logarithms are wanted to.
  /// - Parameter start: where to begin where no larger ridge is known; nil begins at the mean squares.
  /// - Parameter map: the logarithms of the errors that weights lead to at a ridge; the last call is at what is returned.
  /// - Throws: what `map` throws.
  func solve(
    ridge: Double, goal: Double, coordinateCount d: Int, start: [Double]? = nil,
    _ map: (_ ridge: Double, _ logarithms: [Double]) throws -> [Double]
  ) throws -> Solution {
    let same = known.firstIndex { $0.ridge == ridge }
    if let same, known[same].goal <= goal { return known[same].solution }
    func iterate(_ ridge: Double, from start: [Double]?) throws -> Solution {
      var iteration = WeightIteration(precision: precision, goal: goal)
      iteration.secants = secants
      let found = try iteration.solve(from: start ?? [Double](repeating: 0, count: d)) { try map(ridge, $0) }
      secants = iteration.secants
      return found
    }
    let rough = same.map { known[$0].solution }
    let guess = rough?.learning.converged == true ? rough?.logarithms : start ?? extrapolated(to: ridge)
    var found = try iterate(ridge, from: guess)
    found.learning.rounds += rough?.learning.rounds ?? 0
    let above = known.first { $0.ridge > ridge }
    var step = min(above?.ridge ?? .infinity, 1e2)
    if !found.learning.converged, step > 3 * ridge {
      var (logarithms, rounds) = (above?.solution.logarithms, found.learning.rounds)
      while step > max(ridge, 1e-8) {
        let part = try iterate(step, from: logarithms)
        (logarithms, rounds) = (part.logarithms, rounds + part.learning.rounds)
        guard part.learning.converged else { break }
        step /= 3
      }
      let again = try iterate(ridge, from: logarithms)
      rounds += again.learning.rounds
      found = again
      found.learning.rounds = rounds
    }
    if let same { known.remove(at: same) }
    let index = known.firstIndex { $0.ridge > ridge } ?? known.count
    known.insert(Known(ridge: ridge, goal: goal, solution: found), at: index)
    return found
  }

  /// The logarithms of up to three larger ridges, as a polynomial in ln λ; nil where there is none.
  ///
  /// They lie at least half as far from each other as the nearest from λ, so that what they are off by is not made much of.
  private func extrapolated(to ridge: Double) -> [Double]? {
    guard let nearest = known.first(where: { $0.ridge > ridge }) else { return nil }
    let place = Double.log(ridge)
    let apart = (Double.log(nearest.ridge) - place) / 2
    var knots: [(place: Double, logarithms: [Double])] = []
    for solution in known where solution.ridge > ridge && solution.solution.learning.converged && ridge > 0 {
      let own = Double.log(solution.ridge)
      guard knots.count < 3 else { break }
      if let last = knots.last, own - last.place < apart { continue }
      knots.append((own, solution.solution.logarithms))
    }
    guard knots.count > 1 else { return nearest.solution.logarithms }
    let shares = knots.indices.map { i in
      knots.indices.reduce(1.0) {
        $1 == i ? $0 : $0 * (place - knots[$1].place) / (knots[i].place - knots[$1].place)
      }
    }
    return nearest.solution.logarithms.indices.map { k in
      let value = knots.indices.reduce(0.0) { $0 + shares[$1] * knots[$1].logarithms[k] }
      return min(WeightIteration.range, max(-WeightIteration.range, value))
    }
  }
}
