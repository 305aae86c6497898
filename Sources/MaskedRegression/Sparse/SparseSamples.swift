/// Samples of which few cells are not 0, in compressed rows: n × d.
public struct SparseSamples: Sendable, Equatable {
  public let sampleCount: Int
  public let coordinateCount: Int
  /// Sample i has the entries `rowStarts[i] ..< rowStarts[i + 1]`; n + 1 numbers.
  public let rowStarts: [Int]
  /// The entries' coordinates, from 0, ascending in each sample and each once.
  public let columnIndices: [Int32]
  public let values: [Double]

  /// - Parameter d: d.
  /// - Parameter rowStarts: n + 1 numbers that rise from 0 to the number of entries.
  /// - Parameter columnIndices: ascending in each row, each once, from 0 and below d.
  /// - Parameter values: finite, as many as indices.
  /// - Throws: `FitError.data` for what is no such matrix.
  public init(coordinateCount d: Int, rowStarts: [Int], columnIndices: [Int32], values: [Double]) throws(FitError) {
    guard rowStarts.first == 0, rowStarts.last == values.count, columnIndices.count == values.count,
      zip(rowStarts, rowStarts.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw .data("the starts of the rows, the indices and the values do not fit one another") }
    for row in 0..<(rowStarts.count - 1) {
      var last = -1
      for entry in rowStarts[row]..<rowStarts[row + 1] {
        let column = Int(columnIndices[entry])
        guard column > last, column < d else {
          throw .data("the indices of sample \(row + 1) do not rise, or lie outside \(d) coordinates")
        }
        last = column
      }
    }
    guard values.allSatisfy(\.isFinite) else { throw .data("a value is not finite") }
    self.init(checked: d, rowStarts: rowStarts, columnIndices: columnIndices, values: values)
  }

  init(checked d: Int, rowStarts: [Int], columnIndices: [Int32], values: [Double]) {
    sampleCount = rowStarts.count - 1
    coordinateCount = d
    self.rowStarts = rowStarts
    self.columnIndices = columnIndices
    self.values = values
  }

  /// Xᵀ, d × n.
  func transposed() -> SparseSamples {
    var starts = [Int](repeating: 0, count: coordinateCount + 1)
    for column in columnIndices { starts[Int(column) + 1] += 1 }
    for column in 0..<coordinateCount { starts[column + 1] += starts[column] }
    var next = starts
    var indices = [Int32](repeating: 0, count: values.count)
    var turned = [Double](repeating: 0, count: values.count)
    for row in 0..<sampleCount {
      for entry in rowStarts[row]..<rowStarts[row + 1] {
        let column = Int(columnIndices[entry])
        indices[next[column]] = Int32(row)
        turned[next[column]] = values[entry]
        next[column] += 1
      }
    }
    return SparseSamples(checked: sampleCount, rowStarts: starts, columnIndices: indices, values: turned)
  }

  /// All cells of some samples and coordinates less their shifts, row-major.
  /// - Parameter shift: of each coordinate; nil stands for zeros.
  func cells(rows: Range<Int>, columns: Range<Int>, shift: [Double]?) -> [Double] {
    let width = columns.count
    var cells = [Double](repeating: 0, count: rows.count * width)
    for i in rows {
      let start = (i - rows.lowerBound) * width
      if let shift { for k in 0..<width { cells[start + k] = -shift[columns.lowerBound + k] } }
      for entry in entries(of: i, from: columns.lowerBound)..<rowStarts[i + 1] {
        let column = Int(columnIndices[entry])
        if column >= columns.upperBound { break }
        cells[start + column - columns.lowerBound] += values[entry]
      }
    }
    return cells
  }

  /// The first entry of a sample at a coordinate or after it.
  func entries(of row: Int, from column: Int) -> Int {
    var (low, high) = (rowStarts[row], rowStarts[row + 1])
    while low < high {
      let middle = (low + high) / 2
      if Int(columnIndices[middle]) < column { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
