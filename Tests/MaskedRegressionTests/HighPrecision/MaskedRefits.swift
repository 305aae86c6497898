/// Fits under masks by their definition: every coordinate regressed on what each mask shows, over the masks that hide it, in
/// `LongFloat` with twice the digits that the condition number takes; held out in five folds, sample i in fold i mod 5.
struct MaskedRefits {
  /// One mask: what it shows, and its weight.
  typealias Mask = (visible: [Bool], weight: Double)

  var training, heldOut: [Double]
  /// Row k: the coefficients of coordinate k on the others.
  var predictor: [[Double]]
  /// The least training error/error held out: what of a fold its fit leaves.
  var leastComplement: Double
  /// The greatest κ of the systems that were solved, and of the Grams of four folds.
  var conditionNumber: Double

  /// - Parameter x: n rows of d.
  /// - Parameter ridge: λ > 0 on the mean over samples.
  /// - Parameter everywhere: whether a mask counts for all coordinates, hidden or not.
  /// - Parameter drawn: masks of a sample by its number among those fitted.
  /// - Parameter masks: those over which errors held out count.
  init(
    _ x: [[Double]], ridge: Double, centered: Bool, everywhere: Bool = false, masks: [Mask], drawn: (Int) -> [Mask]
  ) {
    let (n, d) = (x.count, x[0].count)
    let large = (x.joined().filter { $0 != 0 }.map { 2 * Int($0.exponent) }.max() ?? 0) + 12
    let length = (2 * max(0, large - Int(ridge.exponent)) + 320) / 32
    func long(_ value: Double) -> LongFloat { LongFloat(value, length: length) }
    let cells = x.map { $0.map(long) }

    func means(of rows: [Int]) -> [LongFloat] {
      (0..<d).map { k in
        centered ? rows.reduce(LongFloat()) { $0 + cells[$1][k] } / long(Double(rows.count)) : LongFloat()
      }
    }
    func framed(_ rows: [Int], by means: [LongFloat]) -> [[LongFloat]] {
      rows.map { i in (0..<d).map { cells[i][$0] - means[$0] } }
    }
    func counts(_ mask: Mask, _ k: Int) -> Bool { everywhere || !mask.visible[k] }

    var greatest = 1.0
    func coefficients(_ rows: [[LongFloat]], _ k: Int) -> [LongFloat] {
      let others = (0..<d).filter { $0 != k }
      let count = long(Double(rows.count))
      var gram = [[LongFloat]](repeating: [LongFloat](repeating: LongFloat(), count: d), count: d)
      var cross = [LongFloat](repeating: LongFloat(), count: d)
      for (i, row) in rows.enumerated() {
        // Weights of pairs are sums of few doubles: exact in long arithmetic.
        var pairs = [[LongFloat]](repeating: [LongFloat](repeating: LongFloat(), count: d), count: d)
        for mask in drawn(i) where counts(mask, k) {
          let weight = long(mask.weight)
          for j in others where mask.visible[j] { for l in others where mask.visible[l] { pairs[j][l] += weight } }
        }
        for j in others {
          for l in others where !pairs[j][l].isZero { gram[j][l] += pairs[j][l] * row[j] * row[l] / count }
          if !pairs[j][j].isZero { cross[j] += pairs[j][j] * row[j] * row[k] / count }
        }
      }
      var a = others.map { j in others.map { l in j == l ? gram[j][l] + long(ridge) : gram[j][l] } }
      // What no mask shows is no part of the system.
      let shown = others.indices.filter { !gram[others[$0]][others[$0]].isZero }
      if !shown.isEmpty {
        greatest = max(greatest, HardDraw.conditionNumber(of: shown.map { j in shown.map { a[j][$0].double } }))
      }
      let solution = Refits.solve(&a, others.map { cross[$0] })
      var result = [LongFloat](repeating: LongFloat(), count: d)
      for (index, j) in others.enumerated() { result[j] = solution[index] }
      return result
    }

    /// The sum over samples and masks that count of the squared residual of coordinate k.
    func squares(_ rows: [[LongFloat]], _ k: Int, _ a: [LongFloat], _ masks: (Int) -> [Mask]) -> LongFloat {
      var sum = LongFloat()
      for (i, row) in rows.enumerated() {
        for mask in masks(i) where counts(mask, k) {
          let left = (0..<d).reduce(row[k]) { $1 != k && mask.visible[$1] ? $0 - a[$1] * row[$1] : $0 }
          sum += long(mask.weight) * left * left
        }
      }
      return sum
    }

    let count = long(Double(n))
    // One fold after the other, as the samples are kept and their masks drawn.
    let all = (0..<5).flatMap { fold in (0..<n).filter { $0 % 5 == fold } }
    /// κ of the whole Gram of some rows, from which schemes start.
    func condition(_ rows: [[LongFloat]]) -> Double {
      HardDraw.conditionNumber(
        of: (0..<d).map { j in
          (0..<d).map { l in
            let sum = rows.reduce(LongFloat()) { $0 + $1[j] * $1[l] }.double
            return sum / Double(rows.count) + (j == l ? ridge : 0)
          }
        })
    }
    let whole = framed(all, by: means(of: all))
    (training, predictor) = ([], [])
    for k in 0..<d {
      let a = coefficients(whole, k)
      predictor.append(a.map(\.double))
      training.append((squares(whole, k, a, drawn) / count).double)
    }
    var totals = [LongFloat](repeating: LongFloat(), count: d)
    for fold in 0..<5 {
      let kept = all.filter { $0 % 5 != fold }
      let frame = means(of: kept)
      let (rows, left) = (framed(kept, by: frame), framed(all.filter { $0 % 5 == fold }, by: frame))
      greatest = max(greatest, condition(rows))
      for k in 0..<d { totals[k] += squares(left, k, coefficients(rows, k), { _ in masks }) }
    }
    heldOut = totals.map { ($0 / count).double }
    conditionNumber = greatest
    leastComplement = zip(training, heldOut).reduce(1) { $1.1 > 0 && $1.0 > 0 ? min($0, $1.0 / $1.1) : $0 }
  }
}

