import LacunaAlgebra

/// A symmetric matrix reduced to tridiagonal form, QᵀAQ = T, Q = H₀H₁…; the reflectors stay above A's diagonal.
struct Reduction {
  let tridiagonal: SymmetricTridiagonal
  /// Scale factors of the reflectors, n numbers on the device.
  let tau: DeviceBuffer
}

extension DeviceContext {
  /// SHARING of `tridiagonal.cl`: items that share a row of what is summed for it.
  var sharing: Int { routes.actsAsGPU ? 4 : 1 }

  /// Reduces a dense symmetric matrix (stride n, lower triangle read) to tridiagonal form by blocked reflections.
  ///
  /// Three launches a column (four on a processor) and no wait until the last. Half of the arithmetic is the product of the matrix with each
  /// reflector, which reads the lower triangle once; the other half is the update of what lies beyond a panel.
  /// Source: Dongarra, Sorensen, Hammarling, *Block reduction of matrices to condensed forms*, 1989.
  /// - Parameter keep: whether reflectors are wanted above the diagonal.
  func tridiagonalize(_ a: DeviceBuffer, size n: Int, keep: Bool) throws(BackendError) -> Reduction {
    let tile = KernelConstants.tridiagonalTile
    let width = n <= 2048 ? 32 : KernelConstants.tridiagonalPanel
    let panel = try scratch("reflectors", count: 3 * width * n)
    let partial = try allocate(byteCount: (n + tile - 1) / tile * n * precision.byteCount)
    let rows = KernelConstants.groupSize / sharing
    let groups = (n + rows - 1) / rows
    let x = try scratch("column", count: n)
    let z = try scratch("image", count: n)
    let dots = try scratch("panel dots", count: 2 * width)
    let squareSums = try scratch("square sums", count: groups + 1)
    let dotSums = try scratch("dot sums", count: groups + 1)
    let d = try scratch("tridiagonal d", count: n)
    let e = try scratch("tridiagonal e", count: n)
    let tau = try scratch("tridiagonal tau", count: n)
    for start in stride(from: 0, to: n, by: width) {
      let count = min(width, n - start)
      // Sums by groups, as the kernels of the last column left them.
      var dotGroups = 0
      for i in 0..<count {
        let c = start + i
        let first = c / tile * tile
        let items = n - first
        let rowGroups = (items + rows - 1) / rows
        try launch(
          .tridiagonal, "tridiagonal_column", groups: rowGroups, .buffer(a), .uint(n), .uint(c),
          .uint(first),
          .buffer(panel),
          .uint(width), .uint(i), .buffer(x), .buffer(z), .buffer(d), .buffer(tau), .buffer(dots),
          .buffer(dotSums), .buffer(squareSums), .uint(dotGroups))
        if c == n - 1 { break }
        // The product starts at the tile of the reflector's first row.
        let tiles = (items + tile - 1) / tile
        if routes.actsAsGPU {
          try launch(
            .tridiagonal, "tridiagonal_tiles", global: (tiles * (tiles + 1) / 2 * tile, 1), group: (tile, 1),
            arguments: [
              .buffer(a), .uint(n), .uint(c), .uint(first), .buffer(panel), .uint(i), .buffer(x), .buffer(e),
              .buffer(tau), .buffer(squareSums), .uint(rowGroups), .uint(keep ? 1 : 0), .buffer(partial),
            ])
        } else {
          try launch(
            .tridiagonal, "tridiagonal_reflector", items: items, .buffer(a), .uint(n), .uint(c), .uint(first),
            .buffer(panel), .uint(i), .buffer(x), .buffer(e), .buffer(tau), .buffer(squareSums), .uint(rowGroups),
            .uint(keep ? 1 : 0))
          try launch(
            .tridiagonal, "tridiagonal_tiles_rows", global: (tiles * (tiles + 1) / 2, 1), group: (1, 1),
            arguments: [
              .buffer(a), .uint(n), .uint(first), .buffer(panel), .uint(i * n), .buffer(partial),
            ])
        }
        try launch(
          .tridiagonal, "tridiagonal_gather", groups: rowGroups + 2 * i, .buffer(partial), .uint(tiles), .uint(n),
          .uint(first), .buffer(panel), .uint(width), .uint(i), .buffer(z), .buffer(dots), .buffer(dotSums),
          .uint(rowGroups))
        dotGroups = rowGroups
      }
      let next = start + count
      if next == n { break }
      let first = (next - 1) / tile * tile
      try launch(
        .tridiagonal, "tridiagonal_finish", items: n - first, .uint(n), .uint(next - 1),
        .uint(first), .buffer(panel),
        .uint(width), .uint(count), .buffer(z), .buffer(tau), .buffer(dots), .buffer(dotSums), .uint(dotGroups))
      let stack = Block(buffer: panel, stride: n)
      try accumulateLower(
        stack.at(0, next), stack.at(width, next), transposed: true, size: n - next,
        inner: 2 * width, scale: -1,
        into: Block(buffer: a, stride: n).at(next, next))
    }
    let diagonal = try readReals(d, count: n)
    let offDiagonal = Array(try readReals(e, count: n).prefix(max(n - 1, 0)))
    return Reduction(
      tridiagonal: SymmetricTridiagonal(diagonal: diagonal, offDiagonal: offDiagonal), tau: tau)
  }
}
