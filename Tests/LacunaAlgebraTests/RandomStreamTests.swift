import LacunaAlgebra
import RealModule
import Testing

@Suite struct RandomStreamTests {
  /// The known answers of the reference implementation, Random123 (`kat_vectors`).
  @Test func philoxGivesTheKnownAnswers() {
    let ones = UInt32.max
    #expect(
      Philox.block(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(repeating: ones), key: SIMD2(repeating: ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func aBlockReadsTheCounterAndKeyAsDocumented() {
    let stream = RandomStream(seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e)
    #expect(stream.block(0x85a3_08d3_243f_6a88) == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func uniformsAreTheUpperBitsOfTheirHalves() {
    let stream = RandomStream(seed: 5, stream: 9)
    for index in 0..<1000 as Range<UInt64> {
      let w = stream.block(index)
      let (u, v) = stream.uniforms(index)
      // u·2⁵² is a whole number and a half; its floor is the upper 52 bits.
      #expect((u * 0x1p52 - 0.5) == Double((UInt64(w.x) << 32 | UInt64(w.y)) / 4096))
      #expect((v * 0x1p52 - 0.5) == Double((UInt64(w.z) << 32 | UInt64(w.w)) / 4096))
      #expect(u > 0 && u < 1 && v > 0 && v < 1)
    }
  }

  @Test func purposesAndIndicesAreApart() {
    let purposes: [RandomStream.Purpose] = [.samples, .spikeDirections, .masks, .probes]
    let indices: [Int] = [0, 1, 1 << 48 - 1, 1 << 48, 1 << 48 + 1, 1 << 61 - 1]
    var streams: [UInt64] = []
    for purpose in purposes {
      for index in indices { streams.append(RandomStream(seed: 1, purpose: purpose, index: index).stream) }
    }
    #expect(Set(streams).count == streams.count)
  }

  /// Sample counts n and trials t give the index n·2²⁰ + t: below 2²⁸ samples the number that it always was.
  @Test func theNumberOfAStream() {
    let largest = (1 << 28 - 1) << 20
    let usual: UInt64 = 2 << 48 + UInt64(largest)
    #expect(RandomStream(seed: 1, purpose: .masks, index: largest).stream == usual)
    let beyond: UInt64 = 1 << 63 + 2 << 61 + 1 << 48
    #expect(RandomStream(seed: 1, purpose: .masks, index: 1 << 48).stream == beyond)
    let indices: [Int] = [0, 5, 1 << 48 - 1, 1 << 48, 1_000_000_000 << 20 + 999_999]
    for index in indices {
      let stream = RandomStream(seed: 3, purpose: .samples, index: index)
      #expect(stream.sibling(for: .masks) == RandomStream(seed: 3, purpose: .masks, index: index))
      #expect(stream.sibling(for: .samples) == stream)
    }
  }
}
