/// The median of each column, from at most a thousand rows evenly spaced; of those observed where NaN is missing, 0 where none is.
/// - Parameter values: n × d, row-major.
func middles(of values: [Double], columns d: Int) -> [Double] {
  let n = values.count / max(d, 1)
  return (0..<d).map { k in
    let column = stride(from: 0, to: n, by: max(1, n / 1000)).map { values[$0 * d + k] }.filter { !$0.isNaN }
    return column.isEmpty ? 0 : median(of: column)
  }
}

/// Of numbers in order the one at half their count, in time in proportion to it.
///
/// By parts about a number drawn at random, so that no order of the numbers is slow. Source: C. A. R. Hoare, *Algorithm 65:
/// Find*, Communications of the ACM 4, 1961.
/// - Parameter values: at least one, none NaN.
package func median(of values: consuming [Double]) -> Double {
  var cells = values
  let wanted = cells.count / 2
  return cells.withUnsafeMutableBufferPointer { cells in
    var (low, high) = (0, cells.count - 1)
    var state: UInt64 = 1
    while low < high {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let pivot = cells[low + Int((state >> 33) % UInt64(high - low + 1))]
      var (i, j) = (low, high)
      while i <= j {
        while cells[i] < pivot { i += 1 }
        while pivot < cells[j] { j -= 1 }
        guard i <= j else { break }
        cells.swapAt(i, j)
        i += 1
        j -= 1
      }
      if wanted <= j {
        high = j
      } else if wanted >= i {
        low = i
      } else {
        break
      }
    }
    return cells[wanted]
  }
}
