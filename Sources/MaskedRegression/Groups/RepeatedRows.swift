/// Samples that are others once again, cell by cell.
public struct RepeatedRows: Sendable, Equatable {
  /// The first sample that each equals: itself for those that equal none before them.
  public let firsts: [Int]
  /// How many equal one before them.
  public let count: Int

  /// - Parameter values: n × d, row-major.
  /// - Parameter n: samples.
  /// - Returns: nil where fewer than a hundredth are copies, or all values are whole numbers: counts and categories repeat of
  ///   themselves.
  static func found(in values: [Double], sampleCount n: Int) -> RepeatedRows? {
    let d = values.count / n
    guard values.contains(where: { $0.isFinite && $0 != $0.rounded() }) else { return nil }
    var firsts = Array(0..<n)
    var count = 0
    values.withUnsafeBufferPointer { x in
      var first: [UInt64: Int] = [:]
      for i in 0..<n {
        // FNV-1a, a word at a time.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for k in 0..<d { hash = (hash ^ x[i * d + k].bitPattern) &* 0x100_0000_01b3 }
        if let other = first[hash] {
          if (0..<d).allSatisfy({ x[i * d + $0].bitPattern == x[other * d + $0].bitPattern }) {
            firsts[i] = other
            count += 1
          }
        } else {
          first[hash] = i
        }
      }
    }
    return count > 0 && 100 * count >= n ? RepeatedRows(firsts: firsts, count: count) : nil
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
