import LacunaAlgebra

extension SymmetricBand {
  /// What is made of the factors of B + λI at each shift λ, several of which are factored at once.
  /// - Parameter body: takes a shift's place and its factors, on any of the threads.
  /// - Throws: `notPositiveDefinite` of the first shift that leaves the matrix indefinite.
  package func factored<Value>(
    at shifts: [Double], threads: HostThreads, _ body: (Int, ShiftedFactors) -> Value
  ) throws(BackendError) -> [Value] {
    var results = [Result<Value, BackendError>?](repeating: nil, count: shifts.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      threads.loop(over: shifts.count, cost: order * width * width) { range in
        for r in range {
          results[r] = Result { () throws(BackendError) in body(r, try factor(shift: shifts[r])) }
        }
      }
    }
    var values: [Value] = []
    for result in results { if let result { values.append(try result.get()) } }
    return values
  }
}
