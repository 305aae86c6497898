import LacunaAlgebra

/// Signs, one from each bit: 128 from a block.
struct RademacherEntries<Element: HostScalar>: EntryGenerator {
  static var groupSize: Int { 512 }
  private let philox: PhiloxLanes

  @inline(__always) init(_ stream: RandomStream) { philox = PhiloxLanes(stream) }

  @inline(__always) func generate(group: UInt64, into values: UnsafeMutablePointer<Element>) {
    let (w0, w1, w2, w3) = philox.blocks(from: 4 &* group)
    for block in 0..<4 {
      write(w0[block], to: values + 128 * block)
      write(w1[block], to: values + 128 * block + 32)
      write(w2[block], to: values + 128 * block + 64)
      write(w3[block], to: values + 128 * block + 96)
    }
  }

  @inline(__always) private func write(_ word: UInt64, to values: UnsafeMutablePointer<Element>) {
    let word = UInt32(truncatingIfNeeded: word)
    let places = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7)
    for byte in 0..<4 {
      let bits = (SIMD8(repeating: word &>> UInt32(8 * byte)) &>> places) & 1
      let signs = 1 - 2 * SIMD8<Float>(SIMD8<Int32>(truncatingIfNeeded: bits))
      UnsafeMutableRawPointer(values + 8 * byte).storeBytes(of: SIMD8<Element>(signs), as: SIMD8<Element>.self)
    }
  }
}
