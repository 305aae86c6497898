import LacunaAlgebra

/// A small fit of the kinds that lose digits, drawn by number from a seed.
struct HardDraw: CustomStringConvertible {
  var rows: [[Double]]
  var ridge: Double
  var centered: Bool
  /// What was done to the data.
  var kinds: [String]

  var sampleCount: Int { rows.count }
  var coordinateCount: Int { rows[0].count }
  var values: [Double] { rows.flatMap { $0 } }

  var description: String {
    "\(sampleCount) × \(coordinateCount), ridge \(ridge)\(centered ? ", centred" : ""), \(kinds): \(rows)"
  }

  /// Uniform and Gaussian numbers in order, from the streams that the package has.
  private struct Source {
    let stream: RandomStream
    var position: UInt64 = 0

    mutating func gaussian() -> Double {
      position += 1
      return EntryLaw.gaussian.value(at: position, of: stream)
    }

    /// In (0, 1): the integral of the Gaussian density is not at hand, the fraction of a scaled one will do.
    mutating func uniform() -> Double {
      let value = abs(gaussian()) * 1e4
      return value - value.rounded(.down)
    }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + min(range.count - 1, Int(uniform() * Double(range.count)))
    }

    mutating func chance(_ p: Double) -> Bool { uniform() < p }

    /// 10^u, u uniform.
    mutating func power(_ from: Double, _ to: Double) -> Double {
      let exponent = from + (to - from) * uniform()
      var value = 1.0
      for _ in 0..<Int(abs(exponent)) { value *= exponent < 0 ? 0.1 : 10 }
      let rest = abs(exponent) - abs(exponent).rounded(.down)
      // 10^rest to a few digits.
      let fraction = 1 + rest * (1.9 + rest * 7.1)
      return exponent < 0 ? value / fraction : value * fraction
    }
  }

  /// - Parameter decades: how far scales and ridges go, 150 in float64.
  init(seed: UInt64, number: Int, decades: Double) {
    var kinds: [String] = []
    var random = Source(stream: RandomStream(seed: seed, purpose: .samples, index: number))
    let n = random.integer(2...12)
    let d = random.integer(2...6)
    centered = random.chance(0.5)
    let shared = random.chance(0.5) ? random.uniform() * 2 : 0
    var rows = (0..<n).map { _ in
      let common = shared * random.gaussian()
      return (0..<d).map { _ in common + random.gaussian() }
    }
    if random.chance(0.3) { rows = rows.map { $0.map { ($0 * 100).rounded() / 100 } } }
    let span = min(decades, 14)
    if random.chance(0.25) {
      kinds.append("far sample")
      let factor = random.power(1, span)
      for _ in 0..<(random.chance(0.2) ? 2 : 1) {
        let i = random.integer(0...n - 1)
        rows[i] = rows[i].map { $0 * factor }
      }
    }
    if random.chance(0.15) {
      kinds.append("sentinel")
      let value = [-999, 99999, -1e9, 1e15][random.integer(0...3)]
      let k = random.integer(0...d - 1)
      for _ in 0..<random.integer(1...3) { rows[random.integer(0...n - 1)][k] = value }
    }
    if random.chance(0.12) {
      kinds.append("collinear")
      let k = random.integer(0...d - 1)
      let noise = random.power(-16, -2)
      for i in rows.indices {
        rows[i][k] = rows[i].indices.reduce(0) { $1 == k ? $0 : $0 + rows[i][$1] } + noise * random.gaussian()
      }
    }
    if random.chance(0.06) {
      kinds.append("repeated column")
      for i in rows.indices { rows[i][d - 1] = rows[i][0] }
    }
    if random.chance(0.05) {
      kinds.append("repeated row")
      rows[n - 1] = rows[0]
    }
    if random.chance(0.05) {
      kinds.append("constant column")
      let value = [0, 1, 14.62, 1e8][random.integer(0...3)]
      let k = random.integer(0...d - 1)
      for i in rows.indices { rows[i][k] = value }
    }
    if random.chance(0.1) {
      kinds.append("offset")
      let offset = random.power(1, 9)
      rows = rows.map { $0.map { $0 + offset } }
    }
    if random.chance(0.15) {
      kinds.append("units")
      let factors = (0..<d).map { _ in random.power(-6, 6) }
      rows = rows.map { zip($0, factors).map { $0 * $1 } }
    }
    if random.chance(0.15) {
      kinds.append("scale")
      // The far samples go with it: squares stay within the range.
      let top = rows.joined().map(abs).max()!
      let factor = random.power(-decades + 16, decades - 1) / max(top, 1)
      rows = rows.map { $0.map { $0 * factor } }
    }
    let typical = Self.medianSquare(rows)
    if random.chance(0.08) {
      kinds.append("ridgeless")
      ridge = 0
    } else if random.chance(0.15) {
      kinds.append("extreme ridge")
      ridge = [1e300, 1e-300 * 1e-10, 1e-30, 1e20][random.integer(0...3)]
    } else if random.chance(0.2) {
      kinds.append("unusual ridge")
      ridge = typical * random.power(-20, 10)
    } else {
      ridge = typical * random.power(-6, 2)
    }
    (self.rows, self.kinds) = (rows, kinds)
  }

  private static func medianSquare(_ rows: [[Double]]) -> Double {
    let squares = rows.joined().map { $0 * $0 }.sorted()
    let value = squares[squares.count / 2]
    return value > 0 && value.isFinite ? value : 1
  }

  /// The rows with columns that are constant within the rounding of their means as 0, which is what a fit with an intercept
  /// makes of them.
  var reference: [[Double]] {
    guard centered else { return rows }
    var result = rows
    for k in 0..<coordinateCount {
      let column = rows.map { $0[k] }
      let middle = column.max()! / 2 + column.min()! / 2
      if column.allSatisfy({ abs($0 - middle) <= middle.ulp }) { for i in rows.indices { result[i][k] = 0 } }
    }
    return result
  }

  /// κ = tr(S + λI)/(λ + the least eigenvalue): bounded by what Jacobi's rotations find in float64.
  var conditionNumber: Double {
    let (n, d) = (sampleCount, coordinateCount)
    let means = (0..<d).map { k in centered ? rows.reduce(0) { $0 + $1[k] / Double(n) } : 0 }
    return Self.conditionNumber(
      of: (0..<d).map { j in
        (0..<d).map { k in
          rows.reduce(0) { $0 + ($1[j] - means[j]) * (($1[k] - means[k]) / Double(n)) } + (j == k ? ridge : 0)
        }
      })
  }

  /// The same of a matrix.
  static func conditionNumber(of matrix: [[Double]]) -> Double {
    let d = matrix.count
    var a = matrix
    let trace = (0..<d).reduce(0) { $0 + a[$1][$1] }
    guard trace > 0, trace.isFinite else { return .infinity }
    for _ in 0..<12 {
      for p in 0..<d {
        for q in (p + 1)..<max(p + 1, d) where a[p][q] != 0 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<d { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
          for k in 0..<d { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
        }
      }
    }
    let least = (0..<d).map { a[$0][$0] }.min()!
    return least > 0 ? trace / least : .infinity
  }
}
