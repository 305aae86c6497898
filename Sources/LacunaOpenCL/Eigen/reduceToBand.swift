import LacunaAlgebra

extension OpenCLBackend {
  /// On a GPU, whose launches and memory a tridiagonal form waits for at every column; elsewhere 1: a processor's way is that form.
  public var bandWidth: Int { context.bandWidth }

  /// By panels of as many columns as the band has diagonals, and as `tridiagonalize` the reflectors applied to the identity.
  public func performReduceToBand(_ a: Matrix) throws(BackendError) -> SymmetricBand {
    if bandWidth == 1 { return SymmetricBand(try tridiagonalize(a)) }
    let n = a.rows
    try requireWhole(a, "the reduction to a band")
    return try context.lock.held { () throws(BackendError) in
      let scale = try context.normalize(a.block, size: n, argument: "reduceToBand: matrix")
      let width = max(1, min(bandWidth, n - 1))
      let tau = try context.reduceToBand(a.buffer, size: n)
      let entries = try context.bandEntries(of: a.buffer, size: n, width: width)
      try formOrthogonalFactor(a, tau: tau, width: width)
      return SymmetricBand(order: n, width: width) { i, j in entries[i * (width + 1) + i - j] * scale }
    }
  }
}

extension DeviceContext {
  /// Diagonals on either side that `reduceToBand` leaves; 1 where it has no way of its own.
  var bandWidth: Int { offers(.wideTiles) ? KernelConstants.band : 1 }

  /// Numbers of scratch memory that `reduceToBand` takes for each row of a matrix, about.
  var bandScratch: Int { bandWidth > 1 ? (4 + Self.mostRuns + 2) * bandWidth : 0 }

  /// Runs of rows whose sums a product of a panel's reflectors with the matrix is made of, at most: they keep the device busy
  /// where the panel is low, and are added up at the cost of one pass over `mostRuns` panels.
  private static var mostRuns: Int { 16 }

  /// Reduces a dense symmetric matrix (stride n, lower triangle read) to a band of `bandWidth` diagonals by blocked reflections,
  /// QᵀAQ = B, Q = H₀H₁…: B's lower triangle takes the place of A's; reflectors stay above the diagonal.
  ///
  /// One launch a column, which all its groups enter with the sums that the one before left, and six a panel: half of the arithmetic
  /// is the product of its reflectors with what lies beyond it, half the update of that. No wait.
  /// - Returns: the scale factors of the reflectors, on the device: n − `bandWidth` − 1 numbers, should that be any.
  func reduceToBand(_ a: DeviceBuffer, size n: Int) throws(BackendError) -> DeviceBuffer {
    let (b, run, edge) = (KernelConstants.band, KernelConstants.bandRun, KernelConstants.bandEdge)
    let tau = try scratch("band tau", count: n)
    if n < b + 2 { return tau }
    let most = (n - b + run - 1) / run
    let stack = try scratch("band stack", count: 4 * b * n)
    let reflectors = Block(buffer: stack, stride: n)
    let images = reflectors.at(b, 0)
    let partial = try scratch("band products", count: min(Self.mostRuns, (n - b + edge - 1) / edge) * b * n)
    let dots = [try scratch("band dots 0", count: most * b), try scratch("band dots 1", count: most * b)]
    let pivots = [try scratch("band pivots 0", count: b), try scratch("band pivots 1", count: b)]
    let triangle = try scratch("band triangle", count: b * b)
    let middles = try scratch("band middles", count: most * b * b)
    let factors = try scratch("band factors", count: 2 * b * b)
    for c in stride(from: 0, to: n - b - 1, by: b) {
      let first = c + b
      let m = n - first
      let groups = (m + run - 1) / run
      try launch(
        .band, "band_gather", groups: groups, .buffer(a), .uint(n), .uint(c), .buffer(stack), .buffer(dots[0]),
        .buffer(pivots[0]), .buffer(triangle))
      for j in 0..<min(b, m) {
        let (now, next) = (j % 2, 1 - j % 2)
        try launch(
          .band, "band_column", groups: groups, .buffer(a), .uint(n), .uint(c), .uint(j), .uint(groups),
          .buffer(stack), .buffer(dots[now]), .buffer(pivots[now]), .buffer(dots[next]), .buffer(pivots[next]),
          .buffer(triangle), .buffer(tau))
      }
      let columns = (m + edge - 1) / edge
      let span = ((m + Self.mostRuns - 1) / Self.mostRuns).rounded(upTo: edge)
      let runs = (m + span - 1) / span
      try launch(
        .band, "band_product", global: (columns * edge, runs), group: (edge, 1),
        tallest: max(1, longestProduct / (2 * b * m * span)),
        arguments: [.buffer(a), .uint(n), .uint(first), .buffer(stack), .uint(span), .buffer(partial)])
      try launch(
        .band, "band_fold", groups: groups, .buffer(partial), .uint(runs), .buffer(a), .uint(n), .uint(c),
        .buffer(stack), .buffer(middles))
      try launch(.band, "band_middle", groups: 1, .buffer(middles), .uint(groups), .buffer(triangle), .buffer(factors))
      try tiles(
        Block(buffer: factors, stride: 2 * b), reflectors.at(2 * b, 0), rows: b, columns: m, inner: 2 * b, by: .narrow,
        into: images)
      try accumulateLower(
        reflectors, images, transposed: true, size: m, inner: 2 * b, scale: -1,
        into: Block(buffer: a, stride: n).at(first, first))
    }
    return tau
  }

  /// Entries of the lower triangle on so many diagonals below the main one: row i has A_i,i−t for t = 0, …, width.
  func bandEntries(of a: DeviceBuffer, size n: Int, width: Int) throws(BackendError) -> [Double] {
    let count = n * (width + 1)
    let band = try scratch("band entries", count: count)
    try launch(.band, "band_entries", items: count, .buffer(a), .uint(n), .uint(width), .buffer(band))
    return try readReals(band, count: count)
  }
}
