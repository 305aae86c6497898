import RealModule

extension BulkMeasure {
  /// Where to look for the bulk, ascending: a logarithmic grid over its bounds; where a node far from its neighbours would
  /// put a component of its own, with a point between each two; and for γ > 1 the entries of λD, about which the null
  /// space of the data has its eigenvalues.
  func scanPoints(resolution: Int) -> [Double] {
    let bounds = bounds
    let low = Double.log(bounds.lowerBound)
    let high = Double.log(bounds.upperBound)
    var points = (0...resolution).map { Double.exp(low + (high - low) * Double($0) / Double(resolution)) }
    let separated = separatedNodes.map { isolatedPosition($0) }.sorted()
    points += separated
    points += zip(separated, separated.dropFirst()).map { ($0 * $1).squareRoot() }
    if aspectRatio > 1 {
      let shifts = shifts.map(\.value)
      let picked = stride(from: 0, to: shifts.count, by: max(1, 2 * shifts.count / resolution)).map { shifts[$0] }
      points += picked
      // Of the narrow intervals that nearly equal entries leave beside an atom, a second search finds what the first missed.
      let parts = pencil != nil && resolution > 96 ? 8 : 2
      for (low, high) in zip(picked, picked.dropFirst()) {
        points += (1..<parts).map { low + (high - low) * Double($0) / Double(parts) }
      }
    }
    let atoms = atoms.map(\.z) + hardEdges.map(\.z)
    points += atoms.flatMap(pointsBeside)
    points.sort()
    var result: [Double] = []
    for z in points where z > (result.last ?? 0) && !atoms.contains(where: { abs($0 - z) <= 1e-12 * z }) {
      result.append(z)
    }
    return result
  }

  /// A point on either side of an atom, in the gap that is always there, and of a hard edge, however near other entries of λD are.
  ///
  /// About N ≥ n entries (p, q) the equation is solved by c p = −(z − q) n/(N − n), and by c ∝ |z − q|^½ for N = n, while that moves
  /// no other entry: |c p_j| ≪ |q_j − q|.
  private func pointsBeside(_ q: Double) -> [Double] {
    guard pencil == nil else { return [] }
    let own = nodes.filter { abs($0.shift - q) <= 1e-13 * q }
    let excess = own.reduce(0) { $0 + $1.weight } / Double(sampleCount) - 1
    let least = own.reduce(Double.infinity) { min($0, $1.scaled) }
    let room = nodes.reduce(q) { room, node in
      let distance = abs(node.shift - q)
      if distance <= 1e-13 * q { return room }
      let moved = least / node.scaled
      return min(room, distance * min(1, excess > 1e-12 ? excess * moved : distance / q * moved))
    }
    return [q - 0.01 * room, q + 0.01 * room].filter { abs($0 - q) > 1e-12 * q }
  }

  /// Nodes farther from a neighbour than their own component would be wide.
  private var separatedNodes: [Int] {
    let n = Double(sampleCount)
    let picked = nodes.indices.filter { k in
      let width = nodes[k].scaled * (nodes[k].weight / n).squareRoot()
      let before = k == 0 || nodes[k].scaled - nodes[k - 1].scaled > width
      let after = k == nodes.count - 1 || nodes[k + 1].scaled - nodes[k].scaled > width
      return before || after
    }
    // Each point of a dense Σ costs an eigensolve.
    let greatest = pencil == nil ? 2048 : 64
    return stride(from: 0, to: picked.count, by: max(1, picked.count / greatest)).map { picked[$0] }
  }

  /// c p_k + q_k, c where node k alone would sit, were it far from the others.
  private func isolatedPosition(_ k: Int) -> Double {
    let node = nodes[k]
    var c = 1.0
    for _ in 0..<5 {
      let z = c * node.scaled + node.shift
      var sum = 0.0
      for (index, other) in nodes.enumerated() where index != k {
        let distance = c * other.scaled + other.shift - z
        if distance != 0 { sum += other.weight * other.scaled / distance }
      }
      let next = 1 / (1 + sum / Double(sampleCount))
      guard next.isFinite, next > 0, next < 4 else { return node.scaled + node.shift }
      c = next
    }
    return c * node.scaled + node.shift
  }
}
