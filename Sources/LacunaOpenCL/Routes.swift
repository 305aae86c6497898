/// Which of several ways an operation takes where the best one depends on the device.
package struct Routes: Sendable {
  /// Many items sharing each memory access, and slow to wait for; otherwise a processor's few.
  package var actsAsGPU: Bool
  /// Whether sums accumulate in float64, where the device has it.
  package var usesFloat64 = true
  /// Whether the built-in table of tilings counts; otherwise the device's is measured as that of an unknown one.
  package var knowsTiling = true
  /// Depth of the products of float64 that one instruction of the device's matrix units computes, by `mma.cl`: 8 or 4; nil
  /// where it has none.
  package var matrixDepth: Int?
  /// Orders from which a few leading eigenpairs come from a Krylov space.
  package var smallestKrylov = 1024

  /// Groups along the second dimension of a launch; CUDA has no more.
  package var tallestGrid = 65535
  /// Bytes of a matrix up to which it lies in one buffer, where the device has larger ones.
  package var largestBuffer = Int.max

  /// Operations of one launch; nil for the device's own.
  package var longestProduct: Int?

  /// Multiplications up to which a product goes in one launch of `tiles.cl` on a GPU: there CLBlast's launches, which pad and
  /// rearrange, take about as long as the arithmetic.
  package var smallProduct = 1 << 33

  /// Whether so many leading eigenpairs of a matrix are first sought in a Krylov space.
  func areFew(_ pairs: Int, order: Int) -> Bool { order >= smallestKrylov && 32 * pairs <= order }

  /// What a slow GPU with a display, whose launches are watched, does in half a second; a processor's are not.
  var longestLaunch: Int { longestProduct ?? (actsAsGPU ? 1 << 37 : .max) }

  package init(_ device: OpenCLDevice) {
    actsAsGPU = device.kind != .cpu
    if let capability = device.computeCapability, device.hasFloat64, capability >= 80 {
      matrixDepth = capability >= 90 ? 8 : 4
    }
  }
}
