import LacunaAlgebra
import RealModule

/// The error to expect with more or fewer rows of the same kind, from one fit's path of ridges.
///
/// At each ridge λ the spectrum s_j of S gives df₁ = Σ s_j/(s_j + λ), the effective ridge κ = λ/(1 − df₁/n), and
///
///     df₂ = df₁ + κ (d df₁/dλ)/(dκ/dλ),   L = E_loo (1 − df₂/n),
///
/// of which κ, df₁, df₂ and L belong to the population and no longer to n. With n' rows the ridge λ' = κ(1 − df₁/n') > 0 gives
/// the error L/(1 − df₂/n'), the least of which over κ is the error to expect. With an intercept n − 1 stands for n, λn/(n − 1)
/// for λ, and errors have a factor 1 + 1/n. It presumes independent rows of one distribution, and weights as they are.
/// Source: for the equivalent, A. Wortsman Zurich, F. Gerace, B. Loureiro, Y. M. Lu, arXiv:2601.23208 (2026).
public struct LearningCurve: Sendable {
  /// What to expect with a number of rows.
  public struct Point: Sendable, Equatable {
    /// n'; nil for ∞.
    public var sampleCount: Int?
    /// λ', of the least error.
    public var ridge: Double
    /// Mean squared error of a cell of a new row.
    public var error: Double
    /// Whether the least error may lie at an effective ridge below all of the path: it is then at most this.
    public var isUpperBound: Bool
    /// The path's ridge that tells of it, and a of `CurveScatter`.
    var source: (ridge: Double, amplification: Double)

    /// Equal in what is said, wherever it is from.
    /// - Parameter a: one point.
    /// - Parameter b: another.
    public static func == (a: Point, b: Point) -> Bool {
      (a.sampleCount, a.ridge, a.error, a.isUpperBound) == (b.sampleCount, b.ridge, b.error, b.isUpperBound)
    }
  }

  /// One ridge of the path, as the population sees it.
  struct Node {
    /// λ.
    var ridge: Double
    var kappa, first, second: Double
    /// L of the mean error, and of what ridges are compared by.
    var error, score: Double
  }

  /// Ascending in κ.
  let nodes: [Node]
  public let sampleCount: Int
  let centered: Bool
  /// What λ = 1 is in units of the spectrum.
  let unit: Double

  /// - Parameter path: ridges with mean errors and what ridges are compared by.
  /// - Parameter spectrum: the eigenvalues of S that are not 0.
  /// - Parameter unit: what λ = 1 is in units of the spectrum.
  /// - Returns: nil where fewer than three ridges tell of the population.
  init?(
    path: [(ridge: Double, error: Double, score: Double)], spectrum: [Double], unit scale: Double, sampleCount n: Int,
    centered: Bool, precision: Precision
  ) {
    let rows = Double(n - (centered ? 1 : 0))
    let unit = Double(n) / rows
    let noise = 1e3 * (precision == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne) * (spectrum.max() ?? 0)
    var nodes: [Node] = []
    for (ridge, error, score) in path where ridge * scale > noise && error.isFinite && score.isFinite {
      let lambda = ridge * scale * unit
      var (first, slope) = (0.0, 0.0)
      for s in spectrum {
        let share = unit * s / (unit * s + lambda)
        first += share
        slope -= share / (unit * s + lambda)
      }
      let rest = 1 - first / rows
      guard rest > 0 else { continue }
      let kappa = lambda / rest
      let second = first + kappa * slope / (1 / rest + lambda / rows * slope / (rest * rest))
      let remaining = 1 - second / rows
      // Less says nothing: what is left of n scatters by about (1 − h)/(2nh²) of itself.
      guard remaining > 0.1, second <= first else { continue }
      let factor = remaining / (centered ? 1 + 1 / Double(n) : 1)
      nodes.append(
        Node(
          ridge: ridge, kappa: kappa, first: first, second: second, error: error * factor, score: score * factor))
    }
    nodes.sort { $0.kappa < $1.kappa }
    func remaining(_ node: Node) -> Double { 1 - node.second / rows }
    // Below the fit's own best ridge, which more rows ask for, only what is known well.
    let best = nodes.min { $0.score / remaining($0) < $1.score / remaining($1) }
    nodes.removeAll { node in remaining(node) < 0.5 && node.kappa < best?.kappa ?? 0 }
    // What a search tried beside its best is no further knowledge, and differences of it are of rounding.
    self.nodes = nodes.reduce(into: []) { kept, node in
      if kept.last.map({ node.kappa > 1.2 * $0.kappa }) ?? true { kept.append(node) }
    }
    guard self.nodes.count >= 3 else { return nil }
    sampleCount = n
    self.centered = centered
    self.unit = scale
  }

