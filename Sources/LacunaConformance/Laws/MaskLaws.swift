import LacunaAlgebra

/// Masks of every kind for the laws of masked samples.
enum MaskCase {
  static let stream = RandomStream(seed: 0x1234_5678_9ABC, purpose: .masks, index: 3)

  static func given(_ d: Int) -> MaskPattern {
    let visible = (0..<3).flatMap { m in (0..<d).map { j in (j * 7 + m * 3) % 5 < 2 + m % 2 } }
    return .given(GivenMasks(visible: visible, weights: [0.5, 1, 0.25]))
  }

  static func all(_ d: Int) -> [(name: String, MaskPattern)] {
    [
      ("one in two", .bernoulli(keep: 0.5, count: 1, stream: stream)),
      ("three of 0.85", .bernoulli(keep: 0.85, count: 3, stream: stream)),
      ("all", .bernoulli(keep: 1, count: 2, stream: stream)), ("none", .bernoulli(keep: 0, count: 2, stream: stream)),
      ("half of d", .fixedSize(visible: (d + 1) / 2, count: 2, stream: stream)),
      ("d of d", .fixedSize(visible: d, count: 1, stream: stream)),
      ("0 of d", .fixedSize(visible: 0, count: 1, stream: stream)), ("given", given(d)),
    ]
  }

  static func weight(_ masks: MaskPattern, pair: Int) -> Double {
    guard case .given(let given) = masks else { return 1 }
    return given.weights[pair % given.count]
  }
}

/// Masked samples against masks drawn coordinate by coordinate and sums written out.
extension LawChecker {
  func masks() {
    let shapes = [[1, 1], [2, 3], [5, 4], [7, 17], [33, 65], [9, 130], [3, 517], [2, 1025]]
    for shape in sizes.fitting(shapes) {
      for (name, masks) in MaskCase.all(shape[1]) {
        maskedRows(shape[0], shape[1], name, masks)
        maskedSums(shape[0], shape[1], name, masks)
      }
    }
    measure("accumulateMaskedGram", "everything visible gives the Gram", bound: 100) {
      let x = try backend.matrix(.random(40, 19, seed: 4))
      let s = try backend.makeMatrix(rows: 19, columns: 19)
      let g = try backend.makeMatrix(rows: 19, columns: 19)
      try backend.accumulateGram(of: x, scale: 1, into: s)
      try backend.accumulateMaskedGram(
        of: x, masks: .bernoulli(keep: 1, count: 4, stream: MaskCase.stream), firstSample: 0, scale: 0.25, into: g)
      let (sum, masked) = (try backend.dense(s), try backend.dense(g))
      return .ratio((sum - masked).maxNorm, epsilon * sum.maxNorm)
    }
  }

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

  /// Every entry, bit for bit, in pieces that start anywhere.
  private func maskedRows(_ n: Int, _ d: Int, _ name: String, _ masks: MaskPattern) {
    let x = backend.rounded(.random(n, d, seed: 1))
    for side in [MaskSide.visible, .hidden] {
      attempt("maskRows", "\(n) × \(d), \(name), \(side)") {
        let matrix = try backend.matrix(x)
        let expected = masked(x, masks, firstSample: 5, hidden: side == .hidden)
        let pairs = n * masks.count
        var first = 0
        for size in [1, pairs / 2, pairs] where first < pairs && size > 0 {
          let rows = try backend.makeMatrix(rows: min(size, pairs - first), columns: d)
          try backend.maskRows(of: matrix, masks: masks, firstSample: 5, firstPair: first, keeping: side, into: rows)
          record(
            "maskRows", "\(n) × \(d), \(name), \(side), \(rows.rows) from \(first)", try backend.dense(rows).values,
            equals: Array(expected.values[first * d..<(first + rows.rows) * d]))
          first += rows.rows
        }
      }
    }
  }

  /// In two blocks, the second at its own first sample.
  private func maskedSums(_ n: Int, _ d: Int, _ name: String, _ masks: MaskPattern) {
    let example = "\(n) × \(d), \(name)"
    let x = backend.rounded(.random(n, d, seed: 2))
    let start = backend.rounded(.random(d, d, seed: 3))
    attempt("accumulateMaskedGram", example) {
      let z = masked(x, masks, firstSample: 0)
      let weighted = Dense(rows: z.rows, columns: d) { MaskCase.weight(masks, pair: $0) * z[$0, $1] }
      let repeated = Dense(rows: z.rows, columns: d) { x[$0 / masks.count, $1] }
      let g = try backend.matrix(start.withUpperTriangle(.nan))
      let c = try backend.matrix(start)
      let head = (n + 1) / 2
      for (first, count) in [(0, head), (head, n - head)] {
        let block = try backend.matrix(
          Dense(rows: count, columns: d, values: Array(x.values[first * d..<(first + count) * d])))
        try backend.accumulateMaskedGram(of: block, masks: masks, firstSample: first, scale: 0.25, into: g)
        try backend.accumulateMaskedCross(of: block, masks: masks, firstSample: first, scale: 0.25, into: c)
      }
      let size = (repeated.transposed.map(abs) * repeated.map(abs)).maxNorm + start.maxNorm
      let unit = Double(z.rows + 3) * epsilon * size
      lowerTriangle(
        "accumulateMaskedGram", example, try backend.dense(g), start + 0.25 * (z.transposed * weighted), unit: unit)
      let cross = start + 0.25 * (repeated.transposed * weighted)
      record(
        "accumulateMaskedCross", example, residual: .ratio((try backend.dense(c) - cross).maxNorm, unit), bound: 2)
    }
  }
}
