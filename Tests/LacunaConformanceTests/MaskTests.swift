import LacunaAlgebra
import LacunaHost
import Testing

/// Masked samples against masks drawn coordinate by coordinate and sums written out.
@Suite struct MaskTests {
  static let stream = RandomStream(seed: 0x1234_5678_9ABC, purpose: .masks, index: 3)

  static func given(_ d: Int) -> MaskPattern {
    let visible = (0..<3).flatMap { m in (0..<d).map { j in (j * 7 + m * 3) % 5 < 2 + m % 2 } }
    return .given(GivenMasks(visible: visible, weights: [0.5, 1, 0.25]))
  }

  static func patterns(_ d: Int) -> [MaskPattern] {
    [
      .bernoulli(keep: 0.5, count: 1, stream: stream), .bernoulli(keep: 0.85, count: 3, stream: stream),
      .bernoulli(keep: 1, count: 2, stream: stream), .bernoulli(keep: 0, count: 2, stream: stream),
      .fixedSize(visible: (d + 1) / 2, count: 2, stream: stream), .fixedSize(visible: d, count: 1, stream: stream),
      .fixedSize(visible: 0, count: 1, stream: stream), given(d),
    ]
  }

  static let shapes = [[1, 1], [2, 3], [5, 4], [7, 17], [33, 65], [9, 130], [3, 517], [2, 1025]]

  /// x through every pair, visible or hidden, by the reference.
  private func masked(_ x: Dense, _ masks: MaskPattern, firstSample: Int, hidden: Bool = false) -> Dense {
    let visible = (0..<x.rows * masks.count).map { row in
      let (i, m) = row.quotientAndRemainder(dividingBy: masks.count)
      return masks.visibility(sample: firstSample + i, mask: m, coordinateCount: x.columns)
    }
    return Dense(rows: visible.count, columns: x.columns) { row, j in
      visible[row][j] != hidden ? x[row / masks.count, j] : 0
    }
  }

  private func weights(_ masks: MaskPattern, rows: Int) -> [Double] {
    guard case .given(let given) = masks else { return .init(repeating: 1, count: rows) }
    return (0..<rows).map { given.weights[$0 % given.count] }
  }

