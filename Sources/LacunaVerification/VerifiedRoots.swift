import LacunaAlgebra

/// Covariance roots: rows z ← Mz, so that the marks become Z(Mᵀv), Mᵀv by the host.
extension VerifiedBackend {
  public func performAutoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError) {
    let rho = Double(correlation)
    let innovation = ((1 - rho) * (1 + rho)).squareRoot()
    var vector = probe(x.columns)
    let d = vector.count
    if adjoint {
      for j in 1..<max(d, 1) { vector[j] = rho * vector[j - 1] + innovation * vector[j] }
    } else {
      var state = 0.0
      for j in (0..<d).reversed() {
        state = vector[j] + rho * state
        vector[j] = j == 0 ? state : innovation * state
      }
    }
    // The norm of the root.
    let gain = min(Double(max(d, 1)).squareRoot(), ((1 + abs(rho)) / max(1 - abs(rho), 1e-300)).squareRoot())
    try follow(x, vector, gain: gain, "autoregress") { () throws(BackendError) in
      try base.autoregress(x.base, correlation: correlation, adjoint: adjoint)
    }
  }

  public func performMixBlocks(_ x: Matrix, bounds: [Int], scale: Element, shift: [Element]) throws(BackendError) {
    let (factor, shifts) = (Double(scale), Element.doubles(shift))
    var vector = probe(x.columns)
    for b in shifts.indices where bounds[b] < bounds[b + 1] {
      let block = bounds[b]..<bounds[b + 1]
      let mean = vector[block].reduce(0, +) / Double(block.count)
      for j in block { vector[j] = factor * vector[j] + shifts[b] * mean }
    }
    try follow(x, vector, gain: abs(factor) + shifts.largest, "mixBlocks") { () throws(BackendError) in
      try base.mixBlocks(x.base, bounds: bounds, scale: scale, shift: shift)
    }
  }

  /// Changes rows in place; their marks become the products with a vector.
  private func follow(
    _ x: Matrix, _ vector: [Double], gain: Double, _ operation: String, _ work: () throws(BackendError) -> Void
  ) throws(BackendError) {
    let observed = try observe(x, times: [vector], for: operation)
    try work()
    let reach = observed.marks.norm * (vector.norm + gain * Double(vector.count).squareRoot())
    x.known = .marks(observed.marks.predicted(observed.products[0], tolerance: 32 * epsilon * reach, part: .all))
  }

  public func performFilterCirculant(_ z: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
    let spectrum = Element.doubles(eigenvalues)
    let v = probe(out.columns)
    let filtered = Array(HostCirculant(spectrum).apply(to: v[...]).prefix(z.columns))
    let observed = try observe(z, times: [filtered], for: "filterCirculant")
    try base.filterCirculant(z.base, eigenvalues: eigenvalues, into: out.base)
    z.known = .nothing
    let reach = observed.marks.norm * spectrum.largest * v.norm
    out.known = .marks(observed.marks.predicted(observed.products[0], tolerance: 32 * epsilon * reach, part: .all))
  }

  public func performCirculantForms(of q: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
    try twice(into: out, reading: [q], "circulantForms") { (out) throws(BackendError) in
      try base.circulantForms(of: q.base, eigenvalues: eigenvalues, into: out)
    }
  }
}
