import LacunaAlgebra

extension OpenCLBackend {
  public func performMixBlocks(_ x: Matrix, bounds: [Int], scale: Element, shift: [Element])
    throws(BackendError)
  {
    if shift.isEmpty || x.rows == 0 { return }
    if !x.isWhole {
      return try forEachSlab(of: x) { (part, _) throws(BackendError) in
        try performMixBlocks(part[0], bounds: bounds, scale: scale, shift: shift)
      }
    }
    try context.lock.held { () throws(BackendError) in
      let (edges, shifts) = try context.blockConstants(
        bounds: bounds, shift: shift.map { Double($0) })
      try context.launch(
        .mixBlocks, "mix_blocks", groups: shift.count, height: x.rows, .buffer(x.buffer),
        .uint(x.columns),
        .buffer(edges), .real(Double(scale)), .buffer(shifts))
    }
  }
}

extension DeviceContext {
  /// Bounds and shifts on the device, kept from call to call: a trial mixes block after block of rows alike.
  func blockConstants(bounds: [Int], shift: [Double]) throws(BackendError) -> (
    DeviceBuffer, DeviceBuffer
  ) {
    if let kept = mixtures.first(where: { $0.bounds == bounds && $0.shift == shift }) {
      return (kept.edges, kept.shifts)
    }
    let edges = try allocate(byteCount: bounds.count * 4)
    try write(bounds.map { UInt32($0) }, to: edges, at: 0)
    let shifts = try place(shift)
    if mixtures.count == 4 { mixtures.removeFirst() }
    mixtures.append((bounds, shift, edges, shifts))
    return (edges, shifts)
  }
}
