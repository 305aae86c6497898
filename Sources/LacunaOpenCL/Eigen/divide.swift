import LacunaAlgebra

extension DivideAndConquer {
  /// Numbers that go along with the rows, some for each, in `WIDE` of the kernels or in `uint`, and a panel of rows.
  struct Buffers {
    let node, spans, plans, pairs, turns, upper, lower, order: DeviceBuffer
    let poles, weights, corrected, scale, brackets, marks, roots, answers, panel: DeviceBuffer

    init(_ context: DeviceContext, order n: Int) throws(BackendError) {
      let wide = context.usesFloat64 ? 8 : 4
      func make(_ name: String, _ byteCount: Int) throws(BackendError) -> DeviceBuffer {
        try context.scratch("divide \(name)", byteCount: byteCount)
      }
      node = try make("node", 4 * n)
      spans = try make("spans", 16 * n)
      plans = try make("plans", 16 * n)
      pairs = try make("pairs", 8 * n)
      turns = try make("turns", 2 * wide * n)
      upper = try make("upper", 4 * n)
      lower = try make("lower", 4 * n)
      order = try make("order", 4 * n)
      poles = try make("poles", wide * n)
      weights = try make("weights", wide * n)
      corrected = try make("corrected weights", wide * n)
      scale = try make("scale", wide * n)
      brackets = try make("brackets", 4 * wide * n)
      marks = try make("marks", 8 * n)
      roots = try make("roots", 2 * wide * n)
      answers = try make("answers", 2 * wide * n)
      panel = try context.allocate(byteCount: min(n, DivideAndConquer.panelRows) * n * context.precision.byteCount)
    }
  }

  /// Rows of eigenvectors of the leaves.
  /// - Parameter rows: order × width, each from its leaf's first column on.
  func place(_ leaves: [Node], _ rows: [Double], width: Int) throws(BackendError) {
    try describe(leaves)
    let target = try context.scratch("divide leaves", count: rows.count)
    try context.write(rows, to: target)
    try context.launch(
      .divide, "leaf_rows", items: order, height: order, .buffer(vectors.buffer), .uint(order), .buffer(target),
      .uint(width), .buffer(buffers.node), .buffer(buffers.spans))
  }

  /// The nodes of a level, and of each row the entry next to its node's seam into the answers.
  func place(_ nodes: [Node]) throws(BackendError) {
    try describe(nodes)
    try context.launch(
      .divide, "edge_entries", items: order, .buffer(vectors.buffer), .uint(order), .buffer(buffers.node),
      .buffer(buffers.spans), .buffer(buffers.answers))
  }

  private func describe(_ nodes: [Node]) throws(BackendError) {
    try context.write(
      nodes.indices.flatMap { [UInt32](repeating: UInt32($0), count: nodes[$0].count) }, to: buffers.node, at: 0)
    try context.write(
      nodes.flatMap { [UInt32($0.first), UInt32($0.middle), UInt32($0.end), 0] }, to: buffers.spans, at: 0)
  }

  /// What the device found: roots of the secular problems of the last level, and the edges of this one's.
  func answers() throws(BackendError) -> (roots: [Double], edges: [Double]) {
    let all = try readWide(buffers.answers, count: 2 * order)
    return (Array(all[..<order]), Array(all[order...]))
  }

  /// Queues the joins of a level.
  func join(_ joins: [Join]) throws(BackendError) {
    let busy = joins.filter { $0.poleCount > 0 }
    if busy.isEmpty { return }
    try turn(joins)
    try pack(busy)
    try solveSecular(joins)
    for join in busy { try combine(join) }
  }

