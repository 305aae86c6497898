import LinearAlgebra

extension OpenCLBackend {
  public func mixBlocks(_ x: Matrix, bounds: [Int], scale: Element, shift: [Element]) throws(BackendError) {
    let ascending = zip(bounds, bounds.dropFirst()).allSatisfy { $0 <= $1 }
    try require(
      bounds.count == shift.count + 1 && ascending && bounds.first == 0 && bounds.last == x.columns,
      "mixBlocks", "\(shift.count + 1) ascending bounds from 0 to \(x.columns)", "\(bounds)")
    if shift.isEmpty || x.rows == 0 { return }
    try context.lock.held { () throws(BackendError) in
      let edges = try context.scratch("mix bounds", byteCount: bounds.count * 4)
      let shifts = try context.scratch("mix shift", count: shift.count)
      try context.write(bounds.map { UInt32($0) }, to: edges, at: 0)
      try context.write(shift, to: shifts, at: 0)
      try context.launch(
        .mixBlocks, "mix_blocks", groups: shift.count, height: x.rows, .buffer(x.buffer), .uint(x.columns),
        .buffer(edges), .real(Double(scale)), .buffer(shifts))
    }
  }
}
