import LacunaFourier

/// Covariance roots a block of rows at a time, in float64 on the host.
extension Backend {
  /// The adjoint runs s_j = z_j + ρ·s_(j+1) from the end and gives √(1−ρ²)·s_j, and s_1 for the first.
  public func performAutoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError) {
    let rho = Double(correlation)
    let innovation = ((1 - rho) * (1 + rho)).squareRoot()
    let d = x.columns
    try changeRows(of: x) { (block, rows) throws(BackendError) in
      for i in 0..<rows.count {
        if adjoint {
          var state = 0.0
          for j in (0..<d).reversed() {
            state = block[i * d + j] + rho * state
            block[i * d + j] = j == 0 ? state : innovation * state
          }
        } else {
          for j in 1..<max(d, 1) {
            block[i * d + j] = rho * block[i * d + j - 1] + innovation * block[i * d + j]
          }
        }
      }
    }
  }

  public func performMixBlocks(
    _ x: Matrix, bounds: [Int], scale: Element, shift: [Element]
  ) throws(BackendError) {
    let (factor, shifts) = (Double(scale), Element.doubles(shift))
    let d = x.columns
    try changeRows(of: x) { (values, rows) throws(BackendError) in
      for i in 0..<rows.count {
        for b in shifts.indices where bounds[b] < bounds[b + 1] {
          let block = i * d + bounds[b]..<i * d + bounds[b + 1]
          let mean = values[block].reduce(0, +) / Double(block.count)
          for e in block { values[e] = factor * values[e] + shifts[b] * mean }
        }
      }
    }
  }

  public func performFilterCirculant(
    _ z: Matrix, eigenvalues: [Element], into out: Matrix
  ) throws(BackendError) {
    let filter = HostCirculant(Element.doubles(eigenvalues))
    // Of the wider one, so that the blocks of both are small.
    try forEachRowBlock(of: z.rows, columns: max(z.columns, out.columns)) { rows throws(BackendError) in
      let values = try doubles(z, rows: rows)
      var filtered: [Double] = []
      for i in 0..<rows.count {
        filtered += filter.apply(to: values[i * z.columns..<(i + 1) * z.columns]).prefix(out.columns)
      }
      try upload(Element.nearest(filtered), to: out, firstRow: rows.lowerBound)
    }
  }

  public func performCirculantForms(
    of q: Matrix, eigenvalues: [Element], into out: Matrix
  ) throws(BackendError) {
    let filter = HostCirculant(Element.doubles(eigenvalues))
    var forms = [Double](repeating: 0, count: q.rows)
    try forEachRowBlock(of: q.rows, columns: q.columns) { rows throws(BackendError) in
      let values = try doubles(q, rows: rows)
      for (i, row) in rows.enumerated() {
        let x = values[i * q.columns..<(i + 1) * q.columns]
        forms[row] = zip(x, filter.apply(to: x)).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    try upload(Element.nearest(forms), to: out, firstRow: 0)
  }
}

/// A symmetric circulant applied to rows of the host.
package struct HostCirculant {
  /// Eigenvalues, with the 1/m of the transform there and back.
  private let factors: [Double]
  private let transform: FourierTransform

  package init(_ eigenvalues: [Double]) {
    factors = eigenvalues.map { $0 / Double(eigenvalues.count) }
    transform = FourierTransform(count: eigenvalues.count)
  }

  /// C z, z padded with zeros.
  package func apply(to z: ArraySlice<Double>) -> [Double] {
    var real = Array(z) + [Double](repeating: 0, count: factors.count - z.count)
    var imaginary = [Double](repeating: 0, count: factors.count)
    transform.forward(real: &real, imaginary: &imaginary)
    for k in factors.indices {
      real[k] *= factors[k]
      imaginary[k] *= factors[k]
    }
    transform.backward(real: &real, imaginary: &imaginary)
    return real
  }
}