  /// What to expect with n' rows.
  /// - Parameter count: n'; nil for ∞.
  /// - Returns: nil where no ridge of the path is one of so few rows.
  public func expected(sampleCount count: Int?) -> Point? {
    expected(rows: count.map(Double.init)).map { point in
      var point = point
      point.sampleCount = count
      return point
    }
  }

  private func expected(rows count: Double?) -> Point? {
    let own = Double(sampleCount - (centered ? 1 : 0))
    let rows = count.map { $0 - (centered ? 1 : 0) }
    /// ln κ, ln score, ln error, ln λ', and where they are from.
    var candidates:
      [(kappa: Double, score: Double, error: Double, ridge: Double, source: (ridge: Double, amplification: Double))] =
        []
    for node in nodes {
      var (ridge, remaining, factor) = (node.kappa, 1.0, 1.0)
      if let rows, let count {
        ridge = node.kappa * (1 - node.first / rows) * rows / count
        remaining = 1 - node.second / rows
        factor = centered ? 1 + 1 / count : 1
      }
      guard ridge > 0, remaining > 0 else { continue }
      let change = Double.log(factor / remaining)
      let amplification = rows.map { (own - node.second) / ($0 * remaining) } ?? 0
      candidates.append(
        (
          Double.log(node.kappa), Double.log(node.score) + change, Double.log(node.error) + change, Double.log(ridge),
          (node.ridge, amplification)
        ))
    }
    guard let best = candidates.indices.min(by: { candidates[$0].score < candidates[$1].score }) else { return nil }
    var (error, ridge) = (candidates[best].error, candidates[best].ridge)
    if best > 0, best < candidates.count - 1 {
      let around = candidates[best - 1...best + 1]
      let x = around.map { $0.kappa - candidates[best].kappa }
      func parabola(_ y: [Double]) -> (slope: Double, bend: Double) {
        let (left, right) = ((y[0] - y[1]) / x[0], (y[2] - y[1]) / x[2])
        let bend = (right - left) / (x[2] - x[0])
        return (left - bend * x[0], bend)
      }
      let (slope, bend) = parabola(around.map(\.score))
      if bend > 0 {
        let t = min(max(-slope / (2 * bend), x[0]), x[2])
        func value(_ y: [Double]) -> Double {
          let (slope, bend) = parabola(y)
          return y[1] + t * (slope + t * bend)
        }
        (error, ridge) = (value(around.map(\.error)), value(around.map(\.ridge)))
      }
    }
    var isBound = false
    if best == 0, candidates.count > 1, candidates[0].kappa == Double.log(nodes[0].kappa) {
      // What lies below the path is at most about what its last step brought.
      let step = (candidates[1].error - candidates[0].error) / (candidates[1].kappa - candidates[0].kappa)
      isBound = step > 1e-3
    }
    return Point(
      sampleCount: nil, ridge: Double.exp(ridge) / unit, error: Double.exp(error), isUpperBound: isBound,
      source: candidates[best].source)
  }

  /// The least number of rows of which an error can be expected, by the curve.
  /// - Parameter error: a mean squared error of a cell.
  /// - Returns: nil where the curve does not come down to it within 10⁶ times the fit's rows.
  public func rows(reaching error: Double) -> Int? {
    func reaches(_ rows: Double) -> Bool { expected(rows: rows).map { $0.error <= error } ?? false }
    var (low, high) = (2.0, 1e6 * Double(sampleCount))
    guard reaches(high) else { return nil }
    if reaches(low) { return 2 }
    while high - low > max(0.5, 1e-4 * low) {
      let middle = (low * high).squareRoot()
      if middle <= low || middle >= high { break }
      if reaches(middle) { high = middle } else { low = middle }
    }
    return Int(high.rounded(.up))
  }
}
