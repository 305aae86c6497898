import Foundation
import LacunaFiles
import Testing

/// `lacuna apply` with models of other forms than one matrix of all coordinates.
@Suite(.serialized) struct ApplyFormsTests: ApplyData {
  /// A model of factors, of more coordinates than a matrix is written for: each cell by the kernel of the others, and a gap filled.
  @Test func factoredModel() throws {
    try withFolder { folder in
      let (n, d, ridge) = (5, 10_020, 0.3)
      let old = rows(n, d: d, seed: 3).map { row in row.indices.map { (row[$0] - Double($0)) / (1 + 0.2 * Double($0)) }
      }
      var new = rows(2, d: d, seed: 8).map { row in row.indices.map { (row[$0] - Double($0)) / (1 + 0.2 * Double($0)) }
      }
      let hidden = 17
      try writeNPY(old.flatMap { $0 }, shape: [n, d], to: folder.appendingPathComponent("old.npy").path)
      new[1][hidden] = .nan
      try writeNPY(new.flatMap { $0 }, shape: [2, d], to: folder.appendingPathComponent("new.npy").path)
      let fit = try Program.run(
        ["fit", "old.npy", "--ridge", "\(ridge)", "--output", "fit", "--quiet"], in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      let result = try Program.run(["apply", "fit", "new.npy", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let found = try readNPY(folder.appendingPathComponent("out/predictions.npy").path).values
      for (i, k) in [(0, 0), (0, 9_999), (1, hidden), (1, 3)] {
        let others = new[i].indices.filter { $0 != k && !new[i][$0].isNaN }
        func kernel(_ a: [Double], _ b: [Double]) -> Double { others.reduce(0) { $0 + a[$1] * b[$1] } }
        // (K + nλI) c = y, with pivots on the diagonal.
        var system = (0..<n).map { a in
          (0..<n).map { kernel(old[a], old[$0]) + (a == $0 ? Double(n) * ridge : 0) } + [old[a][k]]
        }
        for p in 0..<n {
          for q in 0..<n where q != p {
            let factor = system[q][p] / system[p][p]
            for m in p...n { system[q][m] -= factor * system[p][m] }
          }
        }
        let expected = (0..<n).reduce(0) { $0 + kernel(new[i], old[$1]) * system[$1][n] / system[$1][$1] }
        #expect(close(found[i * d + k], expected), "row \(i), coordinate \(k)")
      }
    }
  }

  /// Targets alone may be missing, and are predicted from the others whatever targets are; covariates have no prediction.
  @Test func rolesAndMasks() throws {
    try withFolder { folder in
      let (old, ridge) = (rows(40, d: 6, seed: 3), 0.05)
      var new = rows(8, d: 6, seed: 9)
      try write(old, names: names, to: folder.appendingPathComponent("old.csv"))
      for i in 0..<4 { new[i][5] = .nan }
      try write(new, names: names, to: folder.appendingPathComponent("new.csv"))
      let roles = ["--targets", "f,e", "--covariates", "a"]
      _ = try Program.run(
        ["fit", "old.csv", "--center", "--ridge", "\(ridge)", "--output", "fit", "--quiet"] + roles, in: folder)
      let result = try Program.run(["apply", "fit", "new.csv", "--output", "out", "--quiet"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let found = try readNPY(folder.appendingPathComponent("out/predictions.npy").path, allowMissing: true).values
      let reference = ApplyReference(old, ridge: ridge)
      for (i, row) in new.enumerated() {
        for k in [1, 2, 3, 4, 5] {
          let expected = reference.prediction(of: k, given: (0..<4).filter { $0 != k }, row: row)
          #expect(close(found[i * 6 + k], expected), "row \(i), coordinate \(k)")
        }
        #expect(found[i * 6].isNaN)
      }
      new[6][2] = .nan
      try write(new, names: names, to: folder.appendingPathComponent("gap.csv"))
      let gap = try Program.run(["apply", "fit", "gap.csv"], in: folder)
      #expect(gap.status == 65 && gap.errors.contains("row 7 has no value of coordinate c"), "\(gap.errors)")
      _ = try Program.run(
        ["fit", "old.csv", "--center", "--mask", "bernoulli:0.5", "--output", "masked", "--quiet"], in: folder)
      let masked = try Program.run(["apply", "masked", "gap.csv"], in: folder)
      #expect(masked.status == 65 && masked.errors.contains("bernoulli:0.5"), "\(masked.errors)")
    }
  }
}
