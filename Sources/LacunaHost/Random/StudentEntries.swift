import LacunaAlgebra

/// Student's t of unit variance by Bailey's polar form, one from each block: √((ν−2)·(u^(−2/ν) − 1))·cos 2πv.
struct StudentEntries<Element: HostScalar>: EntryGenerator {
  static var groupSize: Int { 4 }
  private let philox: PhiloxLanes
  private let degreesOfFreedom: Double

  @inline(__always) init(_ stream: RandomStream, degreesOfFreedom: Double) {
    philox = PhiloxLanes(stream)
    self.degreesOfFreedom = degreesOfFreedom
  }

  @inline(__always) func generate(group: UInt64, into values: UnsafeMutablePointer<Element>) {
    let (u, v) = philox.uniforms(from: 4 &* group, Element.self)
    let square = exponentialMinusOne(logarithm(u) * (-2 / degreesOfFreedom)) * (degreesOfFreedom - 2)
    let result = squareRoot(square) * cosineAndSine(turns: v).cosine
    UnsafeMutableRawPointer(values).storeBytes(of: SIMD4<Element>(result), as: SIMD4<Element>.self)
  }
}
