import LacunaAlgebra
import RealModule

/// Which ridges a fit tries.
public enum RidgeChoice: Sendable, Equatable {
  /// A geometric path about the mean square of a column, extended while its least error is at an end, the best refined.
  case automatic
  /// The limit λ → 0.
  case ridgeless
  /// These, each ≥ 0 and at least one.
  case path([Double])

  /// Whether it is one ridge alone.
  var isSingle: Bool {
    switch self {
    case .automatic: false
    case .ridgeless: true
    case .path(let ridges): ridges.count == 1
    }
  }

  /// Whether no ridge of it is 0.
  var isAboveZero: Bool {
    switch self {
    case .automatic: true
    case .ridgeless: false
    case .path(let ridges): ridges.allSatisfy { $0 > 0 }
    }
  }
}

/// What a search for the ridge of least error held out found.
public struct RidgeSearch: Sendable, Equatable {
  /// Every ridge tried, ascending.
  public var path: [FitErrors]
  /// The best of them.
  public var best: FitErrors
  /// The best ridge is an end of the path: the least error may lie beyond.
  public var atEdge: Bool
  /// The smallest ridge that the path could not go below because the digits end there, where it came to that.
  public var digitsEndAt: Double?
}

/// A geometric path of `count` ridges from `from` to `to`, both ends exact.
package func geometricPath(from: Double, to: Double, count: Int) -> [Double] {
  precondition(from > 0 && to > 0 && count >= 1)
  guard count > 1 else { return [from] }
  let step = (Double.log(to) - Double.log(from)) / Double(count - 1)
  return (0..<count).map { i in
    i == 0 ? from : i == count - 1 ? to : Double.exp(Double.log(from) + step * Double(i))
  }
}

extension RidgeFit {
  /// The error that ridges are compared by: the mean over the cells held out, with weights in units of the variances.
  /// - Parameter errors: at one ridge.
  /// - Parameter standardizes: whether in units of the variances; nil for what is right with these weights.
  public func criterion(_ errors: FitErrors, standardizes: Bool? = nil) -> Double {
    standardizes ?? (weights != .uniform) ? errors.standardizedHeldOut(variances: variances) : errors.meanHeldOut
  }

  /// Tries ridges and takes the one of least error held out.
  ///
  /// The automatic path spans 10⁻⁶…10² times the mean square of a column over its weight, from 10⁻⁶ times the fit's
  /// `typicalSquare` where that is a hundred times less, three ridges a decade where errors
  /// are exact and two where they are of folds or hidden cells. It goes on below while the least error is at its lower end,
  /// down to ε times the least mean square or to where the fit throws `numericallySingular` or `lostDigits`, and above to 10⁶
  /// times the mean square. Errors that take an iteration are found in full about the best alone. The best is then narrowed down
  /// between its neighbours until ln λ is known to 10⁻⁴ (10⁻³ for folds and hidden cells), by parabolas guarded by golden
  /// sections. Source: R. P. Brent, *Algorithms for Minimization without Derivatives*, 1973, chapter 5.
  /// - Parameter choice: the ridges to try.
  /// - Parameter standardizes: see `criterion`.
  /// - Parameter report: called after each ridge with (done, total so far known); what it throws ends the search.
  /// - Throws: as `errors(ridge:)`; on the automatic path `numericallySingular` only where no ridge of it can be fitted.
  public func search(
    _ choice: RidgeChoice, standardizes: Bool? = nil, report: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) throws -> RidgeSearch {
    var trials = Trials(fit: self, standardizes: standardizes, report: report)
    switch choice {
    case .ridgeless: try trials.add([0])
    case .path(let ridges):
      precondition(!ridges.isEmpty, "at least one ridge")
      trials.expected = ridges.count
      try trials.add(ridges)
    case .automatic:
      try trials.addAutomaticPath()
      try trials.refine(tolerance: validation.isExact ? 1e-4 : 1e-3)
    }
    try report(trials.path.count, trials.path.count)
    return RidgeSearch(
      path: trials.path, best: trials.path[trials.best], atEdge: trials.isAtEdge, digitsEndAt: trials.digitsEndAt)
  }
}

/// The ridges tried so far.
private struct Trials<Fit: RidgeFit> {
  let fit: Fit
  let standardizes: Bool?
  let report: (Int, Int) throws -> Void
  var expected = 1
  /// Ascending.
  private(set) var path: [FitErrors] = []
  private(set) var isAtEdge = false
  private(set) var digitsEndAt: Double?
  /// Ridges whose errors are `roughErrors`.
  private var isRough: Set<Double> = []
  /// A power of two of the size of ridges: data times a power of two have the same path times its square, bit for bit.
  private let unit: Double

  init(fit: Fit, standardizes: Bool?, report: @escaping (Int, Int) throws -> Void) {
    self.fit = fit
    self.standardizes = standardizes
    self.report = report
    let scale = mean(zip(fit.variances, fit.penalty).map { $0 / $1 })
    unit = scale > 0 ? Double(sign: .plus, exponent: Int(scale.exponent), significand: 1) : 1
  }

  /// The first of least error; one that is no number is never the best.
  var best: Int {
    path.indices.min { (score($0), $0) < (score($1), $1) }!
  }

  private func score(_ index: Int) -> Double {
    let value = fit.criterion(path[index], standardizes: standardizes)
    return value.isNaN ? .infinity : value
  }

  mutating func add(_ ridges: [Double]) throws {
    try fit.prepare(ridges: ridges)
    for ridge in ridges { _ = try evaluate(ridge) }
    isAtEdge = path.count > 1 && (best == 0 || best == path.count - 1)
  }

