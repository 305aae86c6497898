import LacunaAlgebra

extension OpenCLBackend {
  public func performFill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64)
    throws(BackendError)
  {
    try context.lock.held { () throws(BackendError) in
      _ = try fill(x, law: law, stream: stream, offset: offset, sealing: false)
    }
  }

  /// - Parameter sealing: whether the scratch memory "bit sums" gets a word from each group.
  /// - Returns: how many groups there are.
  func fill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64, sealing: Bool
  ) throws(BackendError) -> Int {
    let count = x.count
    if count == 0 { return 0 }
    let last = offset + UInt64(count - 1)
    /// Groups for the blocks of `size` values that the indices touch.
    func groups(of size: UInt64) -> Int {
      (Int(last / size - offset / size) + 1).rounded(upTo: context.groupSize) / context.groupSize
    }
    func launch(_ name: String, blocksOf size: UInt64, _ more: Argument...) throws(BackendError) -> Int {
      let groups = groups(of: size)
      let sums = sealing ? try context.scratch("bit sums", byteCount: 4 * groups) : x.buffer
      try context.launch(
        .fill, name, global: (groups * context.groupSize, 1), group: (context.groupSize, 1),
        arguments: [
          .buffer(x.buffer), .uint(count), .ulong(offset), .ulong(stream.stream), .ulong(stream.seed),
          .uint(sealing ? 1 : 0), .buffer(sums),
        ] + more)
      return groups
    }
    switch law {
    case .gaussian: return try launch("fill_gaussian", blocksOf: 2)
    case .rademacher: return try launch("fill_rademacher", blocksOf: 128)
    case .studentT(let degrees): return try launch("fill_student", blocksOf: 1, .real(degrees))
    case .sparse(let density):
      let threshold = Int(EntryLaw.sparseThreshold(density: density))
      return try launch("fill_sparse", blocksOf: 4, .uint(threshold), .real(1 / density.squareRoot()))
    }
  }
}
