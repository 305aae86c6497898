import RealModule

/// The ridge penalties of an experiment.
public enum RidgeConfiguration: Sendable, Equatable {
  /// At least one λ, each finite and ≥ 0, in the order given; a path `{from, to, count}` comes expanded.
  case list([Double])
  /// Chosen by the program: in a simulation the ridge that theory finds best.
  case auto

  /// `count` ridges evenly spaced in log λ, both ends included exactly.
  ///
  /// λ_i = from · (to/from)^(i/(count−1)), i = 0 … count−1.
  /// - Parameter from: λ > 0.
  /// - Parameter to: λ > from.
  /// - Parameter count: at least 2.
  public static func logPath(from: Double, to: Double, count: Int) -> [Double] {
    precondition(from > 0 && to > from && count >= 2, "a ridge path needs 0 < from < to and count ≥ 2")
    let step = (Double.log(to) - Double.log(from)) / Double(count - 1)
    var ridges = (0..<count).map { Double.exp(Double.log(from) + step * Double($0)) }
    ridges[0] = from
    ridges[count - 1] = to
    return ridges
  }
}

/// What a trial records.
public enum Measure: String, Sendable, CaseIterable {
  /// Training and generalisation error, next to their theory.
  case errors
}
