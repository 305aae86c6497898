import LacunaAlgebra

extension DivideAndConquer {
  /// Queues the roots of the secular problems of a level, the weights that belong to them, and the norms of their vectors.
  func solveSecular(_ joins: [Join]) throws(BackendError) {
    var poles = [Double](repeating: 0, count: order)
    var weights = poles
    var columns = [UInt32](repeating: 0, count: order)
    var operations = 0
    for join in joins {
      let first = join.node.first
      for i in 0..<join.poleCount {
        poles[first + i] = join.deflation.poles[i]
        weights[first + i] = join.deflation.weights[i]
        columns[first + i] = UInt32(join.order[i])
      }
      // A pole's part of an iteration, with its quotient in float64 where those are slow.
      operations += 32 * join.poleCount * join.poleCount
    }
    try writeWide(poles, to: buffers.poles)
    try writeWide(weights, to: buffers.weights)
    try context.write(columns, to: buffers.order, at: 0)
    let limit = KernelConstants.secularSteps
    let most = max(1, min(limit, context.routes.longestLaunch / operations))
    for done in stride(from: 0, to: limit, by: most) {
      try context.launch(
        .secular, "secular_roots", items: order, .buffer(buffers.poles), .buffer(buffers.weights), .uint(order),
        .buffer(buffers.node), .buffer(buffers.spans), .buffer(buffers.plans), .buffer(buffers.brackets),
        .buffer(buffers.marks), .uint(most), .uint(done == 0 ? 1 : 0), .buffer(buffers.roots), .buffer(buffers.answers))
    }
    try context.launch(
      .secular, "secular_weights", items: order, .buffer(buffers.poles), .buffer(buffers.weights), .uint(order),
      .buffer(buffers.node), .buffer(buffers.spans), .buffer(buffers.plans), .buffer(buffers.roots),
      .buffer(buffers.corrected))
    try context.launch(
      .secular, "secular_norms", items: order, .buffer(buffers.poles), .buffer(buffers.corrected), .uint(order),
      .buffer(buffers.node), .buffer(buffers.spans), .buffer(buffers.plans), .buffer(buffers.roots),
      .buffer(buffers.scale))
  }

  /// Rows of eigenvectors of a join's secular problem into the panel.
  func formVectors(_ join: Join, from: Int, rows: Int) throws(BackendError) {
    try context.launch(
      .secular, "secular_vectors", items: join.poleCount, height: rows, .buffer(buffers.poles),
      .buffer(buffers.corrected), .buffer(buffers.roots), .buffer(buffers.scale), .buffer(buffers.order),
      .uint(join.node.first), .uint(join.poleCount), .uint(from), .buffer(buffers.panel))
  }

  func writeWide(_ values: [Double], to buffer: DeviceBuffer) throws(BackendError) {
    if context.usesFloat64 {
      try context.write(values, to: buffer, at: 0)
    } else {
      try context.write(Float.nearest(values), to: buffer, at: 0)
    }
  }

  func readWide(_ buffer: DeviceBuffer, count: Int) throws(BackendError) -> [Double] {
    context.usesFloat64
      ? try context.read(buffer, count: count, as: 0.0)
      : Float.doubles(try context.read(buffer, count: count, as: Float(0)))
  }
}
