import LacunaAlgebra
import Testing

/// The masks of the specification, whatever draws them.
@Suite struct MaskPatternTests {
  static let stream = RandomStream(seed: 11, purpose: .masks, index: 2)

  /// The number of a coordinate read off the blocks one by one, for one that lies in the second word of the second pair.
  @Test func theNumberOfACoordinate() {
    let (d, j) = (70, 45)
    let words = UInt64((d + 31) / 32)
    var number: UInt64 = 0
    for plane in 0..<32 {
      // Sample 0, mask 1 of 2 is pair 1.
      let block = Self.stream.block(8 * (1 * words + 1) + UInt64(plane / 4))
      number = number << 1 | UInt64(block[plane % 4] >> UInt32(j - 32) & 1)
    }
    for (threshold, visible) in [(number, false), (number + 1, true)] {
      let pattern = MaskPattern.bernoulli(keep: Double(threshold) * 0x1p-32, count: 2, stream: Self.stream)
      #expect(pattern.visibility(sample: 0, mask: 1, coordinateCount: d)[j] == visible)
    }
  }

  /// Exactly r visible; and over 20 000 masks each coordinate and each pair as often as among uniform sets: within 5 standard
  /// errors. The same of Bernoulli masks.
  @Test(arguments: [3, 17, 33]) func setsAreUniform(d: Int) {
    let trials = 20_000
    let r = (d + 1) / 2
    for pattern in [
      MaskPattern.fixedSize(visible: r, count: trials, stream: Self.stream),
      .bernoulli(keep: 0.3, count: trials, stream: Self.stream),
    ] {
      var both = [Int](repeating: 0, count: d * d)
      for m in 0..<trials {
        let visible = pattern.visibility(sample: 0, mask: m, coordinateCount: d)
        let shown = visible.indices.filter { visible[$0] }
        if case .fixedSize = pattern { #expect(shown.count == r) }
        for i in shown { for j in shown { both[i * d + j] += 1 } }
      }
      var (single, joint) = (0.3, 0.09)
      if case .fixedSize = pattern {
        single = Double(r) / Double(d)
        joint = single * Double(r - 1) / Double(d - 1)
      }
      for i in 0..<d {
        for j in 0..<d {
          let probability = i == j ? single : joint
          let error = (probability * (1 - probability) / Double(trials)).squareRoot()
          #expect(abs(Double(both[i * d + j]) / Double(trials) - probability) <= 5 * error)
        }
      }
    }
  }

  @Test func everythingAndNothing() {
    for (pattern, visible) in [
      (MaskPattern.bernoulli(keep: 1, count: 1, stream: Self.stream), true),
      (.bernoulli(keep: 0, count: 1, stream: Self.stream), false),
      (.fixedSize(visible: 40, count: 1, stream: Self.stream), true),
      (.fixedSize(visible: 0, count: 1, stream: Self.stream), false),
    ] {
      #expect(pattern.visibility(sample: 3, mask: 0, coordinateCount: 40) == [Bool](repeating: visible, count: 40))
    }
  }
}
