import LacunaAlgebra

extension OpenCLBackend {
  public func performFill(_ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64)
    throws(BackendError)
  {
    let count = x.count
    if count == 0 { return }
    let last = offset + UInt64(count - 1)
    /// Blocks of `size` values that the indices touch.
    func blocks(of size: UInt64) -> Int { Int(last / size - offset / size) + 1 }
    let start: [Argument] = [
      .buffer(x.buffer), .uint(count), .ulong(offset), .ulong(stream.stream), .ulong(stream.seed),
    ]
    func launch(_ name: String, items: Int, _ more: Argument...) throws(BackendError) {
      try context.launch(
        .fill, name, global: (items.rounded(upTo: context.groupSize), 1),
        group: (context.groupSize, 1),
        arguments: start + more)
    }
    switch law {
    case .gaussian:
      try launch("fill_gaussian", items: blocks(of: 2))
    case .rademacher:
      try launch("fill_rademacher", items: blocks(of: 128))
    case .studentT(let degrees):
      try launch("fill_student", items: count, .real(degrees))
    case .sparse(let density):
      let threshold = Int(EntryLaw.sparseThreshold(density: density))
      try launch(
        "fill_sparse", items: blocks(of: 4), .uint(threshold), .real(1 / density.squareRoot()))
    }
  }
}
