import Foundation
import LacunaFiles
import Testing

/// How `lacuna fit` ends: the ridge and where it is from, the error with its standard error, and the share that is predicted.
@Suite(.serialized) struct FitHeadlineTests {
  private func samples(n: Int, d: Int) -> [Double] {
    var state: UInt64 = 11
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
    return (0..<n).flatMap { i -> [Double] in
      let common = uniform()
      // Samples differ in their noise, so that the standard error is of something.
      return (0..<d).map { _ in common + 0.1 * Double(1 + i % 5) * uniform() }
    }
  }

  /// Against the residuals that the fit writes, on both sides of n = d and with weights.
  @Test(arguments: [(40, 5, "uniform"), (6, 9, "uniform"), (40, 5, "variance")])
  func standardError(n: Int, d: Int, weights: String) throws {
    try withFolder { folder in
      let values = samples(n: n, d: d).enumerated().map { $1 * ($0 % d == 1 ? 20 : 1) }
      try writeNPY(values, shape: [n, d], to: folder.appendingPathComponent("x.npy").path)
      let result = try Program.run(
        ["fit", "x.npy", "--center", "--weights", weights, "--residuals", "--output", "out", "--json", "--quiet"],
        in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let summary = try object(result.output)
      let residuals = try readNPY(folder.appendingPathComponent("out/residuals.npy").path).values
      let squares = (0..<d).map { k in
        let column = (0..<n).map { values[$0 * d + k] }
        let mean = column.reduce(0, +) / Double(n)
        return column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
      }
      let units = weights == "uniform" ? [Double](repeating: 1, count: d) : squares
      let means = (0..<n).map { i in
        (0..<d).reduce(0) { $0 + residuals[i * d + $1] * residuals[i * d + $1] / units[$1] } / Double(d)
      }
      let mean = means.reduce(0, +) / Double(n)
      let spread = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
      let error = (spread / Double(n)).squareRoot()
      let share = 1 - mean / (weights == "uniform" ? squares.reduce(0, +) / Double(d) : 1)
      let found = try #require(summary["standard_error"] as? Double)
      let rSquared = try #require(summary["r_squared"] as? Double)
      #expect(abs(found - error) < 1e-10 * error && abs(rSquared - share) < 1e-10)
      #expect(summary["ridge_choice"] as? String == "automatic")
    }
  }

  private func fit(_ arguments: [String], in folder: URL) throws -> [String] {
    let result = try Program.run(["fit", "x.npy"] + arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast()
  }

  /// A fit under masks at a ridge that lets nothing be predicted.
  private func masked(_ mask: String, in folder: URL) throws -> ([String: Any], [String]) {
    let arguments = ["--mask", mask, "--ridge", "1e9"]
    let text = try fit(arguments + ["--output", "out", "--overwrite"], in: folder)
    return (try object(try Program.run(["fit", "x.npy", "--json"] + arguments, in: folder).output), text)
  }

  @Test func lastLines() throws {
    try withFolder { folder in
      try writeNPY(samples(n: 40, d: 5), shape: [40, 5], to: folder.appendingPathComponent("x.npy").path)
      let found = try fit(["--center"], in: folder)
      let summary = try object(try Program.run(["fit", "x.npy", "--center", "--json"], in: folder).output)
      #expect(found[found.count - 2].hasPrefix("ridge 0.") && found[found.count - 2].contains("search through"))
      #expect(found[found.count - 2].contains("EASE"))
      let last = try #require(found.last)
      #expect(last.hasPrefix("leave-one-sample-out error 0.") && last.contains(" ± ") && last.contains("R² 0."))
      // Eleven ridges about the best, all apart, the best among them.
      let rows = found.prefix { !$0.hasPrefix("mean squared error") }.compactMap { line in
        let numbers = line.split(separator: " ").prefix(2).compactMap { Double($0) }
        return numbers.count == 2 ? numbers[0] : nil
      }
      try #require(rows.count == 11)
      #expect(rows == rows.sorted())
      #expect(zip(rows, rows.dropFirst()).allSatisfy { $1 / $0 > 1.3 })
      let best = try #require(summary["ridge"] as? Double)
      #expect(abs(rows[5] / best - 1) < 1e-4)
      let tried = try #require((summary["path"] as? [Any])?.count)
      #expect(tried > 20 && found.contains { $0.contains("11 of \(tried) ridges") })

      let path = try fit(["--ridge", "1e-3:10:8"], in: folder)
      #expect(path.contains { $0.contains("8 ridges from 0.001 to 10, as given") })
      let given = try fit(["--ridge", "0.1"], in: folder)
      #expect(given[given.count - 2].hasPrefix("ridge 0.1000: as given") && !given.contains { $0.contains("← best") })
      #expect(try fit(["--ridge", "ridgeless"], in: folder).contains { $0.contains("the limit λ → 0") })
      // Under masks an error counts hidden cells alone, and so does what predicting nothing leaves: at a ridge that lets nothing
      // be predicted the share is 0, of all and of each coordinate. There is no error over samples.
      for (mask, share) in [("bernoulli:0.75", 0.25), ("random:0.5:2", 0.5), ("partition:2", 1)] {
        let (summary, text) = try masked(mask, in: folder)
        #expect(summary["standard_error"] is NSNull)
        #expect(abs(try #require(summary["r_squared"] as? Double)) < 1e-6, "\(mask)")
        let empty = try #require(summary["mean_square"] as? Double) * share
        #expect(abs(try #require(summary["held_out_error"] as? Double) / empty - 1) < 1e-6, "\(mask)")
        let left = try #require(text[0].split(separator: " ").last.flatMap { Double($0) })
        #expect(abs(left / empty - 1) < 1e-5, "\(text[0])")
        let rows = try String(contentsOf: folder.appendingPathComponent("out/coordinates.csv"), encoding: .utf8)
          .split(separator: "\n").dropFirst()
        #expect(rows.count == 5)
        for row in rows {
          let cell = row.split(separator: ",", omittingEmptySubsequences: false)[3]
          #expect(abs(try #require(Double(cell))) < 1e-6, "\(mask): \(row)")
        }
      }
    }
  }
}
