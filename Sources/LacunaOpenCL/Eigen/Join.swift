extension DivideAndConquer {
  /// Two neighbouring parts of the matrix, rows `first` ..< `middle` and `middle` ..< `end`; one that is not divided ends at its
  /// middle.
  struct Node {
    let first, middle, end: Int
    var count: Int { end - first }
    var upperCount: Int { middle - first }
    var lowerCount: Int { end - middle }
  }

  /// Two parts that become one: what the host decided of them, and where their rows wait in `packed`.
  struct Join {
    let node: Node
    let deflation: Deflation
    /// Elements of `packed` before its own, of which it has as many as its part of the matrix.
    let offset: Int
    /// Poles as products count them: those whose eigenvectors have entries on the upper part alone, on both, on the lower alone.
    let order: [Int]
    /// Poles whose eigenvectors have entries on the upper part, and on the lower.
    let upperPoles, lowerPoles: Int

    init(_ node: Node, _ deflation: Deflation, offset: Int) {
      (self.node, self.deflation, self.offset) = (node, deflation, offset)
      let (isUpper, isLower) = (deflation.isUpper, deflation.isLower)
      let poles = deflation.poles.indices
      order =
        poles.filter { !isLower[$0] } + poles.filter { isUpper[$0] && isLower[$0] } + poles.filter { !isUpper[$0] }
      upperPoles = isUpper.count { $0 }
      lowerPoles = isLower.count { $0 }
    }

    var poleCount: Int { deflation.poles.count }

    /// Rows over the upper part's columns, over the lower part's, and whole ones that stay, one below the other: each pole whose
    /// eigenvector is on both came of one of either, so that they fit.
    var upperOffset: Int { offset }
    var lowerOffset: Int { upperOffset + upperPoles * node.upperCount }
    var settledOffset: Int { lowerOffset + lowerPoles * node.lowerCount }
  }
}
