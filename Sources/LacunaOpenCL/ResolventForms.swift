import LacunaAlgebra

extension OpenCLBackend {
  public func performResolventForms(
    of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]],
    into out: Matrix
  ) throws(BackendError) {
    try requireWhole(w, "resolvent forms")
    try requireWhole(out, "resolvent forms")
    var factors: [Double] = []
    var weights: [Double] = []
    factors.reserveCapacity(4 * t.order * shifts.count)
    for shift in shifts {
      let shifted = try t.factor(shift: shift)
      for row in shifted.rows { for i in 0..<4 { factors.append(row[i]) } }
      for probe in probes { weights += shifted.weights(of: probe) }
    }
    guard out.count > 0 else { return }
    try context.lock.held { () throws(BackendError) in
      let factorBuffer = try context.scratch("shifted factors", count: factors.count)
      let weightBuffer = try context.scratch("shifted weights", count: weights.count)
      try context.write(Element.nearest(factors), to: factorBuffer, at: 0)
      try context.write(Element.nearest(weights), to: weightBuffer, at: 0)
      try context.launch(
        .resolventForms, "resolvent_forms", items: w.columns, height: shifts.count,
        .buffer(w.buffer), .uint(w.rows),
        .uint(w.columns), .buffer(factorBuffer), .buffer(weightBuffer), .uint(probes.count),
        .buffer(out.buffer))
    }
  }
}
