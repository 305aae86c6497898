/// Which of several ways an operation takes where the best one depends on the device.
package struct Routes: Sendable {
  /// Many items sharing each memory access, and slow to wait for; otherwise a processor's few.
  package var actsAsGPU: Bool
  /// Whether sums accumulate in float64, where the device has it.
  package var usesFloat64 = true
  /// Whether the built-in table of tilings counts; otherwise the device's is measured as that of an unknown one.
  package var knowsTiling = true
  /// Orders from which a few leading eigenpairs come from a Krylov space.
  package var smallestKrylov = 1024

  package init(_ device: OpenCLDevice) {
    actsAsGPU = device.kind != .cpu
  }
}
