/// The median of each column, from at most a thousand rows evenly spaced; of those observed where NaN is missing, 0 where none is.
/// - Parameter values: n × d, row-major.
func middles(of values: [Double], columns d: Int) -> [Double] {
  let n = values.count / max(d, 1)
  return (0..<d).map { k in
    let column = stride(from: 0, to: n, by: max(1, n / 1000)).map { values[$0 * d + k] }.filter { !$0.isNaN }.sorted()
    return column.isEmpty ? 0 : column[column.count / 2]
  }
}