  /// Every entry, bit for bit, in pieces that start anywhere.
  @Test(arguments: Subject.all, shapes) func rowsThroughTheirMasks(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (n, d) = (shape[0], shape[1])
      let x = backend.rounded(.random(n, d, seed: 1))
      let matrix = try backend.matrix(x)
      for masks in Self.patterns(d) {
        for side in [MaskSide.visible, .hidden] {
          let expected = masked(x, masks, firstSample: 5, hidden: side == .hidden)
          let pairs = n * masks.count
          var first = 0
          for size in [1, pairs / 2, pairs] where first < pairs && size > 0 {
            let rows = try backend.makeMatrix(rows: min(size, pairs - first), columns: d)
            try backend.maskRows(
              of: matrix, masks: masks, firstSample: 5, firstPair: first, keeping: side, into: rows)
            let values = try backend.dense(rows)
            #expect(values.values == Array(expected.values[first * d..<(first + rows.rows) * d]), "\(masks)")
            first += rows.rows
          }
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all, shapes) func sumsOverMasks(subject: Subject, shape: [Int]) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (n, d) = (shape[0], shape[1])
      let x = backend.rounded(.random(n, d, seed: 2))
      let start = backend.rounded(.random(d, d, seed: 3))
      for masks in Self.patterns(d) {
        let z = masked(x, masks, firstSample: 0)
        let factors = weights(masks, rows: z.rows)
        let weighted = Dense(rows: z.rows, columns: d) { factors[$0] * z[$0, $1] }
        let repeated = Dense(rows: z.rows, columns: d) { x[$0 / masks.count, $1] }
        let g = try backend.matrix(start.withUpperTriangle(.nan))
        let c = try backend.matrix(start)
        // In two blocks, the second at its own first sample.
        let head = (n + 1) / 2
        for (first, count) in [(0, head), (head, n - head)] {
          let block = try backend.matrix(
            Dense(rows: count, columns: d, values: Array(x.values[first * d..<(first + count) * d])))
          try backend.accumulateMaskedGram(of: block, masks: masks, firstSample: first, scale: 0.25, into: g)
          try backend.accumulateMaskedCross(of: block, masks: masks, firstSample: first, scale: 0.25, into: c)
        }
        let size = (repeated.transposed.map(abs) * repeated.map(abs)).maxNorm + start.maxNorm
        let bound = 2 * Double(z.rows + 3) * backend.epsilon * size
        let gram = try backend.dense(g)
        let expected = start + 0.25 * (z.transposed * weighted)
        for i in 0..<d {
          for j in 0..<d {
            if j > i {
              if !gram[i, j].isNaN { Issue.record("the upper triangle was written at (\(i), \(j))") }
            } else if !(abs(gram[i, j] - expected[i, j]) <= bound) {
              Issue.record("entry (\(i), \(j)): \(gram[i, j]), expected \(expected[i, j]), \(masks)")
            }
          }
        }
        let cross = start + 0.25 * (repeated.transposed * weighted)
        #expect((try backend.dense(c) - cross).maxNorm <= bound, "\(masks)")
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func everythingVisibleGivesTheGram(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let x = try backend.matrix(.random(40, 19, seed: 4))
      let s = try backend.makeMatrix(rows: 19, columns: 19)
      let g = try backend.makeMatrix(rows: 19, columns: 19)
      try backend.accumulateGram(of: x, scale: 1, into: s)
      try backend.accumulateMaskedGram(
        of: x, masks: .bernoulli(keep: 1, count: 4, stream: Self.stream), firstSample: 0, scale: 0.25, into: g)
      let (sum, masked) = (try backend.dense(s), try backend.dense(g))
      #expect((sum - masked).maxNorm <= 100 * backend.epsilon * sum.maxNorm)
    }
    try law(subject.backend)
  }

  /// The mean over M masks of one sample tends to p²S + p(1−p)diag S: each entry within 5 standard errors, at M and at 16 M,
  /// so at the rate M^(−½).
  @Test(arguments: [256, 4096]) func theMeanOverManyMasks(count: Int) throws {
    func law<B: Backend>(_ backend: B) throws where B.Element == Double {
      let d = 31
      let x = Dense.random(1, d, seed: 6)
      for pattern in [
        MaskPattern.bernoulli(keep: 0.6, count: count, stream: Self.stream),
        .fixedSize(visible: 19, count: count, stream: Self.stream),
      ] {
        let g = try backend.makeMatrix(rows: d, columns: d)
        try backend.accumulateMaskedGram(
          of: try backend.matrix(x), masks: pattern, firstSample: 0, scale: 1 / Double(count), into: g)
        let values = try backend.dense(g)
        var worst = 0.0
        for i in 0..<d {
          for j in 0...i {
            var single = 0.6
            var both = 0.36
            if case .fixedSize = pattern {
              single = 19.0 / 31
              both = single * 18 / 30
            }
            let probability = i == j ? single : both
            let deviation = (values[i, j] / (x[0, i] * x[0, j]) - probability)
            worst = max(worst, abs(deviation) / (probability * (1 - probability) / Double(count)).squareRoot())
          }
        }
        #expect(worst < 5, "\(pattern)")
        // 496 entries: the largest deviation of them all is not small either.
        #expect(worst > 1.5, "\(pattern)")
      }
    }
    try law(HostBackend<Double>())
  }

  /// What a backend without kernels of its own computes.
  @Test(arguments: Subject.all) func theDefaultsAgree(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let (n, d) = (23, 17)
      let x = try backend.matrix(.random(n, d, seed: 8))
      for masks in Self.patterns(d) {
        let own = try (0..<3).map { _ in try backend.makeMatrix(rows: d, columns: d) }
        let other = try (0..<3).map { _ in try backend.makeMatrix(rows: d, columns: d) }
        try backend.maskRows(
          of: x, masks: masks, firstSample: 2, firstPair: 4, keeping: .hidden, into: own[0])
        try backend.maskRowsFromHost(
          of: x, masks: masks, firstSample: 2, firstPair: 4, keeping: .hidden, into: other[0])
        #expect(try backend.download(own[0]) == backend.download(other[0]))
        try backend.accumulateMaskedGram(of: x, masks: masks, firstSample: 2, scale: 1, into: own[1])
        try backend.accumulateMaskedGramByTiles(of: x, masks: masks, firstSample: 2, scale: 1, into: other[1])
        try backend.accumulateMaskedCross(of: x, masks: masks, firstSample: 2, scale: 1, into: own[2])
        try backend.accumulateMaskedCrossByTiles(of: x, masks: masks, firstSample: 2, scale: 1, into: other[2])
        for (a, b) in zip(own[1...], other[1...]) {
          #expect((try backend.dense(a) - backend.dense(b)).maxNorm <= 1000 * backend.epsilon)
        }
      }
    }
    try law(subject.backend)
  }

  @Test(arguments: Subject.all) func refusesWhatDoesNotFit(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      let x = try backend.makeMatrix(rows: 3, columns: 4)
      let g = try backend.makeMatrix(rows: 5, columns: 5)
      let masks = MaskPattern.bernoulli(keep: 0.5, count: 2, stream: Self.stream)
      let rows = try backend.makeMatrix(rows: 4, columns: 4)
      #expect(throws: BackendError.self) {
        try backend.accumulateMaskedGram(of: x, masks: masks, firstSample: 0, scale: 1, into: g)
      }
      #expect(throws: BackendError.self) {
        try backend.accumulateMaskedCross(of: x, masks: masks, firstSample: 0, scale: 1, into: g)
      }
      #expect(throws: BackendError.self) {
        try backend.maskRows(of: x, masks: masks, firstSample: 0, firstPair: 3, keeping: .visible, into: rows)
      }
      #expect(throws: BackendError.self) {
        try backend.maskRows(
          of: x, masks: Self.given(5), firstSample: 0, firstPair: 0, keeping: .visible, into: rows)
      }
      #expect(throws: BackendError.self) {
        try backend.maskRows(
          of: x, masks: .fixedSize(visible: 5, count: 2, stream: Self.stream), firstSample: 0, firstPair: 0,
          keeping: .visible, into: rows)
      }
    }
    try law(subject.backend)
  }
}
