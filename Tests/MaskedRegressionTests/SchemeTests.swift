import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

private let host = HostBackend<Double>()

@Suite struct SchemeTests {
  private let known = SchemeProblem(SchemeKnownAnswers.samples)

  private func difference(_ a: HostMatrix<Double>, _ b: [[Double]]) throws -> Double {
    zip(try host.download(a), b.flatMap { $0 }).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test func bernoulliKnownAnswers() throws {
    for answer in SchemeKnownAnswers.bernoulli {
      let fit = try RandomMaskRegression(device: host, gram: known.gramMatrix())
        .fit(MaskMoments(keep: answer.keep), ridge: answer.ridge)
      #expect(try difference(fit.matrix, answer.predictor) < 1e-10)
    }
  }

  @Test func partitionKnownAnswer() throws {
    let partition = try Partition(blocks: [[0, 1], [2, 3, 4]], coordinateCount: 5)
    let fit = try PartitionRegression(device: host, gram: known.gramMatrix(), sampleCount: 10)
      .fit([partition], ridge: 0.2)
    #expect(try difference(fit.matrix, SchemeKnownAnswers.partition) < 1e-10)
  }

  @Test func maskedGramKnownAnswer() throws {
    let visible = [true, false, true, true, false, false, true, true, false, true]
    let g = try host.makeMatrix(rows: 5, columns: 5)
    try host.accumulateMaskedGram(
      of: known.matrix(), masks: .given(GivenMasks(visible: visible, weights: [0.5, 0.5])), firstSample: 0,
      scale: 0.1, into: g)
    try host.symmetrize(g)
    #expect(try difference(g, SchemeKnownAnswers.maskedGram) < 1e-10)
  }

  /// The closed forms against the sum over all 2^d masks.
  @Test(arguments: [0.5, 0.85], [0.3, 0]) func bernoulliIsTheMeanOverMasks(keep: Double, ridge: Double) throws {
    let problem = SchemeProblem(n: 9, d: 5, seed: 3)
    let fit = try RandomMaskRegression(device: host, gram: problem.gramMatrix())
      .fit(MaskMoments(keep: keep), ridge: ridge)
    let masks = everyMask(5, keep: keep)
    try problem.check(fit, ridge: ridge, tolerance: 1e-11) { k in
      problem.x.flatMap { x in masks.filter { !$0.mask[k] }.map { ($0.probability / 9, x, $0.mask) } }
    }
  }

  @Test(arguments: [2, 3, 4]) func fixedSizeIsTheMeanOverMasks(visible: Int) throws {
    let problem = SchemeProblem(n: 9, d: 5, seed: 4)
    let fit = try RandomMaskRegression(device: host, gram: problem.gramMatrix())
      .fit(MaskMoments(visible: visible, of: 5), ridge: 0.2)
    let masks = everyMask(5, visible: visible)
    try problem.check(fit, ridge: 0.2, tolerance: 1e-11) { k in
      problem.x.flatMap { x in masks.filter { !$0.mask[k] }.map { ($0.probability / 9, x, $0.mask) } }
    }
  }

  @Test(arguments: [0, 1]) func hiddenLossSolvesEachRow(kind: Int) throws {
    let problem = SchemeProblem(n: 40, d: 30, seed: 5)
    let stream = RandomStream(seed: 2, purpose: .masks, index: 0)
    let masks: MaskPattern =
      kind == 0 ? .bernoulli(keep: 0.7, count: 3, stream: stream) : .fixedSize(visible: 20, count: 2, stream: stream)
    let moments = kind == 0 ? MaskMoments(keep: 0.7) : MaskMoments(visible: 20, of: 30)
    let regression = try HiddenLossRegression(
      device: host, masks: masks, moments: moments, sampleCount: 40, coordinateCount: 30, samples: problem.source())
    for ridge in [0.05, 1e-3] {
      try problem.check(try regression.fit(ridge: ridge), ridge: ridge, tolerance: 1e-10) { k in
        problem.pairs(masks, hiding: k)
      }
    }
  }

  /// The gap to infinitely many masks falls as M^(−½): by 4 from M = 16 to M = 256, to 25%.
  @Test func hiddenLossTendsToTheClosedForm() throws {
    let problem = SchemeProblem(n: 40, d: 12, seed: 6)
    let limit = try host.download(
      RandomMaskRegression(device: host, gram: problem.gramMatrix()).fit(MaskMoments(keep: 0.6), ridge: 0.1).matrix)
    func gap(_ count: Int) throws -> Double {
      var sum = 0.0
      for seed in 0..<6 {
        let masks = MaskPattern.bernoulli(
          keep: 0.6, count: count, stream: RandomStream(seed: UInt64(seed), purpose: .masks, index: 1))
        let fit = try HiddenLossRegression(
          device: host, masks: masks, moments: MaskMoments(keep: 0.6), sampleCount: 40, coordinateCount: 12,
          samples: problem.source()
        ).fit(ridge: 0.1)
        sum += zip(try host.download(fit.matrix), limit).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return sum.squareRoot()
    }
    let ratio = try gap(16) / gap(256)
    #expect(ratio > 3 && ratio < 5)
  }

  @Test func denoisingSolvesEachRow() throws {
    let problem = SchemeProblem(n: 20, d: 9, seed: 7)
    let masks = MaskPattern.bernoulli(
      keep: 0.6, count: 4, stream: RandomStream(seed: 3, purpose: .masks, index: 0))
    let regression = try DenoisingRegression(
      device: host, masks: masks, sampleCount: 20, coordinateCount: 9, samples: problem.source())
    let pairs = problem.pairs(masks, hiding: nil)
    try problem.check(try regression.fit(ridge: 0.1), ridge: 0.1, tolerance: 1e-11) { _ in pairs }
    // Without the constraint: A (G + λI) = C, so the gradient of the loss vanishes.
    let free = try regression.fit(ridge: 0.1, hollow: false)
    let a = try host.download(free.matrix)
    for k in 0..<9 {
      var gradient = (0..<9).map { 0.1 * a[k * 9 + $0] }
      for (weight, x, mask) in pairs {
        let error = x[k] - (0..<9).reduce(0) { $0 + (mask[$1] ? a[k * 9 + $1] * x[$1] : 0) }
        for j in 0..<9 where mask[j] { gradient[j] -= weight * error * x[j] }
      }
      #expect(gradient.allSatisfy { abs($0) < 1e-12 })
    }
  }

  @Test func sharedMasksSolveEachRow() throws {
    let problem = SchemeProblem(n: 15, d: 7, seed: 8)
    let visible = (0..<4).flatMap { m in (0..<7).map { j in j == 6 || (j * 5 + m * 3) % 4 != 0 } }
    let masks = GivenMasks(visible: visible, weights: [1, 2, 0.5, 0.5])
    let fit = try SharedMaskRegression(device: host, gram: problem.gramMatrix()).fit(masks, ridge: 0.15)
    try problem.check(fit, ridge: 0.15, tolerance: 1e-11) { k in
      problem.x.flatMap { x in
        (0..<4).filter { !masks[$0, k] }.map { m in
          (masks.weights[m] / 4 / 15, x, (0..<7).map { masks[m, $0] })
        }
      }
    }
    // No mask hides the last coordinate: its row is zero.
    #expect(try host.download(fit.matrix)[42...].allSatisfy { $0 == 0 } && fit.training[6] == 0)
  }

  /// A partition written out as explicit masks is a partition, at λ scaled by the weight of a mask.
  @Test func explicitMasksOfAPartition() throws {
    let problem = SchemeProblem(n: 20, d: 6, seed: 9)
    let blocks = [[0, 3], [1, 2, 5], [4]]
    let visible = blocks.flatMap { block in (0..<6).map { !block.contains($0) } }
    let shared = try SharedMaskRegression(device: host, gram: problem.gramMatrix())
      .fit(GivenMasks(visible: visible, weights: [1, 1, 1]), ridge: 0.1)
    let partition = try PartitionRegression(device: host, gram: problem.gramMatrix(), sampleCount: 20)
      .fit([Partition(blocks: blocks, coordinateCount: 6)], ridge: 0.3)
    #expect(
      zip(try host.download(shared.matrix), try host.download(partition.matrix)).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(shared.training, partition.training).allSatisfy { abs(3 * $0 - $1) < 1e-12 })
  }

  /// Every block by ridge regressions on its context, one pass and several, more and fewer samples than coordinates.
  @Test(arguments: [20, 5], [1, 3]) func partitionsSolveEachBlock(n: Int, passes: Int) throws {
    let problem = SchemeProblem(n: n, d: 8, seed: 10)
    let stream = RandomStream(seed: 5, purpose: .masks, index: 7)
    let partitions = (0..<passes).map {
      Partition(random: 3, coordinateCount: 8, stream: stream, pass: $0)
    }
    let fit = try PartitionRegression(device: host, gram: problem.gramMatrix(), sampleCount: n)
      .fit(partitions, ridge: 0.2)
    let values = try host.download(fit.matrix)
    for k in 0..<8 {
      var expected = [Double](repeating: 0, count: 8)
      for partition in partitions {
        let block = partition.blocks.first { $0.contains(k) }!
        let mask = (0..<8).map { !block.contains($0) }
        let row = problem.row(k, ridge: 0.2, pairs: problem.x.map { (1 / Double(n), $0, mask) })
        for j in 0..<8 { expected[j] += row.weights[j] / Double(passes) }
      }
      let loss = problem.x.reduce(0) { sum, x in
        let error = x[k] - zip(expected, x).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + error * error / Double(n)
      }
      #expect(zip(values[k * 8..<(k + 1) * 8], expected).allSatisfy { abs($0 - $1) < 1e-11 })
      #expect(abs(fit.training[k] - loss) < 1e-11)
    }
  }

  /// A ridge that leaves no predictor leaves the mean squares, in either precision: nothing of the ridge's size cancels.
  @Test(arguments: [1e9, 1e30]) func aLargeRidgeLeavesTheMeanSquares(ridge: Double) throws {
    func check<Element: HostScalar>(_ backend: HostBackend<Element>) throws {
      let gram = try backend.makeMatrix(known.gram.flatMap { $0.map { Element($0) } }, rows: 5, columns: 5)
      let partition = try Partition(blocks: [[0, 1], [2, 3, 4]], coordinateCount: 5)
      let fit = try PartitionRegression(device: backend, gram: gram, sampleCount: 10).fit([partition], ridge: ridge)
      for k in 0..<5 {
        #expect(abs(fit.training[k] - known.gram[k][k]) <= 8 * Double(Element.ulpOfOne) * known.gram[k][k] + 1e-8)
      }
    }
    try check(HostBackend<Double>())
    try check(HostBackend<Float>())
  }

  /// Errors under a known covariance against the sum over all masks.
  @Test func errorsAreMeansOverMasks() throws {
    let d = 6
    let problem = SchemeProblem(n: 11, d: d, seed: 12)
    let sigma = SchemeProblem(n: 30, d: d, seed: 13).gram
    let covariance = try GramCovariance(
      device: host, gram: host.makeMatrix(sigma.flatMap { $0 }, rows: d, columns: d))
    let fit = try RandomMaskRegression(device: host, gram: problem.gramMatrix())
      .fit(MaskMoments(keep: 0.7), ridge: 0.1)
    let a = try host.download(fit.matrix)
    let errors = try SchemeErrors(device: host, coordinateCount: d)
    func expected(_ masks: [(probability: Double, mask: [Bool])], _ k: Int, hiddenOnly: Bool) -> Double {
      masks.reduce(0) { sum, item in
        if hiddenOnly && item.mask[k] { return sum }
        let row = (0..<d).map { j in (j == k ? 1 : 0) - (item.mask[j] ? a[k * d + j] : 0) }
        var form = 0.0
        for i in 0..<d { for j in 0..<d { form += row[i] * sigma[i][j] * row[j] } }
        return sum + item.probability * form
      }
    }
    func check(_ values: [Double], _ masks: [(probability: Double, mask: [Bool])], hiddenOnly: Bool = true) {
      for k in 0..<d { #expect(abs(values[k] - expected(masks, k, hiddenOnly: hiddenOnly)) < 1e-12) }
    }
    check(
      try errors.overMasks(of: fit.matrix, moments: MaskMoments(keep: 0.7), covariance: covariance),
      everyMask(d, keep: 0.7))
    check(
      try errors.overMasks(of: fit.matrix, moments: MaskMoments(visible: 4, of: d), covariance: covariance),
      everyMask(d, visible: 4))
    check(
      try errors.overMasks(of: fit.matrix, moments: .everywhere(keep: 0.4), covariance: covariance),
      everyMask(d, keep: 0.4), hiddenOnly: false)
    check(
      try errors.overMasks(of: fit.matrix, moments: .everywhere(visible: 2, of: d), covariance: covariance),
      everyMask(d, visible: 2), hiddenOnly: false)
    let listed = Array(everyMask(d, keep: 0.5)[20..<30])
    let given = GivenMasks(visible: listed.flatMap(\.mask), weights: listed.indices.map { Double($0 % 3) })
    let total = given.weights.reduce(0, +)
    check(
      try errors.overMasks(of: fit.matrix, given: given, covariance: covariance),
      listed.indices.map { (given.weights[$0] / total, listed[$0].mask) })
    check(
      try errors.forms(of: fit.matrix, covariance: covariance), [(1, .init(repeating: true, count: d))],
      hiddenOnly: false)
  }

  @Test func partitionsAreRefused() throws {
    #expect(throws: PartitionError.overlap(coordinate: 1)) {
      try Partition(blocks: [[0, 1], [1, 2]], coordinateCount: 3)
    }
    #expect(throws: PartitionError.leftOut(coordinate: 2)) {
      try Partition(blocks: [[0], [1]], coordinateCount: 3)
    }
    #expect(throws: PartitionError.outOfRange(coordinate: 3, coordinateCount: 3)) {
      try Partition(blocks: [[0, 3], [1, 2]], coordinateCount: 3)
    }
    #expect(throws: PartitionError.emptyBlock(block: 1)) {
      try Partition(blocks: [[0, 1, 2], []], coordinateCount: 3)
    }
    #expect(throws: PartitionError.hidesEverything) { try Partition(blocks: [[0, 1, 2]], coordinateCount: 3) }
  }
}
