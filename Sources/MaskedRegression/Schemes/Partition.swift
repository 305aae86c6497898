import LacunaAlgebra

/// A division of the coordinates into blocks that are hidden together: every coordinate once a pass.
public struct Partition: Sendable, Hashable {
  /// Coordinates of each block, from 0, ascending.
  public let blocks: [[Int]]
  public let coordinateCount: Int

  /// - Throws: `PartitionError` naming the first coordinate that is out of range, given twice or left out, an empty
  ///   block, or one that holds every coordinate.
  public init(blocks: [[Int]], coordinateCount d: Int) throws(PartitionError) {
    var owner = [Int?](repeating: nil, count: d)
    for (index, block) in blocks.enumerated() {
      guard !block.isEmpty else { throw .emptyBlock(block: index) }
      for k in block {
        guard owner.indices.contains(k) else { throw .outOfRange(coordinate: k, coordinateCount: d) }
        guard owner[k] == nil else { throw .overlap(coordinate: k) }
        owner[k] = index
      }
    }
    if let missing = owner.firstIndex(of: nil) { throw .leftOut(coordinate: missing) }
    guard blocks.count > 1 else { throw .hidesEverything }
    self.blocks = blocks.map { $0.sorted() }
    coordinateCount = d
  }

  /// `blockCount` runs of neighbours, their sizes equal or differing by one.
  /// - Parameter blockCount: 2 … d.
  /// - Parameter d: coordinates.
  public init(contiguous blockCount: Int, coordinateCount d: Int) {
    self.init(order: Array(0..<d), blockCount: blockCount)
  }

  /// As `init(contiguous:)` after a random permutation of the coordinates.
  public init(random blockCount: Int, coordinateCount d: Int, stream: RandomStream, pass: Int) {
    let permutation = KeyedPermutation(count: d, stream: stream, index: UInt64(pass))
    var order = [Int](repeating: 0, count: d)
    for k in 0..<d { order[permutation(k)] = k }
    self.init(order: order, blockCount: blockCount)
  }

  private init(order: [Int], blockCount: Int) {
    let d = order.count
    precondition(2...max(d, 2) ~= blockCount && d >= 2, "between 2 and d blocks")
    blocks = (0..<blockCount).map { b in order[b * d / blockCount..<(b + 1) * d / blockCount].sorted() }
    coordinateCount = d
  }
}

/// Why blocks are no partition; coordinates and blocks count from 0 here, and from 1 in messages.
public enum PartitionError: Error, Sendable, Equatable, CustomStringConvertible {
  case outOfRange(coordinate: Int, coordinateCount: Int)
  case overlap(coordinate: Int)
  case leftOut(coordinate: Int)
  case emptyBlock(block: Int)
  case hidesEverything

  public var description: String {
    switch self {
    case .outOfRange(let k, let d): "coordinate \(k + 1) is not one of 1 to \(d)"
    case .overlap(let k): "coordinate \(k + 1) is in two blocks"
    case .leftOut(let k): "coordinate \(k + 1) is in no block"
    case .emptyBlock(let block): "block \(block + 1) is empty"
    case .hidesEverything: "a single block hides everything"
    }
  }
}