/// The fit of data with gaps by its definition, in `LongFloat`: the mean products of pairs observed together, and cells by their
/// conditional mean given what their row shows.
struct ObservedRefits {
  /// Mean squares over the cells scored; NaN where a coordinate has none.
  var heldOut: [Double]
  /// κ of the Gram of pairs plus ridge.
  var conditionNumber: Double
  /// The least error of a coordinate/what a cell and the parts of its prediction add up to.
  var leastComplement: Double

  /// - Parameter x: n rows of d, NaN missing.
  /// - Parameter kept: the same with the cells scored missing too.
  /// - Returns: nil where the Gram of pairs is not positive definite, and would be lifted.
  init?(_ x: [[Double]], kept: [[Double]], ridge: Double, centered: Bool) {
    let (n, d) = (x.count, x[0].count)
    let large = (x.joined().filter { $0 != 0 && !$0.isNaN }.map { 2 * Int($0.exponent) }.max() ?? 0) + 12
    let length = (2 * max(0, large - Int(ridge.exponent)) + 320) / 32
    func long(_ value: Double) -> LongFloat { LongFloat(value, length: length) }
    let means = (0..<d).map { k in
      let column = kept.map { $0[k] }.filter { !$0.isNaN }
      return centered ? column.reduce(LongFloat()) { $0 + long($1) } / long(Double(column.count)) : LongFloat()
    }
    func value(_ i: Int, _ k: Int) -> LongFloat { long(x[i][k]) - means[k] }
    let gram = (0..<d).map { j in
      (0..<d).map { l in
        let rows = (0..<n).filter { !kept[$0][j].isNaN && !kept[$0][l].isNaN }
        return rows.reduce(LongFloat()) { $0 + value($1, j) * value($1, l) } / long(Double(rows.count))
      }
    }
    guard Self.isPositive(gram) else { return nil }
    conditionNumber = HardDraw.conditionNumber(
      of: gram.indices.map { j in gram.indices.map { gram[j][$0].double + (j == $0 ? ridge : 0) } })
    var sums = [LongFloat](repeating: LongFloat(), count: d)
    var cells = [Int](repeating: 0, count: d)
    var parts = [Double](repeating: 0, count: d)
    for i in 0..<n {
      let shown = (0..<d).filter { !kept[i][$0].isNaN }
      for k in 0..<d where kept[i][k].isNaN && !x[i][k].isNaN {
        var a = shown.map { j in shown.map { l in j == l ? gram[j][l] + long(ridge) : gram[j][l] } }
        let weights = Refits.solve(&a, shown.map { gram[$0][k] })
        let left = zip(weights, shown).reduce(value(i, k)) { $0 - $1.0 * value(i, $1.1) }
        sums[k] += left * left
        cells[k] += 1
        parts[k] = zip(weights, shown).reduce(max(parts[k], abs(value(i, k).double))) {
          max($0, abs(($1.0 * value(i, $1.1)).double))
        }
      }
    }
    heldOut = (0..<d).map { cells[$0] > 0 ? (sums[$0] / long(Double(cells[$0]))).double : .nan }
    leastComplement = zip(heldOut, parts).reduce(1) { $1.0 > 0 && $1.1 > 0 ? min($0, $1.0.squareRoot() / $1.1) : $0 }
  }

  /// Whether all pivots are above what rounding to float64 leaves of a diagonal.
  private static func isPositive(_ gram: [[LongFloat]]) -> Bool {
    var a = gram
    for j in a.indices {
      let share = gram[j][j].isZero ? 1 : (a[j][j] / gram[j][j]).double
      guard a[j][j].isZero ? gram[j][j].isZero : share > 0 else { return false }
      for i in (j + 1)..<max(j + 1, a.count) where !a[i][j].isZero {
        guard !a[j][j].isZero else { return false }
        let factor = a[i][j] / a[j][j]
        for k in j..<a.count { a[i][k] -= factor * a[j][k] }
      }
    }
    return true
  }
}
