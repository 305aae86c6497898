import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  /// - Returns: a size as BLAS takes it.
  func blasSize(_ size: Int) throws(BackendError) -> blasint {
    guard let small = blasint(exactly: size) else {
      throw .unsupported(
        "a matrix side of \(size)", device: "OpenBLAS with \(blasint.bitWidth)-bit sizes")
    }
    return small
  }

  /// Refuses a NaN or an infinity in the lower triangle.
  func requireFiniteLowerTriangle(_ a: Matrix, _ argument: String) throws(BackendError) {
    if let (row, column) = firstNonFiniteInLowerTriangle(a.pointer, order: a.rows, threads: threads) {
      throw .nonFinite(argument: argument, row: row, column: column)
    }
  }
}

/// The first position, row by row, of a NaN or an infinity in a lower triangle.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
func firstNonFiniteInLowerTriangle<Element: HostScalar>(
  _ a: UnsafeMutablePointer<Element>, order: Int, threads: HostThreads
) -> (Int, Int)? {
  var badRows = [Bool](repeating: false, count: order)
  badRows.withUnsafeMutableBufferPointer { bad in
    threads.loop(over: order, cost: order / 2) { rows in
      for i in rows where !allFinite(a + i * order, count: i + 1) { bad[i] = true }
    }
  }
  guard let row = badRows.firstIndex(of: true) else { return nil }
  let column = (0...row).first { !a[row * order + $0].isFinite }
  return column.map { (row, $0) }
}

/// x·0 is 0 for every finite x and NaN for the rest, and sums keep the NaN.
@inline(__always)
private func allFinite<Element: HostScalar>(_ x: UnsafeMutablePointer<Element>, count: Int) -> Bool {
  var sum = SIMD8<Element>.zero
  var j = 0
  while j + 8 <= count {
    sum += UnsafeRawPointer(x + j).loadUnaligned(as: SIMD8<Element>.self) * 0
    j += 8
  }
  var rest = sum.sum()
  while j < count {
    rest += x[j] * 0
    j += 1
  }
  return rest == 0
}
