import LacunaAlgebra
import Testing

@Suite struct StorageTests {
  @Test(arguments: Subject.all) func aNewMatrixIsZero(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      for (rows, columns) in [(1, 1), (3, 17), (700, 300), (0, 5), (5, 0)] {
        let matrix = try backend.makeMatrix(rows: rows, columns: columns)
        #expect(matrix.rows == rows && matrix.columns == columns)
        #expect(try backend.download(matrix) == [B.Element](repeating: 0, count: rows * columns))
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func whatGoesUpComesDown(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let special: [B.Element] = [
        0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .ulpOfOne,
      ]
      let down = try backend.download(try backend.makeVector(special))
      #expect(down == special && down.map(\.sign) == special.map(\.sign))
      #expect(try backend.download(try backend.makeVector([B.Element.nan]))[0].isNaN)
      let dense = backend.rounded(Dense.random(33, 70, seed: 1))
      #expect(try backend.dense(try backend.matrix(dense)) == dense)
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func anUploadReplacesItsRowsAlone(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let matrix = try backend.makeMatrix([B.Element](repeating: 1, count: 20), rows: 5, columns: 4)
      try backend.upload([2, 3, 4, 5, 6, 7, 8, 9], to: matrix, firstRow: 2)
      try backend.upload([], to: matrix, firstRow: 5)
      let expected: [B.Element] = [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1, 1]
      #expect(try backend.download(matrix) == expected)
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func viewsShareTheirStorage(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let matrix = try backend.makeMatrix((0..<24).map { B.Element($0) }, rows: 6, columns: 4)
      let top = matrix.firstRows(2)
      #expect(try backend.download(top) == (0..<8).map { B.Element($0) })
      let other = matrix.reshaped(rows: 3, columns: 5)
      #expect(other.rows == 3 && other.columns == 5)
      #expect(try backend.download(other) == (0..<15).map { B.Element($0) })
      try backend.upload([100, 101, 102, 103, 104], to: other, firstRow: 0)
      #expect(try backend.download(top) == [100, 101, 102, 103, 104, 5, 6, 7])
      #expect(try backend.download(top.reshaped(rows: 6, columns: 4)).suffix(1) == [23])
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func aCopyIsApart(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let dense = backend.rounded(Dense.random(300, 150, seed: 2))
      let source = try backend.matrix(dense)
      let target = try backend.makeMatrix(rows: 300, columns: 150)
      try backend.copy(source, to: target)
      try backend.add(target, alpha: 0, beta: 0, to: source)
      #expect(try backend.dense(target) == dense)
      #expect(try backend.dense(source).maxNorm == 0)
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func columnsAreCopied(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let dense = backend.rounded(Dense.random(70, 33, seed: 4))
      let source = try backend.matrix(dense)
      for (first, count) in [(0, 33), (0, 1), (32, 1), (5, 17), (33, 0)] {
        let target = try backend.makeMatrix(rows: 70, columns: count)
        try backend.copyColumns(of: source, from: first, to: target)
        #expect(try backend.dense(target) == Dense(rows: 70, columns: count) { dense[$0, first + $1] })
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func tooLargeIsRefusedWithTheNumbers(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) {
      for (rows, columns) in [(1 << 40, 1 << 10), (Int.max / 2, 3), (Int.max, Int.max)] {
        let error = #expect(throws: BackendError.self) {
          _ = try backend.makeMatrix(rows: rows, columns: columns)
        }
        guard case .outOfMemory(let requested, _, _) = error else {
          Issue.record("\(rows) × \(columns): \(String(describing: error))")
          continue
        }
        #expect(requested >= 1 << 50)
      }
    }
    law(subject.backend)
  }
}
