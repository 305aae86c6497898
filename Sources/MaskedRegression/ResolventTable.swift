import LacunaAlgebra

/// Forms of resolvents on the host: (2 + probes) rows a shift, a column a vector, as `Backend.resolventForms` lays them out.
struct ResolventTable {
  fileprivate let values: [Double]
  fileprivate let columns: Int

  subscript(row: Int, column: Int) -> Double { values[row * columns + column] }

  func row(_ index: Int) -> [Double] { Array(values[index * columns..<(index + 1) * columns]) }
}

extension Backend {
  /// `resolventForms`, downloaded.
  func resolventTable(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]]
  ) throws(BackendError) -> ResolventTable {
    let out = try makeMatrix(rows: (2 + probes.count) * shifts.count, columns: w.columns)
    try resolventForms(of: w, band: b, shifts: shifts, probes: probes, into: out)
    return ResolventTable(values: try doubles(out), columns: w.columns)
  }
}
