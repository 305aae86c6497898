import LacunaAlgebra
import LacunaHost
import LacunaStudy
import MaskedRegression
import Testing

/// Trials under masks against the definition: samples and masks drawn one by one, each row's penalised least squares solved by
/// elimination, and the error under Σ summed over every mask there is.
@Suite struct MaskTrialTests {
  private let host = HostBackend<Double>()
  private static let (n, d, rho, ridge, trials) = (9, 6, 0.8, 0.07, 4)

  /// A scheme as a list of masks a sample, with the loss's weight of each coordinate, and its distribution.
  struct Scheme: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The masks of every sample with their weights, from the stream of a trial's masks.
    var masks: @Sendable (_ sample: Int, _ stream: RandomStream) -> [(visible: [Bool], weight: Double)]
    /// Every mask with its probability, over which E_gen is taken.
    var all: @Sendable (_ stream: RandomStream) -> [(visible: [Bool], weight: Double)]
    /// Whether the loss counts hidden cells alone; else all, none reading itself.
    var hiddenOnly = true
  }

  private static func drawn(_ pattern: @escaping @Sendable (RandomStream) -> MaskPattern)
    -> @Sendable (Int, RandomStream) -> [(visible: [Bool], weight: Double)]
  {
    { sample, stream in
      let pattern = pattern(stream)
      return (0..<pattern.count).map {
        (pattern.visibility(sample: sample, mask: $0, coordinateCount: d), 1 / Double(pattern.count))
      }
    }
  }

  /// All 2^d masks by a probability of how many they show.
  private static func every(_ probability: (Int) -> Double) -> [(visible: [Bool], weight: Double)] {
    (0..<1 << d).map { bits in
      let visible = (0..<d).map { bits >> $0 & 1 == 1 }
      return (visible, probability(visible.count { $0 }))
    }
  }

  private static func shared(_ pattern: @escaping @Sendable (RandomStream) -> MaskPattern)
    -> @Sendable (RandomStream) -> [(visible: [Bool], weight: Double)]
  { { stream in drawn(pattern)(0, stream) } }

  static let schemes: [Scheme] = {
    let fixed: @Sendable (RandomStream) -> MaskPattern = { .fixedSize(visible: 4, count: 3, stream: $0) }
    let drawnHalf: @Sendable (RandomStream) -> MaskPattern = { .bernoulli(keep: 0.5, count: 3, stream: $0) }
    let few: @Sendable (RandomStream) -> MaskPattern = { .bernoulli(keep: 0.7, count: 4, stream: $0) }
    let fixedFew: @Sendable (RandomStream) -> MaskPattern = { .fixedSize(visible: 3, count: 5, stream: $0) }
    return [
      Scheme(
        testDescription: "{random: {visible: 4, masks: 3}}", masks: drawn(fixed),
        all: { _ in every { $0 == 4 ? 1.0 / 15 : 0 } }),
      Scheme(
        testDescription: "{random: {keep: 0.5, masks: 3, loss: all}}", masks: drawn(drawnHalf),
        all: { _ in every { _ in 1.0 / 64 } }, hiddenOnly: false),
      Scheme(
        testDescription: "{shared: {keep: 0.7, masks: 4}}", masks: { _, stream in shared(few)(stream) },
        all: shared(few)),
      Scheme(
        testDescription: "{shared: {visible: 3, masks: 5}}", masks: { _, stream in shared(fixedFew)(stream) },
        all: shared(fixedFew)),
    ]
  }()

  @Test(arguments: schemes) func aTrialIsItsDefinition(scheme: Scheme) throws {
    for (trial, record) in try records(mask: scheme.testDescription).enumerated() {
      let x = samples(trial)
      let stream = RandomStream(seed: 3, purpose: .masks, index: Self.n << 20 | trial)
      let cells = (0..<Self.n).flatMap { i in
        scheme.masks(i, stream).map { (x: x[i], visible: $0.visible, weight: $0.weight / Double(Self.n)) }
      }
      var predictor: [[Double]] = []
      var training = 0.0
      for k in 0..<Self.d {
        let counted = cells.filter { !scheme.hiddenOnly || !$0.visible[k] }
        let others = (0..<Self.d).filter { $0 != k }
        func seen(_ cell: (x: [Double], visible: [Bool], weight: Double), _ j: Int) -> Double {
          cell.visible[j] ? cell.x[j] : 0
        }
        let row = solve(
          others.map { j in
            others.map { l in
              counted.reduce(j == l ? Self.ridge : 0) { $0 + $1.weight * seen($1, j) * seen($1, l) }
            }
          }, others.map { j in counted.reduce(0) { $0 + $1.weight * $1.x[k] * seen($1, j) } })
        var full = row
        full.insert(0, at: k)
        predictor.append(full)
        training += counted.reduce(0) { sum, cell in
          let error = cell.x[k] - (0..<Self.d).reduce(0) { $0 + full[$1] * seen(cell, $1) }
          return sum + cell.weight * error * error
        }
      }
      let generalization = scheme.all(stream).reduce(0) { sum, mask in
        sum + mask.weight
          * (0..<Self.d).reduce(0) { inner, k in
            inner + (scheme.hiddenOnly && mask.visible[k] ? 0 : error(predictor[k], k, mask.visible))
          }
      }
      let everything = [Bool](repeating: true, count: Self.d)
      let full = (0..<Self.d).reduce(0) { $0 + error(predictor[$1], $1, everything) }
      try check(record, training: training, generalization: generalization, fullContext: full)
    }
  }

  /// The mean of the predictors of three random partitions into two blocks.
  @Test func randomPartitions() throws {
    for (trial, record) in try records(mask: "{partition: {blocks: 2, order: random, passes: 3}}").enumerated() {
      let x = samples(trial)
      let stream = RandomStream(seed: 3, purpose: .masks, index: Self.n << 20 | trial)
      var predictor = [[Double]](repeating: [Double](repeating: 0, count: Self.d), count: Self.d)
      for pass in 0..<3 {
        for block in Partition(random: 2, coordinateCount: Self.d, stream: stream, pass: pass).blocks {
          let context = (0..<Self.d).filter { !block.contains($0) }
          for k in block {
            let row = solve(
              context.map { j in
                context.map { l in x.reduce(j == l ? Self.ridge : 0) { $0 + $1[j] * $1[l] / Double(Self.n) } }
              }, context.map { j in x.reduce(0) { $0 + $1[k] * $1[j] / Double(Self.n) } })
            for (j, weight) in zip(context, row) { predictor[k][j] += weight / 3 }
          }
        }
      }
      let everything = [Bool](repeating: true, count: Self.d)
      let training = (0..<Self.d).reduce(0) { sum, k in
        sum
          + x.reduce(0) { inner, row in
            let error = row[k] - (0..<Self.d).reduce(0) { $0 + predictor[k][$1] * row[$1] }
            return inner + error * error / Double(Self.n)
          }
      }
      let full = (0..<Self.d).reduce(0) { $0 + error(predictor[$1], $1, everything) }
      try check(record, training: training, generalization: full, fullContext: full)
    }
  }

  private func records(mask: String) throws -> [TrialRecord] {
    let text = """
      experiment: {trials: \(Self.trials), seed: 3}
      data: {model: ar1, correlation: \(Self.rho), coordinates: \(Self.d), samples: \(Self.n)}
      model: {ridge: \(Self.ridge), mask: \(mask)}
      """
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    var records: [TrialRecord] = []
    _ = try experiment.simulate(try experiment.stages(device: host), on: host) { records += $0 }
    #expect(records.map(\.trial) == Array(0..<Self.trials))
    return records
  }

  private func check(_ record: TrialRecord, training: Double, generalization: Double, fullContext: Double) throws {
    let d = Double(Self.d)
    for (name, expected) in [
      (QuantityName.trainingError, training / d), (.generalizationError, generalization / d),
      (.fullContextError, fullContext / d),
    ] {
      // Conjugate gradients stop at a small residual; all else is rounding.
      #expect(abs(try #require(record[name]) - expected) < 1e-9 * expected, "\(name), trial \(record.trial)")
    }
  }

  /// x_1 = z_1, x_j = ρ x_(j−1) + √(1−ρ²) z_j.
  private func samples(_ trial: Int) -> [[Double]] {
    let stream = RandomStream(seed: 3, purpose: .samples, index: Self.n << 20 | trial)
    return (0..<Self.n).map { i in
      var x = (0..<Self.d).map { EntryLaw.gaussian.value(at: UInt64(i * Self.d + $0), of: stream) }
      for j in 1..<Self.d { x[j] = Self.rho * x[j - 1] + (1 - Self.rho * Self.rho).squareRoot() * x[j] }
      return x
    }
  }

  /// (e_k − a∘m) Σ (e_k − a∘m)ᵀ.
  private func error(_ row: [Double], _ k: Int, _ visible: [Bool]) -> Double {
    let e = (0..<Self.d).map { ($0 == k ? 1 : 0) - (visible[$0] ? row[$0] : 0) }
    return (0..<Self.d).reduce(0) { sum, i in
      sum
        + (0..<Self.d).reduce(0) { inner, j in
          inner + e[i] * e[j] * (0..<abs(i - j)).reduce(1.0) { product, _ in product * Self.rho }
        }
    }
  }

  /// Gauss–Jordan on a small positive definite system.
  private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    for p in rows.indices {
      let pivot = rows[p][p]
      rows[p] = rows[p].map { $0 / pivot }
      for i in rows.indices where i != p {
        let factor = rows[i][p]
        rows[i] = zip(rows[i], rows[p]).map { $0 - factor * $1 }
      }
    }
    return rows.map { $0.last! }
  }
}
