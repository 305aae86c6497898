import LacunaAlgebra

/// Regression under masks that all samples share, each with a weight: the Gram of row k is S ∘ Σ_m w_m m mᵀ over the masks
/// that hide k, so S is all that is read of the data.
///
/// Coordinates hidden by the same masks share a Gram and are solved together: one inverse of order d for each such group.
/// A coordinate that no mask hides is predicted by 0 and adds no training error.
public struct SharedMaskRegression<Device: Backend> {
  private let device: Device
  private let gram: Device.Matrix

  /// - Parameter device: where the work is done.
  /// - Parameter gram: S, d × d, lower triangle; `fit` fills in the upper one.
  public init(device: Device, gram: Device.Matrix) {
    self.device = device
    self.gram = gram
  }

  /// - Parameter masks: weights of any positive sum; they count by their share of it.
  /// - Parameter ridge: λ.
  /// - Throws: `RegressionError.numericallySingular`.
  public func fit(_ masks: GivenMasks, ridge: Double) throws -> SchemePredictor<Device> {
    let d = gram.rows
    precondition(masks.coordinateCount == d, "masks of \(d) coordinates")
    let total = masks.weights.reduce(0, +)
    try device.symmetrize(gram)
    let variances = try GramCovariance(device: device, gram: gram).variances
    let predictor = try device.makeMatrix(rows: d, columns: d)
    var training = [Double](repeating: 0, count: d)
    var condition = 1.0
    let local = try device.makeMatrix(rows: d, columns: d)
    let overlap = try device.makeMatrix(rows: d, columns: d)
    let inverse = try device.makeMatrix(rows: d, columns: d)

    for (hiding, coordinates) in groups(masks) {
      let weights = hiding.map { masks.weights[$0] / total }
      let rows = hiding.indices.flatMap { r in
        (0..<d).map { masks[hiding[r], $0] ? Device.Element(weights[r].squareRoot()) : 0 }
      }
      let shown = (0..<d).map { j in hiding.indices.reduce(0) { $0 + (masks[hiding[$1], j] ? weights[$1] : 0) } }
      try device.clear(overlap)
      try device.accumulateGram(
        of: try device.makeMatrix(rows, rows: hiding.count, columns: d), scale: 1, into: overlap)
      try device.symmetrize(overlap)
      try device.hadamard(overlap, gram, into: local)
      // What these masks never show has a zero row; a one on the diagonal keeps it at zero for any ridge.
      let squares = shown.indices.map { shown[$0] > 0 ? shown[$0] * variances[$0] + ridge : 1 }
      try device.setDiagonal(of: local, to: try device.makeVector(elements(squares)))
      try device.copy(local, to: inverse)
      try invertGram(inverse, ridge: ridge, on: device) { minor in minor - 1 }
      try device.symmetrize(inverse)
      condition = max(condition, try device.condition(of: inverse, squares: squares))

      let cross = try device.makeMatrix(rows: coordinates.count, columns: d)
      try device.gather(of: gram, rows: coordinates, into: cross)
      try device.scale(cross, rows: nil, columns: try device.makeVector(elements(shown)))
      let solution = try device.makeMatrix(rows: coordinates.count, columns: d)
      let rest = try device.makeMatrix(rows: coordinates.count, columns: d)
      try device.copy(cross, to: rest)
      // The second time around it is refined by what the first left.
      for _ in 0..<2 {
        try device.multiply(
          rest, transposeA: false, inverse, transposeB: false, alpha: 1, beta: 1, into: solution)
        try device.copy(cross, to: rest)
        try device.multiply(
          solution, transposeA: false, local, transposeB: false, alpha: -1, beta: 1, into: rest)
      }
      try device.scatterRows(of: solution, to: predictor, at: coordinates)
      let explained = try device.doubleRowDots(solution, cross)
      let unsolved = try device.doubleRowDots(solution, rest)
      let norms = try device.doubleRowDots(solution, solution)
      let hidden = weights.reduce(0, +)
      for (row, k) in coordinates.enumerated() {
        // That of this predictor, solved to the last digit or not. A mean square: what is below 0 is rounding.
        training[k] = nonNegative(hidden * variances[k] - explained[row] - unsolved[row] - ridge * norms[row])
      }
    }
    return SchemePredictor(matrix: predictor, training: training, condition: condition)
  }

  /// Coordinates by the set of masks that hide them, those that none hides left out.
  private func groups(_ masks: GivenMasks) -> [(hiding: [Int], coordinates: [Int])] {
    var index: [[Int]: Int] = [:]
    var groups: [(hiding: [Int], coordinates: [Int])] = []
    for k in 0..<masks.coordinateCount {
      let hiding = (0..<masks.count).filter { !masks[$0, k] && masks.weights[$0] > 0 }
      guard !hiding.isEmpty else { continue }
      if let known = index[hiding] {
        groups[known].coordinates.append(k)
      } else {
        index[hiding] = groups.count
        groups.append((hiding, [k]))
      }
    }
    return groups
  }
}
