import Foundation
import LacunaFiles
import Testing

/// `lacuna apply --top`: lists of a recommender, beside EASE by its definition.
@Suite(.serialized) struct ApplyTopTests {
  /// EASE's scores X B, B = I − P diag(P)⁻¹ and P = (XᵀX + λI)⁻¹, by a Cholesky factor of the d × d matrix.
  private struct EASE {
    let d: Int
    /// L of XᵀX + λI = LLᵀ, and its inverse, row-major, lower.
    private var inverse: [Double]
    private(set) var diagonal: [Double]

    init(_ rows: [[Int: Double]], d: Int, lambda: Double) {
      self.d = d
      var l = [Double](repeating: 0, count: d * d)
      for row in rows { for (i, x) in row { for (j, y) in row { l[i * d + j] += x * y } } }
      for k in 0..<d { l[k * d + k] += lambda }
      var inverse = [Double](repeating: 0, count: d * d)
      l.withUnsafeMutableBufferPointer { l in
        for i in 0..<d {
          for j in 0...i {
            var sum = l[i * d + j]
            for m in 0..<j { sum -= l[i * d + m] * l[j * d + m] }
            l[i * d + j] = i == j ? sum.squareRoot() : sum / l[j * d + j]
          }
        }
        // Rows of L⁻¹: e_i less what L has before, over its pivot.
        inverse.withUnsafeMutableBufferPointer { inverse in
          for i in 0..<d {
            inverse[i * d + i] = 1
            for m in 0..<i where l[i * d + m] != 0 {
              let factor = l[i * d + m]
              for j in 0...m { inverse[i * d + j] -= factor * inverse[m * d + j] }
            }
            for j in 0...i { inverse[i * d + j] /= l[i * d + i] }
          }
        }
      }
      self.inverse = inverse
      diagonal = [Double](repeating: 0, count: d)
      for i in 0..<d { for j in 0...i { diagonal[j] += inverse[i * d + j] * inverse[i * d + j] } }
    }

    /// x B of a row of few entries.
    func scores(_ row: [Int: Double]) -> [Double] {
      // P x = L⁻ᵀ (L⁻¹ x).
      var first = [Double](repeating: 0, count: d)
      for i in 0..<d { for (j, x) in row where j <= i { first[i] += inverse[i * d + j] * x } }
      var product = [Double](repeating: 0, count: d)
      for i in 0..<d { for j in 0...i { product[j] += inverse[i * d + j] * first[i] } }
      return (0..<d).map { (row[$0] ?? 0) - product[$0] / diagonal[$0] }
    }
  }

  /// 950 users of 1500 items, each of a taste, so that there is something to recommend.
  private func ratings(users: Int, items: Int, seed: UInt64) -> [[Int: Double]] {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    return (0..<users).map { _ in
      let taste = Int(uniform() * 12)
      var row: [Int: Double] = [:]
      for _ in 0..<(5 + Int(uniform() * 40)) {
        let item = Int(uniform() * uniform() * Double(items))
        row[uniform() < 0.7 ? (item / 12 * 12 + taste) % items : item] = 1 + Double(Int(uniform() * 5))
      }
      return row
    }
  }

  private func write(_ rows: [[Int: Double]], items: Int, to url: URL) throws {
    var text = "%%MatrixMarket matrix coordinate real general\n"
    text += "\(rows.count) \(items) \(rows.reduce(0) { $0 + $1.count })\n"
    for (i, row) in rows.enumerated() {
      for (j, value) in row.sorted(by: { $0.key < $1.key }) { text += "\(i + 1) \(j + 1) \(value)\n" }
    }
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  /// λ_EASE = n · ridge, on new users too; no item that a user has seen; the same lists from factors and from the whole matrix.
  @Test func easeOfASparseSet() throws {
    try withFolder { folder in
      let (users, items, lambda, top) = (950, 1500, 190.0, 10)
      let train = ratings(users: users, items: items, seed: 5)
      let new = ratings(users: 60, items: items, seed: 23)
      try write(train, items: items, to: folder.appendingPathComponent("train.mtx"))
      try write(new, items: items, to: folder.appendingPathComponent("new.mtx"))
      let fit = try Program.run(
        ["fit", "train.mtx", "--ridge", "\(lambda / Double(users))", "--output", "fit", "--quiet"], in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let result = try Program.run(
        ["apply", "fit", "new.mtx", "--top", "\(top)", "--output", "out", "--quiet", "--json"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/predictions.npy").path))
      let table = try readTable(
        folder.appendingPathComponent("out/top.csv").path, TableReading(columns: ["row,place,coordinate,prediction"]))
      #expect(table.rows == 60 * top)
      let ease = EASE(train, d: items, lambda: lambda)
      for (i, row) in new.enumerated() {
        let scores = ease.scores(row)
        let best = (0..<items).filter { row[$0] == nil }.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(top)
        for (place, item) in best.enumerated() {
          let cells = Array(table.values[(i * top + place) * 4..<(i * top + place + 1) * 4])
          #expect(cells[0] == Double(i + 1) && cells[1] == Double(place + 1))
          #expect(cells[2] == Double(item + 1), "user \(i + 1), place \(place + 1)")
          #expect(abs(cells[3] - scores[item]) < 1e-10)
        }
      }
    }
  }

  /// Rows with fewer unseen items than asked for have those; missing cells are the unseen ones where there are any.
  @Test func fewUnseenItems() throws {
    try withFolder { folder in
      let text = "a,b,c,d\n1,2,0,3\n2,1,1,0\n0,1,2,2\n3,1,0,1\n1,1,1,2\n2,0,1,1\n"
      try text.write(to: folder.appendingPathComponent("x.csv"), atomically: true, encoding: .utf8)
      try "a,b,c,d\n1,,0,\n1,2,3,4\n".write(
        to: folder.appendingPathComponent("new.csv"), atomically: true, encoding: .utf8)
      _ = try Program.run(["fit", "x.csv", "--ridge", "0.5", "--output", "fit", "--quiet"], in: folder)
      let result = try Program.run(
        ["apply", "fit", "new.csv", "--top", "3", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let lines = try String(contentsOf: folder.appendingPathComponent("out/top.csv"), encoding: .utf8)
        .split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(lines.map { String($0[0]) } == ["1", "1"] && Set(lines.map { String($0[4]) }) == ["b", "d"])
      #expect(Double(lines[0][5])! >= Double(lines[1][5])!)
      let bare = try Program.run(["apply", "fit", "new.csv", "--top", "3"], in: folder)
      #expect(bare.status == 64 && bare.errors.contains("--output"), "\(bare.errors)")
      let none = try Program.run(["apply", "fit", "new.csv", "--top", "0", "--output", "o"], in: folder)
      #expect(none.status == 64, "\(none.errors)")
    }
  }
}