  @discardableResult
  private mutating func evaluate(_ ridge: Double, roughly: Bool = false) throws -> Double {
    let rough = roughly ? try fit.roughErrors(ridge: ridge) : nil
    let errors = try rough ?? fit.errors(ridge: ridge)
    if rough != nil { isRough.insert(ridge) }
    let index = path.firstIndex { $0.ridge > ridge } ?? path.count
    path.insert(errors, at: index)
    try report(path.count, max(expected, path.count + 1))
    return score(index)
  }

  mutating func addAutomaticPath() throws {
    let squares = zip(fit.variances, fit.penalty).map { $0 / $1 }
    let positive = squares.filter { $0 > 0 }
    // Of data that are all zero every ridge makes the same.
    let isZero = positive.isEmpty && fit.variances.allSatisfy { $0 == 0 }
    let scale = isZero ? 1 : mean(squares)
    guard scale >= .leastNormalMagnitude, (1e6 * scale).isFinite else {
      throw FitError.request(
        "the mean square of a column over its weight is \(briefly(scale)), and ridges about it leave the range of float64; "
          + "multiply the weights by a power of ten")
    }
    let perDecade = fit.validation.isExact ? 3 : 2
    // Where a few far samples make up the mean square, the path starts below what the others have.
    let typical = fit.typicalSquare ?? scale
    let low = max(1e-6 * (typical < 1e-2 * scale ? typical : scale), 1e-300 * scale, .leastNonzeroMagnitude)
    let decades = Double.log10(1e2 * scale / low)
    expected = Int((decades * Double(perDecade) - 1e-6).rounded(.up)) + 1
    let start = geometricPath(from: low / unit, to: 1e2 * (scale / unit), count: expected).map { $0 * unit }
    try fit.prepare(ridges: start)
    // From the top, where the digits last longest.
    for ridge in start.reversed() where try !reaches(ridge) { break }
    let ratio = Double.exp(Double.log(10) / Double(perDecade))
    let floor = Double(Fit.Device.Element.ulpOfOne) * (positive.min() ?? scale)
    while best == 0, path.count > 1, digitsEndAt == nil, !positive.isEmpty {
      let next = path[0].ridge / ratio
      // Among the least numbers that there are a quotient can be the number itself.
      guard next >= floor, next > 0, next < path[0].ridge, try reaches(next) else {
        digitsEndAt = path[0].ridge
        break
      }
    }
    while best == path.count - 1, path.count > 1, path[best].ridge * ratio <= 1e6 * scale,
      path[best].ridge * ratio > path[best].ridge
    {
      try evaluate(path[best].ridge * ratio, roughly: true)
    }
    try settle()
    isAtEdge = path.count > 1 && !positive.isEmpty && (best == 0 || best == path.count - 1)
  }

  /// Has the errors about the best in full, until they say which it is.
  private mutating func settle() throws {
    while let index = (max(0, best - 1)...min(best + 1, path.count - 1)).first(where: {
      isRough.contains(path[$0].ridge)
    }) {
      path[index] = try fit.errors(ridge: path[index].ridge)
      isRough.remove(path[index].ridge)
    }
  }

  /// Evaluates a ridge below all others; false where the digits end, which is an error only where there are no others.
  private mutating func reaches(_ ridge: Double) throws -> Bool {
    do {
      try evaluate(ridge, roughly: true)
      return true
    } catch let error as RegressionError {
      switch error {
      case .numericallySingular, .lostDigits: break
      case .singularGram, .unsettledWeights: throw error
      }
      guard let lowest = path.first else { throw error }
      digitsEndAt = lowest.ridge
      return false
    }
  }

  private func logarithm(_ ridge: Double) -> Double { Double.log(ridge / unit) }

  mutating func refine(tolerance: Double) throws {
    guard best > 0, best < path.count - 1, path[best - 1].ridge > 0 else { return }
    let center = path[best]
    var low = logarithm(path[best - 1].ridge)
    var high = logarithm(path[best + 1].ridge)
    // The three least so far, x, w, v of Brent's method: a parabola goes through the neighbours at once.
    let (below, above) = ((low, score(best - 1)), (high, score(best + 1)))
    var (x, fx) = (logarithm(center.ridge), score(best))
    var ((w, fw), (v, fv)) = below.1 <= above.1 ? (below, above) : (above, below)
    var (step, before) = (0.0, high - low)
    let golden = (3 - Double.sqrt(5)) / 2
    expected = path.count + 10
    for _ in 0..<40 {
      let middle = (low + high) / 2
      guard abs(x - middle) > 2 * tolerance - (high - low) / 2 else { break }
      var isParabolic = false
      if abs(before) > tolerance {
        let r = (x - w) * (fx - fv)
        let q = (x - v) * (fx - fw)
        var p = (x - v) * q - (x - w) * r
        var divisor = 2 * (q - r)
        if divisor > 0 { p = -p } else { divisor = -divisor }
        if abs(p) < abs(divisor * before / 2), p > divisor * (low - x), p < divisor * (high - x) {
          (before, step) = (step, p / divisor)
          isParabolic = true
          let u = x + step
          if u - low < 2 * tolerance || high - u < 2 * tolerance { step = x < middle ? tolerance : -tolerance }
        }
      }
      if !isParabolic {
        before = (x < middle ? high : low) - x
        step = golden * before
      }
      let u = x + (abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance)
      let fu = try evaluate(Double.exp(u) * unit)
      if fu <= fx {
        if u < x { high = x } else { low = x }
        (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
      } else {
        if u < x { low = u } else { high = u }
        if fu <= fw || w == x {
          (v, fv, w, fw) = (w, fw, u, fu)
        } else if fu <= fv || v == x || v == w {
          (v, fv) = (u, fu)
        }
      }
    }
  }
}
