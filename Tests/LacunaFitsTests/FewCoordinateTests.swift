import LacunaFits
import MaskedRegression
import Testing

/// Directions among few coordinates.
@Suite struct FewCoordinateTests {
  /// Up to three of twelve are a low rank, though a tenth of twelve is one.
  @Test(arguments: [1, 2, 3])
  func planted(count: Int) throws {
    let samples = SpectrumSamples(n: 400, d: 12, ratio: 3, strengths: Array([12.0, 8, 5].prefix(count)))
    for draw in 0..<3 {
      let spectrum = try samples.fit(draw, ridge: .path([0.1]), centered: true).spectrum(permutations: 19).get()
      #expect(!spectrum.isCorrelated && spectrum.outlierCount == count && spectrum.directions.count == count)
      let summary = FitSummary.Spectrum(spectrum)
      #expect(summary.directions == count && summary.remark == nil)
    }
  }

  /// Five of twelve are not.
  @Test func many() throws {
    let samples = SpectrumSamples(n: 400, d: 12, ratio: 3, strengths: [20, 16, 12, 10, 8])
    let spectrum = try samples.fit(0, ridge: .path([0.1]), centered: true).spectrum(permutations: 19).get()
    #expect(spectrum.outlierCount > 3 && spectrum.isCorrelated && spectrum.directions.isEmpty)
    #expect(FitSummary.Spectrum(spectrum).remark == "correlated, not low rank")
  }
}
