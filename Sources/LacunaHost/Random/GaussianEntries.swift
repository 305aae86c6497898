import LacunaAlgebra

/// Normal values by Box–Muller, two from each block: √(−2 ln u)·cos 2πv and √(−2 ln u)·sin 2πv.
struct GaussianEntries<Element: HostScalar>: EntryGenerator {
  static var groupSize: Int { 8 }
  private let philox: PhiloxLanes

  @inline(__always) init(_ stream: RandomStream) { philox = PhiloxLanes(stream) }

  @inline(__always) func generate(group: UInt64, into values: UnsafeMutablePointer<Element>) {
    let (u, v) = philox.uniforms(from: 4 &* group, Element.self)
    let radius = squareRoot(logarithm(u) * -2)
    let (cosine, sine) = cosineAndSine(turns: v)
    var pairs = SIMD8<Double>()
    pairs.evenHalf = radius * cosine
    pairs.oddHalf = radius * sine
    UnsafeMutableRawPointer(values).storeBytes(of: SIMD8<Element>(pairs), as: SIMD8<Element>.self)
  }
}
