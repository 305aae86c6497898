import LacunaAlgebra

extension LawChecker {
  /// Against float64 sums, in units of ε·(terms + 1)·Σ|terms|.
  func reductions() {
    let shapes = [
      [1, 1], [3, 2], [17, 64], [517, 130], [64, 517], [1, 2000], [2000, 1], [300, 1025], [3, 0], [0, 3],
    ]
    for shape in sizes.fitting(shapes) { weightedSums(shape[0], shape[1]) }
    for shape in sizes.fitting([[1, 1], [3, 2], [300, 17], [700, 64], [64, 130], [0, 3]]) {
      residualSums(shape[0], shape[1])
    }
    attempt("rowDots", "the same bits again") {
      let (rows, columns) = (min(700, sizes.side), min(300, sizes.side))
      let x = try backend.matrix(.random(rows, columns, seed: 5))
      let perRow = try backend.makeMatrix(rows: 1, columns: rows)
      let perColumn = try backend.makeMatrix(rows: 1, columns: columns)
      try backend.rowDots(x, x, weights: nil, into: perRow)
      try backend.columnDots(x, x, weights: nil, into: perColumn)
      let first = (try backend.download(perRow), try backend.download(perColumn))
      for _ in 0..<5 {
        try backend.rowDots(x, x, weights: nil, into: perRow)
        try backend.columnDots(x, x, weights: nil, into: perColumn)
        record("rowDots", "the same bits again", try backend.download(perRow), equals: first.0)
        record("columnDots", "the same bits again", try backend.download(perColumn), equals: first.1)
      }
    }
  }

  private func weightedSums(_ rows: Int, _ columns: Int) {
    let a = backend.rounded(.random(rows, columns, seed: 1))
    let b = backend.rounded(.random(rows, columns, seed: 2))
    let rowWeights = backend.rounded(Dense.random(1, rows, seed: 3)).values
    let columnWeights = backend.rounded(Dense.random(1, columns, seed: 4)).values
    for (same, weighted) in [(false, false), (false, true), (true, false), (true, true)] {
      let name = "\(rows) × \(columns)\(same ? ", squares" : "")\(weighted ? ", weighted" : "")"
      let terms = Dense(rows: rows, columns: columns) { a[$0, $1] * (same ? a : b)[$0, $1] }
      measure("rowDots", name, bound: 1) {
        let x = try backend.matrix(a)
        let out = try backend.makeMatrix(rows: 1, columns: rows)
        let weights = weighted ? try backend.vector(columnWeights) : nil
        try backend.rowDots(x, same ? x : try backend.matrix(b), weights: weights, into: out)
        let own = Dense(rows: rows, columns: columns) { terms[$0, $1] * (weighted ? columnWeights[$1] : 1) }
        return try residual(out, sumsOf: own)
      }
      measure("columnDots", name, bound: 1) {
        let x = try backend.matrix(a)
        let out = try backend.makeMatrix(rows: 1, columns: columns)
        let weights = weighted ? try backend.vector(rowWeights) : nil
        try backend.columnDots(x, same ? x : try backend.matrix(b), weights: weights, into: out)
        let own = Dense(rows: columns, columns: rows) { terms[$1, $0] * (weighted ? rowWeights[$1] : 1) }
        return try residual(out, sumsOf: own)
      }
    }
  }

  private func residual(_ out: B.Matrix, sumsOf terms: Dense) throws -> Double {
    let values = try backend.dense(out).values
    guard values.count == terms.rows else { return .infinity }
    var worst = WorstResidual()
    for i in 0..<terms.rows {
      let row = terms.row(i)
      let size = row.reduce(0) { $0 + abs($1) }
      worst.add(abs(values[i] - row.reduce(0, +)), unit: Double(row.count + 1) * epsilon * size)
    }
    return worst.value
  }
}
