import LacunaAlgebra

/// The ridge path of data with missing cells, each ridge scored on observed cells that were hidden too.
public struct ObservedSearch: Sendable, Equatable {
  /// (λ, mean squared error over the cells hidden for the purpose), ascending in λ.
  public var path: [(ridge: Double, error: Double)]
  public var best: (ridge: Double, error: Double)
  /// The best ridge is an end of the path.
  public var atEdge: Bool

  public static func == (a: ObservedSearch, b: ObservedSearch) -> Bool {
    a.best == b.best && a.atEdge == b.atEdge && a.path.elementsEqual(b.path, by: ==)
  }
}

/// Hides a tenth of the observed cells, fits the rest at each ridge and scores what it fills in.
///
/// Cell (i, k) is hidden where a Bernoulli mask of the stream hides it; the last observed cell of a coordinate, or of a pair,
/// may fall to it only where `ObservedRegression` then says so.
/// - Parameter ridges: each above 0.
/// - Throws: as `ObservedRegression`.
public func chooseObservedRidge<Device: Backend>(
  device: Device, values: [Double], sampleCount n: Int, centered: Bool, ridges: [Double], stream: RandomStream,
  report: (Int, Int) -> Void = { _, _ in }
) throws -> ObservedSearch {
  precondition(!ridges.isEmpty)
  let d = values.count / n
  let masks = MaskPattern.bernoulli(keep: 0.9, count: 1, stream: stream)
  var kept = values
  var held: [Int] = []
  for i in 0..<n {
    let visible = masks.visibility(sample: i, mask: 0, coordinateCount: d)
    for cell in i * d..<(i + 1) * d where !visible[cell - i * d] && !values[cell].isNaN {
      kept[cell] = .nan
      held.append(cell)
    }
  }
  let regression = try ObservedRegression(device: device, values: kept, sampleCount: n, centered: centered)
  var path: [(ridge: Double, error: Double)] = []
  let sorted = ridges.sorted()
  for ridge in sorted {
    let filled = try regression.filled(kept, ridge: ridge)
    let squares = held.reduce(0) { $0 + (filled[$1] - values[$1]) * (filled[$1] - values[$1]) }
    path.append((ridge, squares / Double(max(held.count, 1))))
    report(path.count, sorted.count)
  }
  let index = path.indices.min { path[$0].error < path[$1].error }!
  return ObservedSearch(
    path: path, best: path[index], atEdge: path.count > 1 && (index == 0 || index == path.count - 1))
}
