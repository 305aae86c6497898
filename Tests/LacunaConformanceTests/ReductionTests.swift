import LacunaAlgebra
import Testing

/// Sums over rows and columns against float64 sums; an error of 2·ε·√n + n·ε² would do, k·ε is allowed.
@Suite struct ReductionTests {
  @Test(
    arguments: Subject.all,
    [[1, 1], [3, 2], [17, 64], [517, 130], [64, 517], [1, 2000], [2000, 1], [300, 1025], [3, 0], [0, 3]])
  func weightedSums(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (rows, columns) = (shape[0], shape[1])
      let a = backend.rounded(.random(rows, columns, seed: 1))
      let b = backend.rounded(.random(rows, columns, seed: 2))
      let rowWeights = backend.rounded(Dense.random(1, rows, seed: 3)).values
      let columnWeights = backend.rounded(Dense.random(1, columns, seed: 4)).values
      let x = try backend.matrix(a)
      for same in [false, true] {
        let y = same ? x : try backend.matrix(b)
        let terms = Dense(rows: rows, columns: columns) { a[$0, $1] * (same ? a : b)[$0, $1] }
        for weighted in [false, true] {
          let perRow = try backend.makeMatrix(rows: 1, columns: rows)
          try backend.rowDots(x, y, weights: weighted ? try backend.vector(columnWeights) : nil, into: perRow)
          let rowTerms = Dense(rows: rows, columns: columns) { terms[$0, $1] * (weighted ? columnWeights[$1] : 1) }
          try check(backend, perRow, sumsOf: rowTerms)

          let perColumn = try backend.makeMatrix(rows: 1, columns: columns)
          try backend.columnDots(x, y, weights: weighted ? try backend.vector(rowWeights) : nil, into: perColumn)
          let columnTerms = Dense(rows: rows, columns: columns) { terms[$0, $1] * (weighted ? rowWeights[$0] : 1) }
          try check(backend, perColumn, sumsOf: columnTerms.transposed)
        }
      }
    }
    try law(subject.backend)
  }

  private func check<B: Backend>(_ backend: B, _ out: B.Matrix, sumsOf terms: Dense) throws {
    let values = try backend.dense(out).values
    #expect(values.count == terms.rows)
    for i in 0..<terms.rows {
      let row = terms.row(i)
      let bound = Double(row.count + 1) * backend.epsilon * row.reduce(0) { $0 + abs($1) }
      #expect(abs(values[i] - row.reduce(0, +)) <= bound)
    }
  }

  @Test(arguments: Subject.all) func theSameInputGivesTheSameBits(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let x = try backend.matrix(.random(700, 300, seed: 5))
      let rows = try backend.makeMatrix(rows: 1, columns: 700)
      let columns = try backend.makeMatrix(rows: 1, columns: 300)
      try backend.rowDots(x, x, weights: nil, into: rows)
      try backend.columnDots(x, x, weights: nil, into: columns)
      let first = (try backend.download(rows), try backend.download(columns))
      for _ in 0..<5 {
        try backend.rowDots(x, x, weights: nil, into: rows)
        try backend.columnDots(x, x, weights: nil, into: columns)
        #expect(try backend.download(rows) == first.0)
        #expect(try backend.download(columns) == first.1)
      }
    }
    try law(subject.backend)
  }
}
