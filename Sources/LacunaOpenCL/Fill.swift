import LacunaAlgebra

extension OpenCLBackend {
  public func performFill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64)
    throws(BackendError)
  {
    if x.isWhole {
      return try context.lock.held { () throws(BackendError) in
        _ = try fill(x, law: law, stream: stream, offset: offset, sealing: nil)
      }
    }
    try forEachSlab(of: x) { (part, rows) throws(BackendError) in
      _ = try fill(
        part[0], law: law, stream: stream, offset: offset &+ UInt64(rows.lowerBound * x.columns), sealing: nil)
    }
  }

  /// - Parameter x: in one buffer.
  /// - Parameter sealing: elements before these of a matrix of which the scratch memory "bit sums" gets the part, a word from each
  ///   group; nil where it gets none.
  /// - Returns: how many groups there are.
  func fill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64, sealing: Int?
  ) throws(BackendError) -> Int {
    let count = x.count
    if count == 0 { return 0 }
    let last = offset + UInt64(count - 1)
    /// Groups for the blocks of `size` values that the indices touch.
    func groups(of size: UInt64) -> Int {
      (Int(last / size - offset / size) + 1).rounded(upTo: KernelConstants.groupSize) / KernelConstants.groupSize
    }
    func launch(_ name: String, blocksOf size: UInt64, _ more: Argument...) throws(BackendError) -> Int {
      let groups = groups(of: size)
      let sums = sealing != nil ? try context.scratch("bit sums", byteCount: 4 * groups) : x.buffer
      try context.launch(
        .fill, name, global: (groups * KernelConstants.groupSize, 1), group: (KernelConstants.groupSize, 1),
        arguments: [
          .buffer(x.buffer), .uint(count), .ulong(offset), .ulong(stream.stream), .ulong(stream.seed),
          .uint(sealing.map { 1 + $0 & (1 << 31 - 1) } ?? 0), .buffer(sums),
        ] + more)
      return groups
    }
    switch law {
    case .gaussian: return try launch("fill_gaussian", blocksOf: 2)
    case .rademacher: return try launch("fill_rademacher", blocksOf: 128)
    case .studentT(let degrees): return try launch("fill_student", blocksOf: 1, .real(degrees - 2), .real(-2 / degrees))
    case .sparse(let density):
      let threshold = Int(EntryLaw.sparseThreshold(density: density))
      return try launch("fill_sparse", blocksOf: 4, .uint(threshold), .real(1 / density.squareRoot()))
    }
  }
}
