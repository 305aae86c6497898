/// Blocks of equally correlated coordinates with unit variances: Σ_ij = ρ inside a block, 0 across.
///
/// A block of size b has the eigenvalue 1 − ρ with multiplicity b − 1 and 1 + (b−1)ρ once; R is constant on its
/// diagonal, so every answer costs O(1) per distinct block size (two at most) beyond writing it out.
public struct BlockPopulation: Population {
  public let coordinateCount: Int
  /// ρ, the correlation inside a block.
  public let correlation: Double
  /// blocks + 1 bounds: block b holds coordinates bounds_b ..< bounds_(b+1), bounds_b = ⌊b·d/blocks⌋; sizes differ by
  /// one where the number of blocks does not divide d.
  public let bounds: [Int]

  /// - Throws: `invalidArgument` unless 1 ≤ blocks ≤ d; `notPositiveDefinite` unless −1/(b−1) < ρ < 1 for the largest
  ///   block size b.
  public init(coordinateCount: Int, blocks: Int, correlation: Double) throws(PopulationError) {
    try requirePositive(coordinateCount, "coordinate count")
    guard (1...coordinateCount).contains(blocks) else {
      throw .invalidArgument(
        name: "blocks", value: Double(blocks),
        requirement: "between 1 and the number of coordinates (\(coordinateCount))")
    }
    let largest = (coordinateCount + blocks - 1) / blocks
    guard correlation < 1, 1 + Double(largest - 1) * correlation > 0 else {
      throw .notPositiveDefinite(
        reason: "the correlation \(correlation) inside blocks of \(largest) must lie strictly between "
          + "\(largest > 1 ? -1 / Double(largest - 1) : -Double.infinity) and 1")
    }
    self.coordinateCount = coordinateCount
    self.correlation = correlation
    bounds = (0...blocks).map { b in
      let (high, low) = b.multipliedFullWidth(by: coordinateCount)
      return blocks.dividingFullWidth((high, low)).quotient
    }
  }

  public var variances: [Double] { Array(repeating: 1, count: coordinateCount) }

  /// The eigenvalues of a block of the given size: the repeated one (size − 1 times) and the one of the block mean.
  package func eigenvalues(blockSize: Int) -> (repeated: Double, mean: Double) {
    (1 - correlation, 1 + Double(blockSize - 1) * correlation)
  }

  /// The distinct block sizes and how many blocks have each.
  package var sizes: [(size: Int, blocks: Int)] {
    let blocks = bounds.count - 1
    let (quotient, remainder) = coordinateCount.quotientAndRemainder(dividingBy: blocks)
    return remainder == 0
      ? [(quotient, blocks)] : [(quotient, blocks - remainder), (quotient + 1, remainder)]
  }

  public func resolventTraces(effectiveRidge ridge: Double) -> ResolventTraces {
    var traces = ResolventTraces(first: 0, second: 0, resolvent: 0, resolventCovarianceResolvent: 0)
    for (size, blocks) in sizes {
      let values = eigenvalues(blockSize: size)
      for (value, count) in [(values.repeated, blocks * (size - 1)), (values.mean, blocks)] {
        let inverse = 1 / (value + ridge)
        let share = value * inverse
        traces.first += Double(count) * share
        traces.second += Double(count) * share * share
        traces.resolvent += Double(count) * inverse
        traces.resolventCovarianceResolvent += Double(count) * share * inverse
      }
    }
    return traces
  }

  public func resolventDiagonals(effectiveRidge ridge: Double) -> ResolventDiagonals {
    var diagonals = ResolventDiagonals(
      resolvent: Array(repeating: 0, count: coordinateCount),
      resolventCovarianceResolvent: Array(repeating: 0, count: coordinateCount))
    for block in 0..<(bounds.count - 1) {
      let size = bounds[block + 1] - bounds[block]
      let values = eigenvalues(blockSize: size)
      let repeated = 1 / (values.repeated + ridge)
      let mean = 1 / (values.mean + ridge)
      let weight = Double(size - 1)
      let resolvent = (weight * repeated + mean) / Double(size)
      let mixed =
        (weight * values.repeated * repeated * repeated + values.mean * mean * mean) / Double(size)
      for k in bounds[block]..<bounds[block + 1] {
        diagonals.resolvent[k] = resolvent
        diagonals.resolventCovarianceResolvent[k] = mixed
      }
    }
    return diagonals
  }
}
