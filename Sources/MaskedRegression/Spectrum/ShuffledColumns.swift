import Dispatch
import LacunaAlgebra

/// Columns of numbers on the host, each in an order of its own.
package struct ShuffledColumns<Element: Scalar> {
  let rowCount, columnCount: Int
  /// One column after the other.
  private var values: [Element]

  /// - Parameter rows: n × d, row-major, some rows at a time from the first.
  package init(rowCount n: Int, columnCount d: Int, _ rows: (_ receive: ([Element]) -> Void) throws -> Void) rethrows {
    rowCount = n
    columnCount = d
    var values = [Element](repeating: 0, count: n * d)
    var first = 0
    try rows { part in
      transpose(part, into: &values, firstRow: first, rowCount: n, columnCount: d)
      first += part.count / d
    }
    self.values = values
  }

  /// Brings every column into an order drawn anew: of all its orders each is as likely, whatever it was before.
  ///
  /// Column k takes the words of blocks 2³⁴k, 2³⁴k + 1, … of the stream.
  /// - Parameter stream: of the orders.
  /// - Parameter threads: at most; the orders do not depend on it.
  package mutating func shuffle(by stream: RandomStream, threads: Int) {
    let (n, d) = (rowCount, columnCount)
    let parts = max(1, min(threads, d))
    values.withUnsafeMutableBufferPointer { all in
      guard let base = all.baseAddress else { return }
      // Each iteration has columns of its own.
      nonisolated(unsafe) let start = base
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        for k in part * d / parts..<(part + 1) * d / parts {
          shuffleColumn(start + k * n, count: n, by: Words(stream, column: k))
        }
      }
    }
  }

  /// Some rows, column after column.
  package func columns(rows range: Range<Int>) -> [Element] {
    [Element](unsafeUninitializedCapacity: range.count * columnCount) { target, count in
      count = range.count * columnCount
      guard count > 0 else { return }
      values.withUnsafeBufferPointer { values in
        for k in 0..<columnCount {
          (target.baseAddress! + k * range.count).initialize(
            from: values.baseAddress! + k * rowCount + range.lowerBound, count: range.count)
        }
      }
    }
  }

  /// Some rows, row-major.
  package func rows(_ range: Range<Int>) -> [Element] {
    transposed(values, rows: range, rowCount: rowCount, columnCount: columnCount)
  }
}

/// Strings of 64 bits that a stream has for one column.
private struct Words {
  private let stream: RandomStream
  private var next: UInt64
  private var second: UInt64?

  init(_ stream: RandomStream, column: Int) {
    self.stream = stream
    next = UInt64(column) << 34
  }

  mutating func word() -> UInt64 {
    if let second {
      self.second = nil
      return second
    }
    let block = stream.block(next)
    next &+= 1
    second = UInt64(block.z) << 32 | UInt64(block.w)
    return UInt64(block.x) << 32 | UInt64(block.y)
  }
}

/// Fisher–Yates, from the last place to the second.
///
/// Some places, with bounds b₁, b₂, …, are drawn of one word w: ⌊w·b₁/2⁶⁴⌋, then likewise of w·b₁ mod 2⁶⁴, and so on. Words are passed
/// over where w·b₁b₂⋯ mod 2⁶⁴ lies below 2⁶⁴ mod b₁b₂⋯, so that all choices are as likely. Source: N. Brackett-Rozinsky, D. Lemire,
/// *Batched ranged random integer generation*, 2024, doi:10.1002/spe.3369.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func shuffleColumn<Element: Scalar>(_ column: UnsafeMutablePointer<Element>, count: Int, by words: Words) {
  var words = words
  // As many as keep the product below 2⁶²: few words are passed over.
  let most = count <= 1 << 15 ? 4 : count <= 1 << 20 ? 3 : count <= 1 << 31 ? 2 : 1
  var last = count - 1
  while last > 0 {
    let next = max(0, last - most)
    var product: UInt64 = 1
    for place in next..<last { product &*= UInt64(place + 2) }
    var word = words.word()
    if word &* product < product {
      let least = (0 &- product) % product
      while word &* product < least { word = words.word() }
    }
    while last > next {
      let (other, rest) = word.multipliedFullWidth(by: UInt64(last + 1))
      word = rest
      let value = column[last]
      column[last] = column[Int(other)]
      column[Int(other)] = value
      last -= 1
    }
  }
}

/// Rows a tile of which is written or read at a time: a line of the cache of each column.
private let tileHeight = 8

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func transpose<Element: Scalar>(
  _ rows: [Element], into columns: inout [Element], firstRow: Int, rowCount n: Int, columnCount d: Int
) {
  let height = rows.count / d
  rows.withUnsafeBufferPointer { rows in
    columns.withUnsafeMutableBufferPointer { columns in
      for first in stride(from: 0, to: height, by: tileHeight) {
        let end = min(first + tileHeight, height)
        for k in 0..<d {
          let place = k * n + firstRow
          for i in first..<end { columns[place + i] = rows[i * d + k] }
        }
      }
    }
  }
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func transposed<Element: Scalar>(
  _ columns: [Element], rows range: Range<Int>, rowCount n: Int, columnCount d: Int
) -> [Element] {
  [Element](unsafeUninitializedCapacity: range.count * d) { rows, count in
    count = range.count * d
    guard count > 0 else { return }
    let out = rows.baseAddress!
    columns.withUnsafeBufferPointer { columns in
      for first in stride(from: 0, to: range.count, by: tileHeight) {
        let end = min(first + tileHeight, range.count)
        for k in 0..<d {
          let place = k * n + range.lowerBound
          for i in first..<end { (out + i * d + k).initialize(to: columns[place + i]) }
        }
      }
    }
  }
}
