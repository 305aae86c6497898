import LacunaAlgebra

/// Samples in five folds, drawn at random, those that belong together in one.
struct VerdictFolds {
  static let count = 5
  /// Fewer say nothing of how errors scatter.
  static let leastUnits = 10

  /// Samples that are not independent of each other, ascending.
  let units: [[Int]]
  /// The samples of each fold, ascending.
  let members: [[Int]]
  private let sampleCount: Int

  /// Each unit, in an order drawn at random, goes to the fold of the fewest samples.
  /// - Parameter units: each sample in one of them.
  init(units: [[Int]], seed: UInt64) {
    self.units = units
    sampleCount = units.reduce(0) { $0 + $1.count }
    let order = KeyedPermutation(
      count: units.count, stream: RandomStream(seed: seed, purpose: .probes, index: 1), index: 0)
    var members = [[Int]](repeating: [], count: Self.count)
    for number in units.indices {
      let fold = members.indices.min { members[$0].count < members[$1].count }!
      members[fold] += units[order(number)]
    }
    self.members = members.map { $0.sorted() }
  }

  /// All samples but those of some folds, ascending.
  func without(_ folds: [Int]) -> [Int] {
    var isKept = [Bool](repeating: true, count: sampleCount)
    for fold in folds { for i in members[fold] { isKept[i] = false } }
    return (0..<sampleCount).filter { isKept[$0] }
  }

  /// Every two folds.
  static var pairs: [(Int, Int)] { (0..<count).flatMap { a in ((a + 1)..<count).map { (a, $0) } } }
}
