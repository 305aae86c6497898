import RealModule

/// A geometric path of `count` ridges from `from` to `to`, both ends exact.
public func geometricPath(from: Double, to: Double, count: Int) -> [Double] {
  precondition(from > 0 && to > 0 && count >= 1)
  guard count > 1 else { return [from] }
  let step = (Double.log(to) - Double.log(from)) / Double(count - 1)
  return (0..<count).map { i in
    i == 0 ? from : i == count - 1 ? to : Double.exp(Double.log(from) + step * Double(i))
  }
}

extension DataFit {
  /// What a search for the ridge of least leave-one-sample-out error found.
  public struct RidgeSearch: Sendable {
    /// Every ridge tried, ascending.
    public var path: [FitErrors]
    /// The best of them.
    public var best: FitErrors
    /// The best ridge is an end of the path: the least error may lie beyond.
    public var atEdge: Bool
  }

  /// Scans a path and takes the ridge of least mean leave-one-sample-out error.
  ///
  /// - Parameter refine: narrow the minimum down by golden section between its neighbours on the path, until ln λ is
  ///   known to 10⁻⁴.
  /// - Parameter report: called after each evaluation with (done, total so far known).
  public func search(path ridges: [Double], refine: Bool, report: (Int, Int) -> Void = { _, _ in }) throws
    -> RidgeSearch
  {
    precondition(!ridges.isEmpty)
    let sorted = ridges.sorted()
    let ratio = (Double.sqrt(5) - 1) / 2
    let refinements = refine && sorted.count > 2 ? 24 : 0
    var done = 0
    func evaluate(_ ridge: Double) throws -> FitErrors {
      let errors = try errors(ridge: ridge)
      done += 1
      report(done, sorted.count + refinements)
      return errors
    }
    var path = try sorted.map(evaluate)
    let index = path.indices.min { path[$0].meanLeaveOneOut < path[$1].meanLeaveOneOut }!
    let atEdge = path.count > 1 && (index == 0 || index == path.count - 1)
    if refinements > 0 && !atEdge && path[index - 1].ridge > 0 {
      var low = Double.log(path[index - 1].ridge)
      var high = Double.log(path[index + 1].ridge)
      var left = try evaluate(Double.exp(high - ratio * (high - low)))
      var right = try evaluate(Double.exp(low + ratio * (high - low)))
      path += [left, right]
      while high - low > 1e-4 {
        if left.meanLeaveOneOut < right.meanLeaveOneOut {
          high = Double.log(right.ridge)
          right = left
          left = try evaluate(Double.exp(high - ratio * (high - low)))
          path.append(left)
        } else {
          low = Double.log(left.ridge)
          left = right
          right = try evaluate(Double.exp(low + ratio * (high - low)))
          path.append(right)
        }
      }
      path.sort { $0.ridge < $1.ridge }
    }
    let best = path.min { $0.meanLeaveOneOut < $1.meanLeaveOneOut }!
    return RidgeSearch(path: path, best: best, atEdge: atEdge)
  }

  /// The path that `auto` searches: 25 ridges over 10⁻⁶…10² times the mean square of a column.
  public var automaticPath: [Double] {
    let scale = mean(variances)
    return geometricPath(from: 1e-6 * scale, to: 1e2 * scale, count: 25)
  }
}
