import LacunaAlgebra
import RealModule

extension SelfWeightedFit {
  /// The errors held out at weights that were learned without the rows they are of: samples (or groups) in turn in five folds, up to
  /// forty each in one of its own, every cell by the fit of all samples but its own with the weights of the other folds.
  ///
  /// Errors held out at fixed weights do not know that weights have seen the row. Where one row alone contradicts what all others obey
  /// exactly, it alone holds up weights that vanish without it, and they are too small by any factor.
  public func crossFittedErrors(ridge: Double) throws -> [Double]? {
    let units = groups?.members ?? (0..<sampleCount).map { [$0] }
    guard let others, validation.isExact, units.count >= 10 else { return nil }
    // Of few samples four fifths say less than all but one do.
    let foldCount = units.count <= 40 ? units.count : 5
    let whole = try solve(ridge: ridge).weights
    let d = coordinateCount
    var squares = [Double](repeating: 0, count: d)
    for fold in 0..<foldCount {
      try Interruption.check()
      var isHeld = [Bool](repeating: false, count: sampleCount)
      for unit in stride(from: fold, to: units.count, by: foldCount) { for i in units[unit] { isHeld[i] = true } }
      let weights: [Double]
      do {
        weights = try others(isHeld.indices.filter { !isHeld[$0] }).weights(ridge: ridge, near: whole)
      } catch is RegressionError {
        return nil
      }
      let hasTiles = try make(weights).residualTiles(ridge: ridge) { tile in
        let (width, first) = (tile.coordinates.count, tile.coordinates.lowerBound)
        for (row, i) in tile.samples.enumerated() where isHeld[i] {
          for k in 0..<width {
            let value = tile.values[row * width + k]
            squares[first + k] += value * value
          }
        }
      }
      guard hasTiles else { return nil }
    }
    return squares.map { $0 / Double(sampleCount) }
  }

  /// The weights of a ridge to 10⁻³.
  /// - Parameter near: where to begin, and what coordinates have that never vary here.
  private func weights(ridge: Double, near: [Double]) throws -> [Double] {
    let guess = zip(near, variances).map { $1 > 0 && $0 > 0 ? Double.log($0 / $1) : 0 }
    let found = try solve(ridge: ridge, goal: WeightIteration.roughGoal, guess: guess).weights
    return found.indices.map { variances[$0] > 0 ? found[$0] : near[$0] }
  }
}

extension SampleGroups {
  /// Those of some of the samples, numbered as these are given.
  func among(_ rows: [Int]) -> SampleGroups {
    var labels = [Int](repeating: 0, count: sampleCount)
    for (group, members) in members.enumerated() { for i in members { labels[i] = group } }
    return SampleGroups(labels: rows.map { labels[$0] })
  }
}
