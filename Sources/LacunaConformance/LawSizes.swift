/// How large the cases of the laws are.
public struct LawSizes: Sendable, Hashable {
  /// The largest order of matrices that are factored, inverted or diagonalised.
  public var order: Int
  /// The largest side of other matrices.
  public var side: Int
  /// How many values of each entry law are compared with its definition.
  public var draws: Int

  public init(order: Int, side: Int, draws: Int) {
    self.order = order
    self.side = side
    self.draws = draws
  }

  /// What the tests run: past every tile and block size.
  public static let full = LawSizes(order: 1025, side: 2000, draws: 4_000_000)
  /// Within a minute on a processor of few cores.
  public static let brief = LawSizes(order: 257, side: 1025, draws: 100_000)
  /// For backends of plain loops.
  public static let small = LawSizes(order: 64, side: 130, draws: 5000)

  /// Of the shapes given, those whose sides all fit.
  func fitting(_ shapes: [[Int]]) -> [[Int]] { shapes.filter { $0.allSatisfy { $0 <= side } } }

  func sides(_ sides: [Int]) -> [Int] { sides.filter { $0 <= side } }

  func orders(_ orders: [Int]) -> [Int] { orders.filter { $0 <= order } }
}
