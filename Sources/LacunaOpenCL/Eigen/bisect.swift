import LacunaAlgebra
import LacunaHost

extension DeviceContext {
  /// Eigenvalues of a tridiagonal matrix, ascending: by bisection on a GPU with float64, in launches of bounded length, else
  /// by LAPACK on the host.
  func eigenvalues(of matrix: SymmetricTridiagonal) throws(BackendError) -> [Double] {
    let n = matrix.order
    guard routes.actsAsGPU, usesFloat64, n > 1 else { return try matrix.eigenvalues() }
    let d = matrix.diagonal
    let e = matrix.offDiagonal.map { abs($0) }
    // Gershgorin's discs, and a margin for their own rounding.
    var (low, high, largest) = (d[0], d[0], 0.0)
    for i in 0..<n {
      let radius = (i > 0 ? e[i - 1] : 0) + (i < n - 1 ? e[i] : 0)
      low = min(low, d[i] - radius)
      high = max(high, d[i] + radius)
      largest = max(largest, i < n - 1 ? e[i] : 0)
    }
    let norm = max(abs(low), abs(high))
    if norm == 0 { return d }
    let margin = norm * 1e-14
    (low, high) = (low - margin, high + margin)
    let width = norm * 0x1p-55
    let floor = Double.leastNormalMagnitude * max(1, largest * largest) * 4
    let diagonal = try scratch("bisect d", byteCount: 8 * n)
    let squares = try scratch("bisect e2", byteCount: 8 * n)
    let limits = try scratch("bisect limits", byteCount: 32)
    let intervals = try scratch("bisect intervals", byteCount: 16 * n)
    let values = try scratch("bisect values", byteCount: 8 * n)
    try write(d, to: diagonal, at: 0)
    try write(e.map { $0 * $0 }, to: squares, at: 0)
    try write([low, high, width, floor], to: limits, at: 0)
    // Each halves the interval, and one more makes up for rounding.
    let halvings = Int(((high - low) / width).exponent) + 2
    // A quotient in float64 is worth some two dozen operations where those are slow.
    let most = max(1, min(halvings, routes.longestLaunch / (24 * n * n)))
    for done in stride(from: 0, to: halvings, by: most) {
      try launch(
        .bisection, "bisect", items: n, .buffer(diagonal), .buffer(squares), .uint(n), .buffer(limits),
        .buffer(intervals), .uint(most), .uint(done == 0 ? 1 : 0), .buffer(values))
    }
    return try read(values, count: n, as: 0.0).sorted()
  }
}
