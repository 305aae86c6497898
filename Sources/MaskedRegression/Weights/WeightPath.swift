/// Weights learned at one ridge after the other, each started from those of the next larger ridge that is known.
///
/// Where relations are exact there can be several fixed points: those are taken that are followed down from a large ridge, at which
/// weights are the mean squares. Where an iteration does not get there from its start, that is what is done.
final class WeightPath {
  typealias Solution = (logarithms: [Double], learning: WeightLearning)

  private var solutions: [(ridge: Double, solution: Solution)] = []

  /// - Parameter start: where to begin where no larger ridge is known; nil begins at the mean squares.
  /// - Parameter iterate: solves at a ridge from a start, nil being the mean squares.
  func solve(
    ridge: Double, start: [Double]? = nil, _ iterate: (_ ridge: Double, _ start: [Double]?) throws -> Solution
  ) rethrows -> Solution {
    if let known = solutions.first(where: { $0.ridge == ridge }) { return known.solution }
    let above = solutions.first { $0.ridge > ridge }
    var found = try iterate(ridge, start ?? above?.solution.logarithms)
    var step = min(above?.ridge ?? .infinity, 1e2)
    if !found.learning.converged, step > 3 * ridge {
      var (logarithms, rounds) = (above?.solution.logarithms, found.learning.rounds)
      while step > max(ridge, 1e-8) {
        let part = try iterate(step, logarithms)
        (logarithms, rounds) = (part.logarithms, rounds + part.learning.rounds)
        guard part.learning.converged else { break }
        step /= 3
      }
      let again = try iterate(ridge, logarithms)
      rounds += again.learning.rounds
      found = again
      found.learning.rounds = rounds
    }
    let index = solutions.firstIndex { $0.ridge > ridge } ?? solutions.count
    solutions.insert((ridge, found), at: index)
    return found
  }
}
