import Foundation
import LacunaFiles
import Testing

/// `spectrum` of `lacuna fit`.
@Suite(.serialized) struct SpectrumTests {
  /// Rows of a strong direction, and how it is spread over the coordinates.
  private func write(to path: String) throws -> [Double] {
    var state: UInt64 = 11
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) * 0x1p-53 - 0.5) * 12.0.squareRoot()
    }
    let (n, d) = (120, 30)
    let u: [Double] = (0..<d).map { $0 % 3 == 0 ? -1 : 1 }
    var values: [Double] = []
    for _ in 0..<n {
      let factor = uniform()
      for k in 0..<d {
        let scale: Double = k % 2 == 0 ? 1 : 2
        values.append(3 + factor * u[k] + scale * uniform())
      }
    }
    try writeNPY(values, shape: [n, d], to: path)
    return u
  }

  /// In fit.json, at the terminal, as a figure and as directions that the predictor has.
  @Test func everywhere() throws {
    try withFolder { folder in
      let u = try write(to: folder.appendingPathComponent("x.npy").path)
      let fit = try Program.run(
        ["fit", "x.npy", "--center", "--ridge", "0.1", "--output", "out", "--quiet"], in: folder)
      #expect(fit.status == 0, "\(fit.errors)")
      #expect(fit.output.contains("spectrum: 1 direction beyond unrelated coordinates (at level 0.050, Tracy–Widom)"))
      let json = try object(String(contentsOf: folder.appendingPathComponent("out/fit.json"), encoding: .utf8))
      let spectrum = try #require(json["spectrum"] as? [String: Any])
      #expect(json["spectrum_reason"] is NSNull && spectrum["permutations"] is NSNull && spectrum["remark"] is NSNull)
      #expect(spectrum["directions"] as? Int == 1 && spectrum["pca_directions"] as? Int == 1)
      #expect(spectrum["level"] as? Double == 0.05)
      let edges = try #require(spectrum["edges"] as? [Double])
      let outlier = try #require((spectrum["outliers"] as? [[String: Any]])?.first)
      let eigenvalue = try #require(outlier["eigenvalue"] as? Double)
      #expect(edges.count == 2 && edges[0] < 0 && edges[1] > 0 && eigenvalue > edges[1])
      // θ|u|² = 30.
      let strength = try #require(outlier["strength"] as? Double)
      #expect(abs(strength / 30 - 1) < 0.3)
      let direction = try readNPY(folder.appendingPathComponent("out/directions.npy").path)
      #expect(direction.rows == 1 && direction.columns == 30)
      let a = try readNPY(folder.appendingPathComponent("out/predictor.npy").path).values
      for i in 0..<30 {
        var image = 0.0
        for j in 0..<30 { image += a[i * 30 + j] * direction.values[j] }
        #expect(abs(image - eigenvalue * direction.values[i]) < 1e-12)
      }
      var product = 0.0
      for (found, whole) in zip(direction.values, u) { product += found * whole }
      let cosine = product / 30.0.squareRoot()
      #expect(abs(cosine * cosine - (outlier["overlap"] as? Double ?? 0)) < 0.05)
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("out/figures/spectrum.svg").path))
    }
  }

  /// Against permuted copies, of which there are at least nineteen; beside snapshots; and with a reason where there is none.
  @Test func otherwise() throws {
    try withFolder { folder in
      _ = try write(to: folder.appendingPathComponent("x.npy").path)
      let fit = ["fit", "x.npy", "--center", "--ridge", "0.1"]
      let few = try Program.run(fit + ["--permutations", "18"], in: folder)
      #expect(few.status == 64 && few.errors.contains("fewer than 19"))
      let permuted = try object(Program.run(fit + ["--permutations", "39", "--json"], in: folder).output)
      let spectrum = try #require(permuted["spectrum"] as? [String: Any])
      #expect(spectrum["permutations"] as? Int == 39 && spectrum["directions"] as? Int == 1)
      #expect(spectrum["level"] as? Double == 1.0 / 40)
      let groups = try object(Program.run(fit + ["--groups", "runs:4", "--json"], in: folder).output)
      #expect(groups["spectrum"] is NSNull && (groups["spectrum_reason"] as? String)?.contains("groups") == true)
      let compared = try object(
        Program.run(["fit", "x.npy", "x.npy", "--center", "--ridge", "0.1", "--compare", "--json"], in: folder).output)
      let snapshots = try #require(compared["snapshots"] as? [[String: Any]])
      #expect(snapshots.allSatisfy { $0["directions"] as? Int == 1 })
    }
  }
}