  private func turn(_ joins: [Join]) throws(BackendError) {
    var (plans, pairs): ([UInt32], [UInt32]) = ([], [])
    var turns: [Double] = []
    for join in joins {
      plans += [UInt32(join.poleCount), UInt32(pairs.count / 2)]
      for rotation in join.deflation.rotations {
        pairs += [UInt32(join.node.first + rotation.first), UInt32(join.node.first + rotation.second)]
        turns += [rotation.cosine, rotation.sine]
      }
      plans += [UInt32(pairs.count / 2), 0]
    }
    try context.write(plans, to: buffers.plans, at: 0)
    if pairs.isEmpty { return }
    try context.write(pairs, to: buffers.pairs, at: 0)
    try writeWide(turns, to: buffers.turns)
    try context.launch(
      .divide, "turn_rows", items: order, .buffer(vectors.buffer), .uint(order), .buffer(buffers.node),
      .buffer(buffers.plans), .buffer(buffers.pairs), .buffer(buffers.turns))
  }

  private func pack(_ joins: [Join]) throws(BackendError) {
    var upper = [UInt32](repeating: .max, count: order)
    var lower = upper
    for join in joins {
      let (node, deflation) = (join.node, join.deflation)
      var (upperRow, lowerRow) = (join.upperOffset, join.lowerOffset)
      for pole in join.order {
        let row = node.first + deflation.rows[pole]
        if deflation.isUpper[pole] {
          upper[row] = UInt32(upperRow)
          upperRow += node.upperCount
        }
        if deflation.isLower[pole] {
          lower[row] = UInt32(lowerRow)
          lowerRow += node.lowerCount
        }
      }
      for (i, pair) in deflation.settled.enumerated() {
        let start = join.settledOffset + i * node.count
        upper[node.first + pair.row] = UInt32(start)
        lower[node.first + pair.row] = UInt32(start + node.upperCount)
      }
    }
    try context.write(upper, to: buffers.upper, at: 0)
    try context.write(lower, to: buffers.lower, at: 0)
    try context.launch(
      .divide, "pack_rows", items: joins.reduce(0) { max($0, $1.node.count) }, height: order, .buffer(vectors.buffer),
      .uint(order), .buffer(buffers.node), .buffer(buffers.spans), .buffer(buffers.upper), .buffer(buffers.lower),
      .buffer(packed))
  }

  /// Rows of the joined part: combinations of those of its halves, by panels, then those that stay.
  private func combine(_ join: Join) throws(BackendError) {
    let (node, k) = (join.node, join.poleCount)
    let upper = Block(buffer: packed, offset: join.upperOffset, stride: node.upperCount)
    let lower = Block(buffer: packed, offset: join.lowerOffset, stride: node.lowerCount)
    let mixing = Block(buffer: buffers.panel, stride: k)
    let start = node.count == order ? max(0, k - leading) : 0
    for from in stride(from: start, to: k, by: Self.panelRows) {
      let rows = min(Self.panelRows, k - from)
      try formVectors(join, from: from, rows: rows)
      let target = vectors.at(node.first + from, node.first)
      try multiply(mixing, upper, rows: rows, columns: node.upperCount, inner: join.upperPoles, into: target)
      try multiply(
        mixing.at(0, k - join.lowerPoles), lower, rows: rows, columns: node.lowerCount, inner: join.lowerPoles,
        into: target.at(0, node.upperCount))
    }
    if k < node.count {
      try context.copyRows(
        Block(buffer: packed, offset: join.settledOffset, stride: node.count),
        to: vectors.at(node.first + k, node.first), rows: node.count - k, columns: node.count)
    }
  }

  private func multiply(
    _ a: Block, _ b: Block, rows: Int, columns: Int, inner: Int, into c: Block
  ) throws(BackendError) {
    if inner == 0 {
      try context.launch(
        .divide, "clear_block", items: columns, height: rows, .buffer(c.buffer), .uint(c.offset), .uint(c.stride),
        .uint(columns))
    } else if context.isSmall(rows: rows, columns: columns, inner: inner) {
      try context.tiles(a, b, rows: rows, columns: columns, inner: inner, into: c)
    } else {
      try context.gemm(a, b, rows: rows, columns: columns, inner: inner, into: c)
    }
  }
}
