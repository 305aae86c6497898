import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// Targets that never predict and covariates that are never predicted, against regressions on the others written out.
@Suite struct RoleFitTests {
  /// Both routes, weights of every kind.
  @Test(arguments: [(14, 6), (5, 8)], [false, true]) func bruteForce(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let x = unequalSamples(n: n, d: d, seed: 51)
    let (targets, covariates, ridge) = ([1, 4], [0], 0.3)
    let given = (0..<d).map { [0.3, 1, 20, 4e-2][$0 % 4] }
    let mask = RoleFitMask(try CoordinateRoles(targets: targets, covariates: covariates, coordinateCount: d))
    for choice in [WeightChoice.uniform, .variance, .fixed(.given(given)), .selfWeighted] {
      let result = try FitRequest(mask: mask, ridge: .path([ridge]), weights: choice, centered: centered).fit(
        x.flatMap { $0 }, sampleCount: n, on: host)
      let w = try result.fit.penalty(ridge: ridge)
      let a = try result.fit.predictor(ridge: ridge)
      #expect(a.count == d * d)
      var (sum, count) = (0.0, 0)
      for k in 0..<d {
        #expect(targets.allSatisfy { a[k * d + $0] == 0 })
        guard !covariates.contains(k) else {
          #expect(result.best.heldOut[k].isNaN && (0..<d).allSatisfy { a[k * d + $0] == 0 })
          #expect(result.rSquared(of: k) == nil)
          continue
        }
        let whole = WeightedRefit(
          x, coordinate: k, hidden: targets, ridge: ridge, weights: w, count: n, centered: centered)
        for j in 0..<d { #expect(abs(a[k * d + j] - whole.coefficients[j]) < 1e-10) }
        var left = 0.0
        for i in 0..<n {
          var rest = x
          rest.remove(at: i)
          let part = WeightedRefit(
            rest, coordinate: k, hidden: targets, ridge: ridge, weights: w, count: n, centered: centered)
          left += part.residual(x[i], k) * part.residual(x[i], k) / Double(n)
        }
        #expect(abs(result.best.heldOut[k] - left) < 1e-10 * left)
        let training = x.reduce(0) { $0 + whole.residual($1, k) * whole.residual($1, k) } / Double(n)
        #expect(abs(try #require(result.best.training)[k] - training) < 1e-10 * max(training, 1e-3))
        if choice == .selfWeighted { #expect(abs(w[k] - left) < 1e-9 * left) }
        (sum, count) = (sum + left, count + 1)
      }
      #expect(abs(result.best.meanHeldOut - sum / Double(count)) < 1e-10 * sum)
      // What predicting nothing leaves is of the coordinates that are predicted.
      let predicted = (0..<d).filter { !covariates.contains($0) }
      let empty = predicted.reduce(0) { $0 + result.fit.variances[$1] } / Double(predicted.count)
      #expect(abs(result.emptyError - empty) < 1e-12 * empty)
      if choice == .uniform {
        #expect(abs(1 - result.best.meanHeldOut / result.emptyError - (try #require(result.rSquared))) < 1e-12)
      }
      #expect(try #require(result.best.meanTraining).isFinite)
    }
  }

  /// One target, all others covariates: a single ridge regression, its ridge the best for it.
  @Test func oneRegression() throws {
    let (n, d) = (30, 5)
    let x = unequalSamples(n: n, d: d, seed: 52)
    let mask = RoleFitMask(try CoordinateRoles(targets: [2], covariates: [0, 1, 3, 4], coordinateCount: d))
    let result = try FitRequest(mask: mask, centered: true).fit(x.flatMap { $0 }, sampleCount: n, on: host)
    let ones = [Double](repeating: 1, count: d)
    func error(_ ridge: Double) -> Double {
      WeightedRefit.leaveOneOut(x, coordinate: 2, ridge: ridge, weights: ones, centered: true)
    }
    let best = error(result.best.ridge)
    #expect(abs(result.best.meanHeldOut - best) < 1e-10 * best)
    for factor in [0.2, 0.8, 1.25, 5] { #expect(error(result.best.ridge * factor) >= best * (1 - 1e-9)) }
  }

  @Test func refusals() throws {
    func refuse(_ targets: [Int], _ covariates: [Int], _ part: String) {
      let error = #expect(throws: FitError.self) {
        _ = try CoordinateRoles(targets: targets, covariates: covariates, coordinateCount: 3)
      }
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
    refuse([3], [], "coordinate 4 is not one of 1 to 3")
    refuse([1], [1], "coordinate 2 is given two roles")
    refuse([0, 1, 2], [], "all coordinates are targets")
    refuse([], [0, 1, 2], "all coordinates are covariates")
    refuse([0, 2], [], "coordinate 2 is the only one that is no target")
    let mask = RoleFitMask(try CoordinateRoles(targets: [1], covariates: [], coordinateCount: 3))
    #expect(throws: FitError.self) { _ = try FitRequest(mask: mask).fit([1, 2, 3, 4], sampleCount: 2, on: host) }
  }
}
