import LacunaAlgebra
import LacunaHost

/// Eigenpairs of a symmetric tridiagonal matrix by divide and conquer on the device.
///
/// Halved until parts are small, which LAPACK solves on the host; then part is joined to part, level by level. A level costs the
/// host O(n log n) and some 15 n numbers to and fro: what it decides is which eigenvectors change at all (`Deflation`). Roots,
/// vectors and products are the device's; nothing of n × n numbers leaves it. An eigenvector of a join is a combination of those
/// of the upper part on its columns and of the lower on its own: two products, at most n³/2 multiplications at the last join and
/// 2/3 n³ in all.
/// Sources: Cuppen, Numer. Math. 36 (1981); Gu, Eisenstat, SIAM J. Matrix Anal. Appl. 16 (1995); LAPACK's `dstedc`.
struct DivideAndConquer {
  /// Order of a part that is not divided any more.
  static let leaf = 32
  /// Rows of eigenvectors of a secular problem that are formed at a time.
  static let panelRows = 1024

  let context: DeviceContext
  let order: Int
  /// Rows of eigenvectors, each with entries on the columns of its part; order × order.
  let vectors: Block
  /// Those rows as products read them; order × order.
  let packed: DeviceBuffer
  /// Eigenvectors wanted at last, those of the largest eigenvalues.
  let leading: Int
  let buffers: Buffers
  /// By row of `vectors`; of rows that are being joined, those from before.
  private var values: [Double] = []

  /// - Parameter vectors: order × order, dense; overwritten.
  /// - Parameter packed: likewise.
  init(
    _ context: DeviceContext, order: Int, vectors: DeviceBuffer, packed: DeviceBuffer, leading: Int
  ) throws(BackendError) {
    self.context = context
    self.order = order
    self.vectors = Block(buffer: vectors, stride: order)
    self.packed = packed
    self.leading = leading
    buffers = try Buffers(context, order: order)
  }

  /// Eigenvalues by row of `vectors`, which then holds unit eigenvectors; where fewer are wanted, others' rows hold anything.
  /// - Parameter matrix: of finite entries.
  /// - Throws: `noConvergence` where entries are not finite or LAPACK fails at a part.
  mutating func solve(_ matrix: SymmetricTridiagonal) throws(BackendError) -> [Double] {
    var (d, e) = (matrix.diagonal, matrix.offDiagonal)
    guard (d + e).allSatisfy(\.isFinite) else { throw .noConvergence(operation: "eigendecompose", info: 0) }
    // A power of two: nothing is rounded but what underflows.
    let largest = (d + e).reduce(0) { max($0, abs($1)) }
    let scale = largest > 0 ? Double(sign: .plus, exponent: Int(largest.exponent), significand: 1) : 1
    for i in d.indices { d[i] /= scale }
    for i in e.indices { e[i] /= scale }
    let levels = Self.levels(order: order)
    for node in levels.dropLast().joined() {
      d[node.middle - 1] -= abs(e[node.middle - 1])
      d[node.middle] -= abs(e[node.middle - 1])
    }
    try solveLeaves(levels[levels.count - 1], d, e)
    var open: [Join] = []
    for nodes in levels.dropLast().reversed() {
      try place(nodes)
      let (roots, edges) = try answers()
      settle(open, roots)
      open = try joins(nodes, edges, couplings: nodes.map { e[$0.middle - 1] })
      try join(open)
    }
    if !open.isEmpty { settle(open, try answers().roots) }
    return values.map { $0 * scale }
  }

  /// The parts that are joined, from the whole matrix down, and at last the leaves, all on one level.
  static func levels(order n: Int) -> [[Node]] {
    var levels: [[Node]] = []
    var parts = [0..<n]
    while parts.contains(where: { $0.count > leaf }) {
      let nodes = parts.map {
        Node(first: $0.lowerBound, middle: ($0.lowerBound + $0.upperBound) / 2, end: $0.upperBound)
      }
      levels.append(nodes)
      parts = nodes.flatMap { [$0.first..<$0.middle, $0.middle..<$0.end] }
    }
    return levels + [parts.map { Node(first: $0.lowerBound, middle: $0.upperBound, end: $0.upperBound) }]
  }

  private mutating func solveLeaves(_ leaves: [Node], _ d: [Double], _ e: [Double]) throws(BackendError) {
    let width = leaves.reduce(1) { max($0, $1.count) }
    var rows = [Double](repeating: 0, count: order * width)
    values = []
    for leaf in leaves {
      let part = SymmetricTridiagonal(
        diagonal: Array(d[leaf.first..<leaf.end]), offDiagonal: Array(e[leaf.first..<max(leaf.end - 1, leaf.first)]))
      let (partValues, vectors) = try part.eigenpairs()
      values += partValues.map(rounded)
      for i in 0..<leaf.count {
        for j in 0..<leaf.count { rows[(leaf.first + i) * width + j] = vectors[i * leaf.count + j] }
      }
    }
    try place(leaves, rows, width: width)
  }

  private func joins(_ nodes: [Node], _ edges: [Double], couplings: [Double]) throws(BackendError) -> [Join] {
    var offset = 0
    return zip(nodes, couplings).map { node, coupling in
      defer { offset += node.count * node.count }
      return Join(
        node,
        Deflation(
          values: Array(values[node.first..<node.end]), edges: Array(edges[node.first..<node.end]),
          upperCount: node.upperCount, coupling: coupling,
          unit: context.precision == .float64 ? 0x1p-53 : 0x1p-24, rounded: rounded), offset: offset)
    }
  }

  /// Values of joins whose roots are there: first those of the secular problem, then those that stayed.
  private mutating func settle(_ joins: [Join], _ roots: [Double]) {
    for join in joins where join.poleCount > 0 {
      let first = join.node.first
      for i in 0..<join.poleCount { values[first + i] = roots[first + i] }
      for (i, pair) in join.deflation.settled.enumerated() { values[first + join.poleCount + i] = pair.value }
    }
  }

  /// To what the device holds.
  private func rounded(_ value: Double) -> Double { context.usesFloat64 ? value : Double(Float(value)) }
}
