import LacunaAlgebra

extension OpenCLBackend {
  public var verification: String? { "off" }

  /// Vectors in pairs, each pair one pass over the matrix.
  public func performProbeRows(
    _ a: Matrix, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> RowProbe {
    if a.isWhole { return try probeRows(a, top: 0, part: part, vectors: vectors) }
    var found = RowProbe(products: vectors.map { _ in [] }, squares: [])
    try forEachSlab(of: a) { (slab, rows) throws(BackendError) in
      let own = try probeRows(slab[0], top: rows.lowerBound, part: part, vectors: vectors)
      for p in vectors.indices { found.products[p] += own.products[p] }
      found.squares += own.squares
    }
    return found
  }

  /// - Parameter a: in one buffer.
  /// - Parameter top: rows before these of the matrix that the part is one of.
  private func probeRows(
    _ a: Matrix, top: Int, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> RowProbe {
    var found = RowProbe(products: [], squares: [Double](repeating: 0, count: a.rows))
    // Squares are wanted where no vector is.
    for first in stride(from: 0, to: max(vectors.count, 1), by: 2) {
      let pair = vectors[min(first, vectors.count)...].prefix(2)
      let values = try context.lock.held { () throws(BackendError) in
        let v = try context.placePair(pair, length: a.columns)
        let out = try context.scratch("probe result", byteCount: 24 * max(a.rows, 1))
        try context.probeRows(a, top: top, part: part, v, count: max(pair.count, 1), into: out)
        return try context.readSums(out, count: 3 * a.rows)
      }
      for p in 0..<pair.count { found.products.append((0..<a.rows).map { values[3 * $0 + p] }) }
      for i in 0..<a.rows { found.squares[i] = values[3 * i + 2] }
    }
    return found
  }

  /// Both triangles by the same vectors, read together.
  public func performProbeSymmetric(_ a: Matrix, vectors: [[Double]]) throws(BackendError) -> RowProbe {
    let n = a.rows
    guard a.isWhole, n > 0 else { return try probeTriangles(a, vectors: vectors) }
    var found = RowProbe(products: [], squares: [])
    for first in stride(from: 0, to: max(vectors.count, 1), by: 2) {
      let pair = vectors[min(first, vectors.count)...].prefix(2)
      let values = try context.lock.held { () throws(BackendError) in
        let v = try context.placePair(pair, length: n)
        let out = try context.scratch("probe result", byteCount: 40 * n)
        try context.probeRows(a, top: 0, part: .lower, v, count: max(pair.count, 1), into: out)
        try context.probeColumns(a, top: 0, part: .strictlyLower, v, count: max(pair.count, 1), into: out, at: 3 * n)
        return try context.readSums(out, count: 5 * n)
      }
      for p in 0..<pair.count {
        found.products.append((0..<n).map { values[3 * $0 + p] + values[(3 + p) * n + $0] })
      }
      found.squares = (0..<n).map { values[3 * $0 + 2] }
    }
    return found
  }

  public func performProbeColumns(
    _ a: Matrix, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> [[Double]] {
    if a.isWhole { return try probeColumns(a, top: 0, part: part, vectors: vectors) }
    var sums = vectors.map { _ in [Double](repeating: 0, count: a.columns) }
    try forEachSlab(of: a) { (slab, rows) throws(BackendError) in
      let own = try probeColumns(slab[0], top: rows.lowerBound, part: part, vectors: vectors.map { Array($0[rows]) })
      for p in sums.indices { for j in sums[p].indices { sums[p][j] += own[p][j] } }
    }
    return sums
  }

  /// - Parameter a: in one buffer.
  /// - Parameter top: rows before these of the matrix that the part is one of.
  private func probeColumns(
    _ a: Matrix, top: Int, part: MatrixPart, vectors: [[Double]]
  ) throws(BackendError) -> [[Double]] {
    var found: [[Double]] = []
    let columns = a.columns
    for first in stride(from: 0, to: vectors.count, by: 2) {
      let pair = vectors[first...].prefix(2)
      let values = try context.lock.held { () throws(BackendError) in
        let u = try context.placePair(pair, length: a.rows)
        let out = try context.scratch("probe result", byteCount: 16 * max(columns, 1))
        try context.probeColumns(a, top: top, part: part, u, count: pair.count, into: out, at: 0)
        return try context.readSums(out, count: 2 * columns)
      }
      for p in 0..<pair.count { found.append(Array(values[p * columns..<(p + 1) * columns])) }
    }
    return found
  }

  public func performBitSum(of a: Matrix, rows: Range<Int>) throws(BackendError) -> UInt32 {
    let words = Element.precision.byteCount / 4
    if a.isWhole {
      return try context.bitSum(
        a.buffer, firstWord: rows.lowerBound * a.columns * words, count: rows.count * a.columns * words)
    }
    var sum: UInt32 = 0
    try forEachSlab(of: a) { (slab, range) throws(BackendError) in
      let own = range.clamped(to: rows)
      sum &+= try context.bitSum(
        slab[0].buffer, firstWord: (own.lowerBound - range.lowerBound) * a.columns * words,
        before: (own.lowerBound - rows.lowerBound) * a.columns * words, count: own.count * a.columns * words)
    }
    return sum
  }

  public func performSealedFill(
    _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) -> UInt32? {
    if x.count == 0 { return 0 }
    if x.isWhole {
      return try context.lock.held { () throws(BackendError) in
        try context.total(ofSums: try fill(x, law: law, stream: stream, offset: offset, sealing: 0))
      }
    }
    var sum: UInt32 = 0
    try forEachSlab(of: x) { (slab, rows) throws(BackendError) in
      let before = rows.lowerBound * x.columns
      let groups = try fill(slab[0], law: law, stream: stream, offset: offset &+ UInt64(before), sealing: before)
      sum &+= try context.total(ofSums: groups)
    }
    return sum
  }
}

extension DeviceContext {
  /// Items that share a row of a probe: a processor's one has it to itself.
  var probeItems: Int { routes.actsAsGPU ? 64 : 1 }

  /// PROBE_COLUMNS of `probe.cl`: columns of an item, a multiple of 8; a processor reads longer runs of a row.
  var probeColumns: Int { routes.actsAsGPU ? 8 : 32 }

  /// Bytes of an accumulator: float64, or a pair of floats.
  private var sumBytes: Int { 8 }

  /// Two vectors of a length one after the other, those that are not there as zeros. Hold `lock` until they are used.
  fileprivate func placePair(_ pair: ArraySlice<[Double]>, length: Int) throws(BackendError) -> DeviceBuffer {
    let zeros = [Double](repeating: 0, count: (2 - pair.count) * length)
    return try placeSums(pair.flatMap(\.self) + zeros, "probe")
  }

  /// Queues three accumulators a row: the products with one or two vectors, and the square.
  fileprivate func probeRows<Element>(
    _ a: OpenCLMatrix<Element>, top: Int, part: MatrixPart, _ v: DeviceBuffer, count: Int, into out: DeviceBuffer
  ) throws(BackendError) {
    try launch(
      .probe, "probe_rows", global: (a.rows * probeItems, 1), group: (probeItems, 1),
      arguments: [
        .buffer(a.buffer), .uint(top), .uint(a.columns), .uint(part.number), .buffer(v), .uint(count), .buffer(out),
      ])
  }

  /// Queues two rows of accumulators, from one of them on: the products of the columns with one or two vectors.
  fileprivate func probeColumns<Element>(
    _ a: OpenCLMatrix<Element>, top: Int, part: MatrixPart, _ u: DeviceBuffer, count: Int, into out: DeviceBuffer,
    at start: Int
  ) throws(BackendError) {
    let (columns, items) = (a.columns, probeItems)
    let runs = (a.rows + KernelConstants.probeRows - 1) / KernelConstants.probeRows
    let partial = try scratch("probe sums", byteCount: 16 * max(runs * columns, 1))
    try launch(
      .probe, "probe_columns",
      global: ((columns.rounded(upTo: probeColumns) / probeColumns).rounded(upTo: items), runs), group: (items, 1),
      arguments: [
        .buffer(a.buffer), .uint(top), .uint(a.rows), .uint(columns), .uint(part.number), .buffer(u), .uint(count),
        .buffer(partial),
      ])
    try launch(
      .probe, "probe_total", items: columns, height: count, .buffer(partial), .uint(runs), .uint(columns), .uint(start),
      .buffer(out))
  }

  /// Host numbers as accumulators of kernels, under a name.
  func placeSums(_ values: [Double], _ name: String) throws(BackendError) -> DeviceBuffer {
    let buffer = try scratch(name, byteCount: sumBytes * max(values.count, 1))
    if usesFloat64 {
      try write(values, to: buffer, at: 0)
    } else {
      try write(
        values.flatMap { value in
          let high = Float(value)
          return [high, Float(value - Double(high))]
        }, to: buffer, at: 0)
    }
    return buffer
  }

  func readSums(_ buffer: DeviceBuffer, count: Int) throws(BackendError) -> [Double] {
    if usesFloat64 { return try read(buffer, count: count, as: 0.0) }
    let halves = try read(buffer, count: 2 * count, as: Float(0))
    return (0..<count).map { Double(halves[2 * $0]) + Double(halves[2 * $0 + 1]) }
  }

  /// - Parameter before: words of the sum before these, mod 2³².
  func bitSum(
    _ buffer: DeviceBuffer, firstWord: Int, before: Int = 0, count: Int
  ) throws(BackendError) -> UInt32 {
    if count == 0 { return 0 }
    return try lock.held { () throws(BackendError) in
      let runs = (count + KernelConstants.probeWords - 1) / KernelConstants.probeWords
      let sums = try scratch("bit sums", byteCount: 4 * runs)
      try launch(
        .probe, "bit_sum", global: (runs * probeItems, 1), group: (probeItems, 1),
        arguments: [
          .buffer(buffer), .ulong(UInt64(firstWord)), .uint(before & (1 << 32 - 1)), .ulong(UInt64(count)),
          .buffer(sums),
        ])
      return try total(ofSums: runs)
    }
  }

  /// The sum of the bit sums of so many groups.
  func total(ofSums groups: Int) throws(BackendError) -> UInt32 {
    try read(scratch("bit sums", byteCount: 4 * groups), count: groups, as: UInt32(0)).reduce(0, &+)
  }
}

extension MatrixPart {
  /// As kernels number them.
  fileprivate var number: Int {
    switch self {
    case .all: 0
    case .lower: 1
    case .strictlyLower: 2
    }
  }
}
