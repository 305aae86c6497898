import LacunaAlgebra

extension [ExperimentPoint] {
  /// Holds the vectors that theory and models make against the memory, before any is made.
  ///
  /// Some 32 vectors of d float64 numbers: 256 d bytes.
  /// - Parameter available: bytes that the process may have.
  /// - Throws: `BackendError.outOfMemory`.
  package func requireMemory(_ available: Int) throws(BackendError) {
    for point in self where point.configuration.data.coordinates >= available / 256 {
      let d = point.configuration.data.coordinates
      let (bytes, overflow) = d.multipliedReportingOverflow(by: 256)
      throw .outOfMemory(
        requested: overflow ? .max : bytes, available: available, device: "host, for the theory of d = \(d),")
    }
  }
}
