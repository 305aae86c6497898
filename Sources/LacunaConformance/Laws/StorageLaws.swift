import LacunaAlgebra

extension LawChecker {
  func storage() {
    for (rows, columns) in [(1, 1), (3, 17), (min(700, sizes.side), min(300, sizes.side)), (0, 5), (5, 0)] {
      attempt("makeMatrix", "\(rows) × \(columns) zeros") {
        let matrix = try backend.makeMatrix(rows: rows, columns: columns)
        record("makeMatrix", "shape of \(rows) × \(columns)", holds: matrix.rows == rows && matrix.columns == columns)
        record(
          "makeMatrix", "\(rows) × \(columns) zeros", try backend.download(matrix),
          equals: [B.Element](repeating: 0, count: rows * columns))
      }
    }
    uploads()
    views()
    copies()
    gathers()
    for (rows, columns) in [(1 << 40, 1 << 10), (Int.max / 2, 3), (Int.max, Int.max)] {
      func isRight(_ error: BackendError) -> Bool {
        if case .outOfMemory(let requested, _, _) = error { requested >= 1 << 50 } else { false }
      }
      refuses("makeMatrix", "\(rows) × \(columns), with the numbers", with: isRight) {
        _ = try backend.makeMatrix(rows: rows, columns: columns)
      }
    }
  }

  private func uploads() {
    attempt("download", "what went up, bit for bit") {
      let special: [B.Element] = [
        0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .ulpOfOne,
      ]
      let down = try backend.download(try backend.makeVector(special))
      record("download", "special values", down, equals: special)
      record("download", "signs of special values", down.map(\.sign), equals: special.map(\.sign))
      record("download", "NaN", holds: try backend.download(try backend.makeVector([B.Element.nan]))[0].isNaN)
      let dense = backend.rounded(Dense.random(33, 70, seed: 1))
      let matrix = try backend.matrix(dense)
      record("download", "33 × 70", try backend.dense(matrix).values, equals: dense.values)
      for rows in [0..<33, 0..<0, 33..<33, 5..<6, 30..<33] {
        record(
          "download", "rows \(rows)", B.Element.doubles(try backend.download(matrix, rows: rows)),
          equals: Array(dense.values[rows.lowerBound * 70..<rows.upperBound * 70]))
      }
    }
    attempt("upload", "its rows alone") {
      let matrix = try backend.makeMatrix([B.Element](repeating: 1, count: 20), rows: 5, columns: 4)
      try backend.upload([2, 3, 4, 5, 6, 7, 8, 9], to: matrix, firstRow: 2)
      try backend.upload([], to: matrix, firstRow: 5)
      let expected: [B.Element] = [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1, 1]
      record("upload", "its rows alone", try backend.download(matrix), equals: expected)
    }
  }

  private func views() {
    attempt("views", "share their storage") {
      func numbers(_ range: Range<Int>) -> [B.Element] { B.Element.nearest(range.map { Double($0) }) }
      let matrix = try backend.makeMatrix(numbers(0..<24), rows: 6, columns: 4)
      let top = matrix.firstRows(2)
      record("views", "first rows", try backend.download(top), equals: numbers(0..<8))
      let other = matrix.reshaped(rows: 6, columns: 4).firstRows(3)
      try backend.upload(numbers(100..<104), to: other, firstRow: 1)
      record("views", "written through another", try backend.download(top), equals: numbers(0..<4) + numbers(100..<104))
      // The values of another width are undefined, what is written there is not.
      let wide = matrix.reshaped(rows: 3, columns: 5)
      record("views", "another shape", holds: wide.rows == 3 && wide.columns == 5)
      try backend.upload(numbers(200..<215), to: wide, firstRow: 0)
      record("views", "values of another shape", try backend.download(wide), equals: numbers(200..<215))
    }
  }

  private func copies() {
    let (rows, columns) = (min(300, sizes.side), min(150, sizes.side))
    attempt("copy", "apart from its source") {
      let dense = backend.rounded(Dense.random(rows, columns, seed: 2))
      let source = try backend.matrix(dense)
      let target = try backend.makeMatrix(rows: rows, columns: columns)
      try backend.copy(source, to: target)
      try backend.add(target, alpha: 0, beta: 0, to: source)
      record("copy", "apart from its source", try backend.dense(target).values, equals: dense.values)
      record("add", "nothing of both", holds: try backend.dense(source).maxNorm == 0)
      try backend.clear(target)
      record("clear", "\(rows) × \(columns)", holds: try backend.dense(target).maxNorm == 0)
    }
    let dense = backend.rounded(Dense.random(70, 33, seed: 4))
    for (first, count) in [(0, 33), (0, 1), (32, 1), (5, 17), (33, 0)] {
      attempt("copyColumns", "\(count) from \(first)") {
        let target = try backend.makeMatrix(rows: 70, columns: count)
        try backend.copyColumns(of: try backend.matrix(dense), from: first, to: target)
        record(
          "copyColumns", "\(count) from \(first)", try backend.dense(target).values,
          equals: Dense(rows: 70, columns: count) { dense[$0, first + $1] }.values)
      }
    }
  }
  private func gathers() {
    let (rows, columns) = (min(300, sizes.side), min(150, sizes.side))
    let dense = backend.rounded(Dense.random(rows, columns, seed: 5))
    let reversed = Array((0..<rows).reversed())
    let cases: [(name: String, rows: [Int], columns: [Int]?)] = [
      ("some rows", [rows - 1, 0, rows / 2], nil), ("rows and columns", [0, rows - 1, 0], [columns - 1, 0, 0, 1]),
      ("every row backwards", reversed, nil), ("no row", [], nil), ("no column", [1], []),
    ]
    for example in cases {
      attempt("gather", example.name) {
        let width = example.columns?.count ?? columns
        let target = try backend.makeMatrix(rows: example.rows.count, columns: width)
        try backend.gather(
          of: try backend.matrix(dense), rows: example.rows, columns: example.columns, into: target)
        record(
          "gather", example.name, try backend.dense(target).values,
          equals: Dense(rows: example.rows.count, columns: width) {
            dense[example.rows[$0], example.columns?[$1] ?? $1]
          }.values)
      }
    }
    attempt("scatterRows", "gather backwards, and its rows alone") {
      let source = try backend.matrix(dense)
      let target = try backend.makeMatrix(rows: rows, columns: columns)
      try backend.scatterRows(of: source, to: target, at: reversed)
      record(
        "scatterRows", "every row backwards", try backend.dense(target).values,
        equals: Dense(rows: rows, columns: columns) { dense[rows - 1 - $0, $1] }.values)
      try backend.clear(target)
      try backend.scatterRows(of: source.firstRows(2), to: target, at: [2, 0])
      record(
        "scatterRows", "its rows alone", try backend.dense(target).values,
        equals: Dense(rows: rows, columns: columns) { $0 == 2 ? dense[0, $1] : $0 == 0 ? dense[1, $1] : 0 }.values)
    }
  }
}
