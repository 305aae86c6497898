/// A symmetric matrix B with b diagonals on either side of the main one, on the host, in float64 whatever the device computes in.
///
/// What an orthogonal reduction by matrix products alone leaves. A tridiagonal matrix is one with b ≤ 1.
public struct SymmetricBand: Sendable, Equatable {
  /// m.
  public let order: Int
  /// b, at least 1.
  public let width: Int
  /// Row i: B_i,i−t for t = 0, …, b, and 0 where there is no such column; m(b + 1) numbers.
  public private(set) var entries: [Double]

  /// b of a reduction, unless the device has reasons for another: wide enough for products, and forms take O(b) each.
  public static let usualWidth = 16

  /// - Parameter entry: B_ij for j ≤ i ≤ j + b.
  public init(order: Int, width: Int, _ entry: (Int, Int) -> Double) {
    precondition(order >= 0 && width >= 1, "a band of a diagonal on either side at least")
    self.order = order
    self.width = width
    entries = [Double](repeating: 0, count: order * (width + 1))
    for i in 0..<order {
      for t in 0...min(i, width) { entries[i * (width + 1) + t] = entry(i, i - t) }
    }
  }

  public init(_ t: SymmetricTridiagonal) {
    self.init(order: t.order, width: 1) { i, j in i == j ? t.diagonal[i] : t.offDiagonal[j] }
  }

  public subscript(i: Int, j: Int) -> Double {
    let t = abs(i - j)
    return t > width ? 0 : entries[max(i, j) * (width + 1) + t]
  }

  /// The same matrix where b = 1, else nil.
  public var tridiagonal: SymmetricTridiagonal? {
    guard width == 1 else { return nil }
    return SymmetricTridiagonal(
      diagonal: (0..<order).map { self[$0, $0] }, offDiagonal: (0..<max(order - 1, 0)).map { self[$0 + 1, $0] })
  }

  /// Bv.
  public func times(_ v: [Double]) -> [Double] {
    precondition(v.count == order, "a vector of the matrix's order")
    var result = [Double](repeating: 0, count: order)
    for i in 0..<order {
      result[i] += entries[i * (width + 1)] * v[i]
      for t in 1..<max(min(i, width) + 1, 1) {
        let entry = entries[i * (width + 1) + t]
        result[i] += entry * v[i - t]
        result[i - t] += entry * v[i]
      }
    }
    return result
  }

  /// Largest row sum of absolute values, at least every |eigenvalue|.
  public var norm: Double {
    var absolute = self
    absolute.entries = entries.map { abs($0) }
    return absolute.times([Double](repeating: 1, count: order)).max() ?? 0
  }
}
