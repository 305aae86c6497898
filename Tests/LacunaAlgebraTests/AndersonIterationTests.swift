import LacunaAlgebra
import RealModule
import Testing

@Suite struct AndersonIterationTests {
  private struct Failure: Error {}

  /// u = Au + b with eigenvalues of A of both signs, some beyond 1, where the plain iteration runs away.
  @Test(arguments: [[0.5, -0.4, 0.2], [0.95, -0.95, 0.9], [3, -2.5, 0.7], [-20, 0.1, 0.99]])
  func linearMaps(eigenvalues: [Double]) throws {
    // A = R diag R⁻¹ in a basis that is not orthogonal.
    let basis = [[1.0, 0.3, 0], [0, 1, -0.5], [0.2, 0, 1]]
    let expected = [1.3, -0.7, 0.4]
    func solve(_ right: [Double]) -> [Double] {
      let m = basis
      let determinant = { (a: [[Double]]) -> Double in
        a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
          + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0])
      }
      return (0..<3).map { k in
        var replaced = m
        for i in 0..<3 { replaced[i][k] = right[i] }
        return determinant(replaced) / determinant(m)
      }
    }
    var iteration = AndersonIteration(goal: 1e-12, rounding: 1e-9)
    let found = iteration.solve(from: [0, 0, 0]) { u -> [Double]? in
      let inner = zip(solve(zip(u, expected).map { $0 - $1 }), eigenvalues).map { $0 * $1 }
      return (0..<3).map { i in expected[i] + zip(basis[i], inner).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    #expect(iteration.converged && iteration.rounds <= 20, "\(iteration.rounds)")
    for (a, b) in zip(try #require(found), expected) { #expect(abs(a - b) < 1e-10) }
  }

  /// u = cos u, from a start where nothing is known, past steps that cannot be evaluated.
  @Test func stepsThatCannotBeEvaluated() throws {
    var iteration = AndersonIteration(goal: 1e-14, rounding: 1e-10)
    let found = iteration.solve(from: [50]) { u -> [Double]? in abs(u[0]) > 0.9 ? nil : [Double.cos(u[0])] }
    let value = try #require(found)[0]
    #expect(iteration.converged && abs(value - 0.7390851332151607) < 1e-13)
    var none = AndersonIteration(goal: 1e-10, rounding: 1e-8)
    let nothing = none.solve(from: [1]) { _ -> [Double]? in nil }
    #expect(nothing == nil && !none.converged)
    var thrown = AndersonIteration(goal: 1e-10, rounding: 1e-8)
    #expect(throws: Failure.self) { _ = try thrown.solve(from: [1]) { _ -> [Double]? in throw Failure() } }
  }

  /// Many steps past where there is almost a fixed point to one far away, the residual greater on the way than at the start.
  @Test func pastAVanishedFixedPoint() throws {
    var iteration = AndersonIteration(goal: 1e-12, rounding: 1e-9)
    iteration.range = 18
    let found = iteration.solve(from: [0]) { u -> [Double]? in [max(-18, u[0] - 0.05 - u[0] * u[0])] }
    #expect(iteration.converged && found == [-18])
  }

  /// No fixed point: it ends, says so, and the last evaluation is at the best that it returns.
  @Test func noFixedPoint() throws {
    var iteration = AndersonIteration(goal: 1e-10, rounding: 1e-8)
    iteration.range = 50
    var last: [Double] = []
    let found = iteration.solve(from: [0]) { u -> [Double]? in
      last = u
      return [u[0] + 1 + 0.1 * Double.sin(u[0])]
    }
    #expect(!iteration.converged && iteration.rounds < 400 && found == last)
  }
}
