import DeterministicEquivalents
import LacunaAlgebra
import LacunaHost
import RealModule
import Testing

/// The predicted spectra against drawn ones. One draw's distribution function fluctuates by O(1/d) about the predicted one;
/// where a smeared atom of width O(d^(−½)) moves by O(1/d), by O(d^(−½)): the sharp atom would be 0.25 off.
@Suite struct SimulatedSpectrumTests {
  static let d = 400
  static let backend = HostBackend<Double>(threads: 1)

  /// Eigenvalues of B = I − W⁻¹ from rows that `shape` turns from white noise into samples.
  private func eigenvalues(
    n: Int, ridge: Double, seed: UInt64, shape: (HostBackend<Double>, HostBackend<Double>.Matrix) throws -> Void
  ) throws -> [Double] {
    let (backend, d) = (Self.backend, Self.d)
    let x = try backend.makeMatrix(rows: n, columns: d)
    try backend.fill(x, law: .gaussian, stream: RandomStream(seed: seed, purpose: .samples, index: 0), offset: 0)
    try shape(backend, x)
    return try Self.eigenvalues(of: x, ridge: ridge, on: backend)
  }

  /// Eigenvalues of B = I − W⁻¹ for samples in rows, ascending.
  static func eigenvalues(
    of x: HostMatrix<Double>, ridge: Double, on backend: HostBackend<Double>
  ) throws -> [Double] {
    let (n, d) = (x.rows, x.columns)
    let q = try backend.makeMatrix(rows: d, columns: d)
    try backend.accumulateGram(of: x, scale: 1 / Double(n), into: q)
    try backend.addDiagonal(ridge, to: q)
    _ = try backend.invertPositiveDefinite(q)
    try backend.symmetrize(q)
    let diagonal = try backend.makeVector(d)
    try backend.diagonal(of: q, into: diagonal)
    let inverse = try backend.makeVector(try backend.download(diagonal).map { 1 / $0.squareRoot() })
    try backend.scale(q, rows: inverse, columns: inverse)
    return try backend.eigenvalues(of: q).map { 1 - $0 }.sorted()
  }

  /// The greatest distance of the two distribution functions.
  private func distance(_ values: [Double], _ spectrum: SpectrumEquivalent) -> Double {
    let count = Double(values.count)
    var worst = 0.0
    for (index, value) in values.enumerated() {
      let predicted = spectrum.finiteSizePredictorDistribution(at: value)
      worst = max(worst, Double(index + 1) / count - predicted, predicted - Double(index) / count)
    }
    return worst
  }

  @Test(arguments: [(200, 0.1), (800, 0.1), (400, 1.0), (200, 1e-3)])
  func linearVariances(n: Int, ridge: Double) throws {
    let variances = (0..<Self.d).map { 0.1 + 3 * Double($0) / Double(Self.d - 1) }
    let values = try eigenvalues(n: n, ridge: ridge, seed: 1) { backend, x in
      try backend.scale(x, rows: nil, columns: try backend.makeVector(variances.map { $0.squareRoot() }))
    }
    let spectrum = try SpectrumEquivalent(
      bulk: DiagonalPopulation(variances: variances).predictorBulk(sampleCount: n, ridge: ridge))
    #expect(distance(values, spectrum) < 0.01)
  }

  @Test(arguments: [(200, 0.1), (800, 0.1), (400, 1.0)])
  func autoregression(n: Int, ridge: Double) throws {
    let values = try eigenvalues(n: n, ridge: ridge, seed: 2) { backend, x in
      try backend.autoregress(x, correlation: 0.7, adjoint: false)
    }
    let spectrum = try SpectrumEquivalent(
      bulk: AutoregressivePopulation(correlation: 0.7, coordinateCount: Self.d)
        .predictorBulk(sampleCount: n, ridge: ridge))
    #expect(distance(values, spectrum) < 0.03)
  }

  @Test(arguments: [(200, 0.1), (800, 0.1)])
  func toeplitzAndBlocks(n: Int, ridge: Double) throws {
    let toeplitz = try ToeplitzPopulation(firstRow: (0..<Self.d).map { 1 / Double(1 + $0 * $0) })
    let embedding = try toeplitz.circulantEmbedding()
    // White noise of the embedding's length, filtered: C^½ has the square roots of C's eigenvalues.
    let values = try eigenvalues(n: n, ridge: ridge, seed: 3) { backend, x in
      let noise = try backend.makeMatrix(rows: n, columns: embedding.count)
      try backend.fill(noise, law: .gaussian, stream: RandomStream(seed: 4, purpose: .samples, index: 0), offset: 0)
      try backend.filterCirculant(noise, eigenvalues: embedding.map { $0.squareRoot() }, into: x)
    }
    #expect(
      distance(values, try SpectrumEquivalent(bulk: toeplitz.predictorBulk(sampleCount: n, ridge: ridge))) < 0.03)

    let blocks = try BlockPopulation(coordinateCount: Self.d, blocks: 120, correlation: 0.5)
    let drawn = try eigenvalues(n: n, ridge: ridge, seed: 5) { backend, x in
      // (1−ρ)^½ (z − mean) + (1 + (b−1)ρ)^½ mean.
      let shift = zip(blocks.bounds, blocks.bounds.dropFirst()).map { start, end in
        (1 + Double(end - start - 1) * 0.5).squareRoot() - 0.5.squareRoot()
      }
      try backend.mixBlocks(x, bounds: blocks.bounds, scale: 0.5.squareRoot(), shift: shift)
    }
    #expect(distance(drawn, try SpectrumEquivalent(bulk: blocks.predictorBulk(sampleCount: n, ridge: ridge))) < 0.03)
  }
}
