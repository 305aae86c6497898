import LacunaAlgebra

extension OpenCLBackend {
  public func performLeaveSamplesOut(
    _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
  ) throws(BackendError) {
    if !r.isWhole {
      return try leaveSamplesOutOfSlabs(
        r, complements: complements, diagonal: diagonal, sampleCount: sampleCount)
    }
    try context.launch(
      .leaveSamplesOut, "leave_samples_out", items: r.columns, height: r.rows, .buffer(r.buffer),
      .uint(r.columns),
      .buffer(complements.buffer), .buffer(diagonal.buffer), .real(Double(sampleCount)))
  }
}
