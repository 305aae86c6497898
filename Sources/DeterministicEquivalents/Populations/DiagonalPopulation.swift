import RealModule

/// Independent coordinates: Σ = diag(v). Every answer costs O(d), or O(1) where all variances are equal.
public struct DiagonalPopulation: Population {
  public let coordinateCount: Int

  /// The one variance of an isotropic population; nil where they differ.
  let commonVariance: Double?
  private let distinct: [Double]

  /// - Parameter variances: diag Σ, positive.
  /// - Throws: `notPositiveDefinite` naming the first variance that is not a positive number; `invalidArgument` if empty.
  public init(variances: [Double]) throws(PopulationError) {
    try requirePositive(variances.count, "coordinate count")
    try requirePositive(variances)
    coordinateCount = variances.count
    let first = variances[0]
    commonVariance = variances.allSatisfy { $0 == first } ? first : nil
    distinct = commonVariance == nil ? variances : []
  }

  /// Σ = variance · I.
  public init(isotropic variance: Double = 1, coordinateCount: Int) throws(PopulationError) {
    try requirePositive(coordinateCount, "coordinate count")
    try requirePositive([variance])
    self.coordinateCount = coordinateCount
    commonVariance = variance
    distinct = []
  }

  /// Variances k^−exponent, k = 1…d, scaled to mean 1.
  public static func powerLaw(exponent: Double, coordinateCount: Int) throws(PopulationError) -> DiagonalPopulation {
    try requirePositive(coordinateCount, "coordinate count")
    guard exponent.isFinite else {
      throw .invalidArgument(name: "exponent", value: exponent, requirement: "a finite number")
    }
    let raw = (1...coordinateCount).map { Double.pow(Double($0), -exponent) }
    let scale = Double(coordinateCount) / blockSum(raw)
    return try DiagonalPopulation(variances: raw.map { $0 * scale })
  }

  public var variances: [Double] {
    commonVariance.map { Array(repeating: $0, count: coordinateCount) } ?? distinct
  }

  public func resolventTraces(effectiveRidge: Double) -> ResolventTraces {
    if let variance = commonVariance {
      let resolvent = 1 / (variance + effectiveRidge)
      let share = variance * resolvent
      let count = Double(coordinateCount)
      return ResolventTraces(
        first: count * share, second: count * share * share, resolvent: count * resolvent,
        resolventCovarianceResolvent: count * share * resolvent)
    }
    return diagonalTraces(of: distinct, effectiveRidge: effectiveRidge)
  }

  public func resolventDiagonals(effectiveRidge: Double) -> ResolventDiagonals {
    if let variance = commonVariance {
      let resolvent = 1 / (variance + effectiveRidge)
      return ResolventDiagonals(
        resolvent: Array(repeating: resolvent, count: coordinateCount),
        resolventCovarianceResolvent: Array(repeating: variance * resolvent * resolvent, count: coordinateCount))
    }
    return ResolventDiagonals(
      resolvent: distinct.map { 1 / ($0 + effectiveRidge) },
      resolventCovarianceResolvent: distinct.map { variance in
        let resolvent = 1 / (variance + effectiveRidge)
        return variance * resolvent * resolvent
      })
  }

  /// Each coordinate is its own entry, scaled: m = v/(v + κ).
  public func entryMoments(effectiveRidge: Double) -> EntryMoments? {
    func moments(_ variance: Double) -> SIMD2<Double> {
      let share = variance / (variance + effectiveRidge)
      return SIMD2(share * share, share * share * share)
    }
    let sums =
      commonVariance.map { moments($0) * Double(coordinateCount) }
      ?? distinct.reduce(into: .zero) { $0 += moments($1) }
    return EntryMoments(second: sums.x, third: sums.y)
  }

  public func precisionDiagonal() -> [Double] {
    resolventDiagonals(effectiveRidge: 0).resolvent
  }
}
