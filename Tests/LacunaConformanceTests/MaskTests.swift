import LacunaAlgebra
import LacunaConformance
import LacunaHost
import Testing

/// What masks give beyond the laws that every backend is put to.
@Suite struct MaskTests {
  static let stream = RandomStream(seed: 0x1234_5678_9ABC, purpose: .masks, index: 3)

  /// The mean over M masks of one sample tends to p²S + p(1−p)diag S: each entry within 5 standard errors, at M and at 16 M,
  /// so at the rate M^(−½).
  @Test(arguments: [256, 4096]) func theMeanOverManyMasks(count: Int) throws {
    let backend = HostBackend<Double>()
    let d = 31
    let x = Dense.random(1, d, seed: 6)
    for pattern in [
      MaskPattern.bernoulli(keep: 0.6, count: count, stream: Self.stream),
      .fixedSize(visible: 19, count: count, stream: Self.stream),
    ] {
      let g = try backend.makeMatrix(rows: d, columns: d)
      try backend.accumulateMaskedGram(
        of: try backend.matrix(x), masks: pattern, firstSample: 0, scale: 1 / Double(count), into: g)
      let values = try backend.dense(g)
      var worst = 0.0
      for i in 0..<d {
        for j in 0...i {
          var single = 0.6
          var both = 0.36
          if case .fixedSize = pattern {
            single = 19.0 / 31
            both = single * 18 / 30
          }
          let probability = i == j ? single : both
          let deviation = (values[i, j] / (x[0, i] * x[0, j]) - probability)
          worst = max(worst, abs(deviation) / (probability * (1 - probability) / Double(count)).squareRoot())
        }
      }
      #expect(worst < 5, "\(pattern)")
      // 496 entries: the largest deviation of them all is not small either.
      #expect(worst > 1.5, "\(pattern)")
    }
  }
}
