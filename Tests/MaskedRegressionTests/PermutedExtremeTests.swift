import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// The greatest eigenvalues of permuted copies, against fits of the very copies.
@Suite struct PermutedExtremeTests {
  private static let seed: UInt64 = 21

  private func samples(_ n: Int, _ d: Int) -> [Double] {
    let stream = RandomStream(seed: 77, purpose: .samples, index: n)
    return (0..<n * d).map { at in
      let (i, k) = (at / d, at % d)
      let factor = EntryLaw.gaussian.value(at: UInt64(i), of: RandomStream(seed: 78, purpose: .samples, index: n))
      return 4 + (0.3 + 0.2 * Double(k % 7)) * EntryLaw.gaussian.value(at: UInt64(at), of: stream) + factor
    }
  }

  /// More and fewer rows than coordinates, and so few that the predictor is not formed; the order of the streams is that of the copies.
  @Test(arguments: [(60, 20), (20, 60), (24, 520)], [false, true])
  func copies(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let (x, ridge, count) = (samples(n, d), 0.2, 8)
    let fit = try DataFit(device: host, values: x, sampleCount: n, centered: centered)
    let streams = (1...count).map { RandomStream(seed: Self.seed, purpose: .probes, index: $0) }
    let found = try fit.permutedExtremes(ridge: ridge, streams: streams)
    var columns = ShuffledColumns<Double>(rowCount: n, columnCount: d) { $0(x) }
    var (place, gram) = (0.0, 0.0)
    for stream in streams {
      columns.shuffle(by: stream, threads: 1)
      let copy = try DataFit(device: host, values: columns.rows(0..<n), sampleCount: n, centered: centered)
      let greatest = try #require(
        host.eigenvalues(of: try copy.symmetrizedPredictor(ridge: ridge).matrix).last)
      place = max(place, 1 / (1 - greatest))
      gram = max(gram, try copy.gramEigenvalues().max() ?? 0)
    }
    #expect(abs(found.place / place - 1) < 1e-10, "\(found.place) \(place)")
    #expect(abs(found.gram / gram - 1) < 1e-10, "\(found.gram) \(gram)")
    // Whatever the threads.
    let other = try DataFit(
      device: HostBackend<Double>(threads: 1), values: x, sampleCount: n, centered: centered)
    let single = try other.permutedExtremes(ridge: ridge, streams: streams)
    // To what another order of sums leaves of 1/(1 − μ), as above.
    #expect(abs(single.place / found.place - 1) < 1e-10, "\(single.place) \(found.place)")
    #expect(abs(single.gram / found.gram - 1) < 1e-12, "\(single.gram) \(found.gram)")
  }
}
