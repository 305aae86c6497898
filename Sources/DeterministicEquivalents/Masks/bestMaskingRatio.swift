import RealModule

/// The keep-probability of Bernoulli masks whose predictor errs least with every other coordinate visible.
///
/// The mean full-context error is scanned over logit p from −6 to 6 and the best interval refined by golden sections. Masking
/// acts as a ridge, so at a ridge that already serves, the best p lies at the upper end.
/// - Parameter ridge: λ ≥ 0, held fixed.
/// - Returns: p to about 10⁻⁴ in its logit, and the error; `atEdge` where the best p scanned is an end.
public func bestMaskingRatio(
  population: some MatrixRidgePopulation, sampleCount: Int, ridge: Double
) throws -> (keep: Double, error: Double, atEdge: Bool) {
  func evaluate(_ logit: Double) throws -> (keep: Double, error: Double) {
    let keep = 1 / (1 + Double.exp(-logit))
    let equivalent = try BernoulliEquivalent(
      population: population, sampleCount: sampleCount, keep: keep, ridge: ridge)
    return (keep, equivalent.fullContextError)
  }
  let grid = (0...24).map { -6 + 0.5 * Double($0) }
  let values = try grid.map { try evaluate($0) }
  let least = values.indices.min { values[$0].error < values[$1].error }!
  guard least > 0, least < grid.count - 1 else { return (values[least].keep, values[least].error, true) }
  let golden = (Double.sqrt(5) - 1) / 2
  var (low, high) = (grid[least - 1], grid[least + 1])
  var (left, right) = (high - golden * (high - low), low + golden * (high - low))
  var (atLeft, atRight) = (try evaluate(left), try evaluate(right))
  while high - low > 1e-4 {
    if atLeft.error <= atRight.error {
      (high, right, atRight) = (right, left, atLeft)
      left = high - golden * (high - low)
      atLeft = try evaluate(left)
    } else {
      (low, left, atLeft) = (left, right, atRight)
      right = low + golden * (high - low)
      atRight = try evaluate(right)
    }
  }
  let best = atLeft.error <= atRight.error ? atLeft : atRight
  return (best.keep, best.error, false)
}
