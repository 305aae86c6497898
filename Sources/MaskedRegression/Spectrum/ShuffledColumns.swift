import Dispatch
import LacunaAlgebra

/// Columns of numbers on the host, each in an order of its own.
struct ShuffledColumns<Element: Scalar> {
  let rowCount, columnCount: Int
  /// One column after the other.
  private var values: [Element]

  /// - Parameter rows: n × d, row-major, some rows at a time from the first.
  init(rowCount n: Int, columnCount d: Int, _ rows: (_ receive: ([Element]) -> Void) throws -> Void) rethrows {
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
  /// Fisher–Yates from the last place to the second. Column k takes the words of blocks 2³⁴k, 2³⁴k + 1, … of the stream in
  /// order, for each place one or, seldom, more: see `Places`.
  /// - Parameter threads: at most; the orders do not depend on it.
  mutating func shuffle(by stream: RandomStream, threads: Int) {
    let (n, d) = (rowCount, columnCount)
    let parts = max(1, min(threads, d))
    values.withUnsafeMutableBufferPointer { all in
      guard let base = all.baseAddress else { return }
      // Each iteration has columns of its own.
      nonisolated(unsafe) let start = base
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        for k in part * d / parts..<(part + 1) * d / parts {
          shuffleColumn(start + k * n, count: n, by: Places(stream, column: k))
        }
      }
    }
  }

  /// Some rows, row-major.
  func rows(_ range: Range<Int>) -> [Element] {
    transposed(values, rows: range, rowCount: rowCount, columnCount: columnCount)
  }
}

/// Places drawn from a stream for one column: of numbers below a bound each is as likely.
///
/// A word w gives ⌊w·bound/2³²⌋, and is passed over where w·bound mod 2³² lies below 2³² mod bound. Source: D. Lemire, *Fast
/// random integer generation in an interval*, 2019, doi:10.1145/3230636.
private struct Places {
  private let stream: RandomStream
  private var next: UInt64
  private var words = SIMD4<UInt32>()
  private var used = 4

  init(_ stream: RandomStream, column: Int) {
    self.stream = stream
    next = UInt64(column) << 34
  }

  private mutating func word() -> UInt32 {
    if used == 4 {
      words = stream.block(next)
      next &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// - Parameter bound: 1 … 2³² − 1.
  mutating func place(below bound: UInt32) -> Int {
    var product = UInt64(word()) &* UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let least = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < least { product = UInt64(word()) &* UInt64(bound) }
    }
    return Int(product >> 32)
  }
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func shuffleColumn<Element: Scalar>(_ column: UnsafeMutablePointer<Element>, count: Int, by places: Places) {
  var places = places
  for last in stride(from: count - 1, to: 0, by: -1) {
    let other = places.place(below: UInt32(last + 1))
    let value = column[last]
    column[last] = column[other]
    column[other] = value
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
