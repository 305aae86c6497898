extension Backend {
  /// Down the blocks of rows of w, with the state of the recurrences of every column and shift.
  public func performResolventForms(
    of w: Matrix, band b: SymmetricBand, shifts: [Double], probes: [[Double]], into out: Matrix
  ) throws(BackendError) {
    var passes: [BandPass] = []
    for shift in shifts { passes.append(BandPass(try b.factor(shift: shift), probes: probes, columns: w.columns)) }
    for first in stride(from: 0, to: w.columns > 0 ? b.order : 0, by: b.width) {
      let values = try doubles(w, rows: first..<min(first + b.width, b.order))
      for r in passes.indices { passes[r].add(values, block: first / b.width) }
    }
    try upload(Element.nearest(passes.flatMap(\.forms)), to: out, firstRow: 0)
  }
}

/// The forms of one shift in all columns, block of rows after block: see `SymmetricBand.ShiftedFactors`.
private struct BandPass {
  private let factors: SymmetricBand.ShiftedFactors
  private let weights: [[Double]]
  private let columns: Int
  /// y and x of the block before.
  private var y: [Double]
  private var x: [Double]
  /// wᵀRw, ‖Rw‖² and wᵀRg of every column so far, a row each.
  private(set) var forms: [Double]

  init(_ factors: SymmetricBand.ShiftedFactors, probes: [[Double]], columns: Int) {
    self.factors = factors
    self.columns = columns
    weights = probes.map(factors.weights)
    y = [Double](repeating: 0, count: factors.width * columns)
    x = y
    forms = [Double](repeating: 0, count: (2 + probes.count) * columns)
  }

  mutating func add(_ values: [Double], block j: Int) {
    let rows = columns > 0 ? values.count / columns : 0
    y = next(values, rows: rows, matrix: 4 * j, state: y)
    x = next(y, rows: rows, matrix: 4 * j + 2, state: x)
    for i in 0..<rows {
      for k in 0..<columns {
        forms[k] += y[i * columns + k] * y[i * columns + k]
        forms[columns + k] += x[i * columns + k] * x[i * columns + k]
      }
      for (p, h) in weights.enumerated() {
        let weight = h[j * factors.width + i]
        for k in 0..<columns { forms[(2 + p) * columns + k] += y[i * columns + k] * weight }
      }
    }
  }

  /// The products of a block's values with one matrix and of the state with the next.
  private func next(_ values: [Double], rows: Int, matrix: Int, state: [Double]) -> [Double] {
    let b = factors.width
    var result = [Double](repeating: 0, count: b * columns)
    for i in 0..<rows {
      for t in 0..<b {
        let own = t < rows ? factors.blocks[(matrix * b + i) * b + t] : 0
        let before = factors.blocks[((matrix + 1) * b + i) * b + t]
        for k in 0..<columns {
          if own != 0 { result[i * columns + k] += own * values[t * columns + k] }
          if before != 0 { result[i * columns + k] += before * state[t * columns + k] }
        }
      }
    }
    return result
  }
}
