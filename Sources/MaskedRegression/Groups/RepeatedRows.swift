/// Samples that are others once again, cell by cell.
public struct RepeatedRows: Sendable, Equatable {
  /// The first sample that each equals: itself for those that equal none before them.
  public let firsts: [Int]
  /// How many equal one before them.
  public let count: Int

  /// - Parameter samples: n × d.
  /// - Returns: nil where fewer than a hundredth are copies, or all values are whole numbers: counts and categories repeat of
  ///   themselves.
  static func found(in samples: SampleRows) throws -> RepeatedRows? {
    let (n, d) = (samples.sampleCount, samples.coordinateCount)
    var hasFraction = false
    var width = 1
    while width < 2 * n { width *= 2 }
    // Half of a hash tells whether there can be enough of them.
    var seen = [UInt32](repeating: 0, count: width)
    var likely = 0
    // Within the pass that is made in any case.
    _ = try samples.scan { cells, rows in
      hasFraction =
        hasFraction
        || UnsafeBufferPointer(start: cells, count: rows.count * d).contains { $0.isFinite && $0 != $0.rounded() }
      seen.withUnsafeMutableBufferPointer { seen in
        for i in 0..<rows.count {
          let half = UInt32(truncatingIfNeeded: spread(hash(cells + i * d, count: d)) >> 32) | 1
          var place = Int(half >> 1) & (width - 1)
          while seen[place] != 0, seen[place] != half { place = (place + 1) & (width - 1) }
          if seen[place] == half { likely += 1 }
          seen[place] = half
        }
      }
    }
    guard hasFraction, likely > 0 && 100 * likely >= n else { return nil }
    seen = []
    var firsts = Array(0..<n)
    var count = 0
    // First rows by their hash, from a place on that it tells.
    var table = [(hash: UInt64, row: Int)](repeating: (0, -1), count: width)
    try samples.forEachBlock { cells, rows in
      for i in rows {
        let row = cells + (i - rows.lowerBound) * d
        let hash = hash(row, count: d)
        var place = Int(truncatingIfNeeded: spread(hash) >> 20) & (width - 1)
        while table[place].row >= 0, table[place].hash != hash { place = (place + 1) & (width - 1) }
        let other = table[place].row
        if other < 0 {
          table[place] = (hash, i)
        } else if try samples.read(
          other..<other + 1, { first in (0..<d).allSatisfy { row[$0].bitPattern == first[$0].bitPattern } })
        {
          firsts[i] = other
          count += 1
        }
      }
    }
    return count > 0 && 100 * count >= n ? RepeatedRows(firsts: firsts, count: count) : nil
  }

  /// Every bit of a hash in the upper ones.
  private static func spread(_ hash: UInt64) -> UInt64 { hash &* 0x9e37_79b9_7f4a_7c15 }

  /// FNV-1a, a word at a time, of each fourth word, and of what the four come to: one alone would wait for its products.
  private static func hash(_ row: UnsafePointer<Double>, count: Int) -> UInt64 {
    let (start, factor) = (0xcbf2_9ce4_8422_2325 as UInt64, 0x100_0000_01b3 as UInt64)
    var (a, b, c, e) = (start, start &+ 1, start &+ 2, start &+ 3)
    var k = 0
    while k + 4 <= count {
      a = (a ^ row[k].bitPattern) &* factor
      b = (b ^ row[k + 1].bitPattern) &* factor
      c = (c ^ row[k + 2].bitPattern) &* factor
      e = (e ^ row[k + 3].bitPattern) &* factor
      k += 4
    }
    while k < count {
      a = (a ^ row[k].bitPattern) &* factor
      k += 1
    }
    for word in [b, c, e] { a = (a ^ word) &* factor }
    return a
  }

  /// A sentence for people.
  var warning: String {
    "\(count) of \(firsts.count) rows are copies of others: left out one by one they are told by their copies, and errors are too "
      + "small; keep one of each, or leave them out together with --groups"
  }

  /// Samples in some order with their copies, at least so many of them, ascending.
  func together(_ order: [Int], count: Int) -> [Int] {
    var copies: [Int: [Int]] = [:]
    for (i, first) in firsts.enumerated() { copies[first, default: []].append(i) }
    var chosen: [Int] = []
    for i in order where firsts[i] == i {
      if chosen.count >= count { break }
      chosen += copies[i] ?? []
    }
    return chosen.sorted()
  }
}
