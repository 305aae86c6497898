import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

/// A small problem with everything about it written out.
struct SchemeProblem {
  let x: [[Double]]
  let gram: [[Double]]
  var n: Int { x.count }
  var d: Int { x[0].count }

  init(_ x: [[Double]]) {
    self.x = x
    let d = x[0].count
    gram = (0..<d).map { i in (0..<d).map { j in x.reduce(0) { $0 + $1[i] * $1[j] } / Double(x.count) } }
  }

  init(n: Int, d: Int, seed: UInt64) {
    let stream = RandomStream(seed: seed, purpose: .samples, index: 0)
    self.init(
      (0..<n).map { i in
        let common = EntryLaw.gaussian.value(at: UInt64(900_000 + i), of: stream)
        return (0..<d).map { k in
          (0.5 + Double(k) / Double(d)) * (0.8 * common + EntryLaw.gaussian.value(at: UInt64(i * d + k), of: stream))
        }
      })
  }

  func matrix() throws -> HostMatrix<Double> { try host.makeMatrix(x.flatMap { $0 }, rows: n, columns: d) }

  /// S, lower triangle, the upper one NaN to show that nobody reads it.
  func gramMatrix() throws -> HostMatrix<Double> {
    try host.makeMatrix(
      (0..<d).flatMap { i in (0..<d).map { j in j > i ? .nan : gram[i][j] } }, rows: d, columns: d)
  }

  func source() throws -> SampleSource<HostBackend<Double>> {
    let whole = try matrix()
    let head = try host.makeMatrix(x[..<(n / 2)].flatMap { $0 }, rows: n / 2, columns: d)
    let tail = try host.makeMatrix(x[(n / 2)...].flatMap { $0 }, rows: n - n / 2, columns: d)
    return { body in
      if head.rows == 0 { return try body(whole, 0) }
      try body(head, 0)
      try body(tail, head.rows)
    }
  }

  /// Row k by its own normal equations over weighted masked samples, coordinate k unread, and its mean loss.
  func row(_ k: Int, ridge: Double, pairs: [(weight: Double, x: [Double], mask: [Bool])]) -> (
    weights: [Double], loss: Double
  ) {
    var normal = (0..<d).map { i in (0..<d).map { j in i == j ? (i == k ? 1 : ridge) : 0.0 } }
    var right = [Double](repeating: 0, count: d)
    for (weight, x, mask) in pairs {
      let z = (0..<d).map { mask[$0] && $0 != k ? x[$0] : 0 }
      for i in 0..<d {
        right[i] += weight * x[k] * z[i]
        for j in 0..<d { normal[i][j] += weight * z[i] * z[j] }
      }
    }
    let weights = BruteForce.solve(normal, right)
    var loss = 0.0
    for (weight, x, mask) in pairs {
      let error = x[k] - (0..<d).reduce(0) { $0 + (mask[$1] ? weights[$1] * x[$1] : 0) }
      loss += weight * error * error
    }
    return (weights, loss)
  }

  /// Every row over pairs that the caller picks for it.
  func check(
    _ fit: SchemePredictor<HostBackend<Double>>, ridge: Double, tolerance: Double,
    pairs: (Int) -> [(weight: Double, x: [Double], mask: [Bool])]
  ) throws {
    let values = try host.download(fit.matrix)
    for k in 0..<d {
      let expected = row(k, ridge: ridge, pairs: pairs(k))
      #expect(values[k * d + k] == 0)
      #expect(zip(values[k * d..<(k + 1) * d], expected.weights).allSatisfy { abs($0 - $1) <= tolerance })
      #expect(abs(fit.training[k] - expected.loss) <= tolerance * max(1, gram[k][k]))
    }
  }

  /// All pairs of a pattern, each of weight 1/(nM).
  func pairs(_ masks: MaskPattern, hiding k: Int?) -> [(weight: Double, x: [Double], mask: [Bool])] {
    (0..<n).flatMap { i in
      (0..<masks.count).compactMap { m in
        let mask = masks.visibility(sample: i, mask: m, coordinateCount: d)
        if let k, mask[k] { return nil }
        return (1 / Double(n * masks.count), x[i], mask)
      }
    }
  }
}

/// All 2^d masks with their probabilities, those of one size alike where a size is given.
func everyMask(_ d: Int, keep: Double? = nil, visible: Int? = nil) -> [(probability: Double, mask: [Bool])] {
  var all: [(probability: Double, mask: [Bool])] = []
  for bits in 0..<(1 << d) {
    let mask = (0..<d).map { bits >> $0 & 1 == 1 }
    let shown = mask.filter { $0 }.count
    if let keep {
      let probability = (0..<d).reduce(1.0) { $0 * (mask[$1] ? keep : 1 - keep) }
      all.append((probability, mask))
    } else if shown == visible {
      all.append((1, mask))
    }
  }
  let total = all.reduce(0) { $0 + $1.probability }
  return all.map { ($0.probability / total, $0.mask) }
}
