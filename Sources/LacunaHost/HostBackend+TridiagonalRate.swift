import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  /// Operations a second of a tridiagonalisation of an order that takes too long to time: a quarter of its 8/3 d³ operations are
  /// products of what is left of the matrix with a vector, at the pace of the memory where a matrix does not fit the caches, and
  /// all else runs as it does at a smaller order.
  ///
  /// - Parameter known: operations a second at a smaller order.
  package func tridiagonalizationRate(order: Int, known: Double, at smaller: Int) throws(BackendError) -> Double {
    // Half the passes' work is done on matrices above this share of the order: ½^(1/3).
    let share = 0.79
    let (small, large) = (
      try passRate(order: Int(Double(smaller) * share)), try passRate(order: Int(Double(order) * share))
    )
    return 1 / (1 / known + max(0, 1 / large - 1 / small) / 4)
  }

  /// Operations a second of a product of a symmetric matrix with a vector, one after the other.
  private func passRate(order: Int) throws(BackendError) -> Double {
    let n = try blasSize(order)
    let a = try makeMatrix(rows: order, columns: order)
    let (x, y) = (try makeMatrix(rows: 1, columns: order), try makeMatrix(rows: 1, columns: order))
    // Pages that nobody has written all lie in one place.
    try performFill(a, law: .rademacher, stream: RandomStream(seed: 1, purpose: .probes, index: 0), offset: 0)
    let passes = max(1, 4_000_000 / max(order * order, 1))
    let time = try DeviceRates.settledTime { () throws(BackendError) in
      let start = ContinuousClock.now
      blas {
        for _ in 0..<passes { $0.symv(CblasRowMajor, CblasLower, n, 1, a.pointer, n, x.pointer, 1, 0, y.pointer, 1) }
      }
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      return Double(seconds) + Double(attoseconds) * 1e-18
    }
    return 2 * Double(passes) * Double(order) * Double(order) / max(time, 1e-9)
  }
}
