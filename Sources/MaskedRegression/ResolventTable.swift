import LacunaAlgebra

/// Forms of resolvents on the host: (2 + probes) rows a shift, a column a vector, as `Backend.resolventForms` lays them out.
struct ResolventTable<Element: Scalar> {
  fileprivate let values: [Element]
  fileprivate let columns: Int

  subscript(row: Int, column: Int) -> Double { Double(values[row * columns + column]) }

  func row(_ index: Int) -> [Double] { values[index * columns..<(index + 1) * columns].map { Double($0) } }
}

extension Backend {
  /// `resolventForms`, downloaded.
  func resolventTable(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]]
  ) throws(BackendError) -> ResolventTable<Element> {
    let out = try makeMatrix(rows: (2 + probes.count) * shifts.count, columns: w.columns)
    try resolventForms(of: w, band: b, shifts: shifts, probes: probes, into: out)
    return ResolventTable(values: try download(out), columns: w.columns)
  }
}
