import LacunaAlgebra

/// ±p^(−½) with probability p/2 each, else 0: one from each word.
struct SparseEntries<Element: HostScalar>: EntryGenerator {
  static var groupSize: Int { 16 }
  private let philox: PhiloxLanes
  private let threshold: UInt64
  private let magnitude: Element

  @inline(__always) init(_ stream: RandomStream, density: Double) {
    philox = PhiloxLanes(stream)
    threshold = UInt64(EntryLaw.sparseThreshold(density: density))
    magnitude = Element(1 / density.squareRoot())
  }

  @inline(__always) func generate(group: UInt64, into values: UnsafeMutablePointer<Element>) {
    let (w0, w1, w2, w3) = philox.blocks(from: 4 &* group)
    for block in 0..<4 {
      values[4 * block] = value(w0[block])
      values[4 * block + 1] = value(w1[block])
      values[4 * block + 2] = value(w2[block])
      values[4 * block + 3] = value(w3[block])
    }
  }

  @inline(__always) private func value(_ word: UInt64) -> Element {
    word < threshold ? magnitude : word < 2 * threshold ? -magnitude : 0
  }
}
