import LacunaAlgebra

/// What must be refused: shapes that do not fit, and numbers that are none.
extension LawChecker {
  /// NaN and infinities are refused by the solvers, with the first position in the triangle that they read.
  func nonFinite() {
    for n in sizes.orders([3, 17, 300, 517]) {
      let good = Dense(diagonal: (0..<n).map { 1 + Double($0) })
      for (i, j) in [(0, 0), (1, 0), (n - 1, n / 2), (n - 1, n - 1)] {
        for bad in [Double.nan, .infinity, -.infinity] {
          var a = good
          a[i, j] = bad
          a[n - 1, n - 1] = i == n - 1 ? bad : .nan
          func isRight(_ error: BackendError) -> Bool {
            if case .nonFinite(_, i, j) = error { true } else { false }
          }
          func refused(_ operation: String, _ body: (B.Matrix) throws -> Void) {
            refuses(operation, "\(bad) at (\(i + 1), \(j + 1)) of order \(n)", with: isRight) {
              try body(try backend.matrix(a))
            }
          }
          refused("factorPositiveDefinite") { _ = try backend.factorPositiveDefinite($0) }
          refused("invertPositiveDefinite") { _ = try backend.invertPositiveDefinite($0) }
          refused("eigenvalues") { _ = try backend.eigenvalues(of: $0) }
          refused("eigendecompose") { _ = try backend.eigendecompose($0) }
          refused("tridiagonalize") { _ = try backend.tridiagonalize($0) }
          refused("reduceToBand") { _ = try backend.reduceToBand($0) }
          refused("leadingEigenpairs") {
            _ = try backend.leadingEigenpairs(of: $0, into: try backend.makeMatrix(rows: 2, columns: n))
          }
        }
      }
    }
  }

  /// Shapes that do not fit are the caller's mistake, and named so, with the operation.
  func shapes() {
    attempt("shapes", "the matrices") {
      try refusedShapes(
        square: backend.makeMatrix(rows: 4, columns: 4), other: backend.makeMatrix(rows: 5, columns: 5),
        tall: backend.makeMatrix(rows: 5, columns: 4), vector: backend.makeMatrix(rows: 1, columns: 3),
        column: backend.makeMatrix(rows: 4, columns: 1))
      try refusedMasks(
        samples: backend.makeMatrix(rows: 3, columns: 4), square: backend.makeMatrix(rows: 5, columns: 5),
        rows: backend.makeMatrix(rows: 4, columns: 4))
    }
  }

  private func misfit(_ operation: String, _ example: String, _ body: () throws -> Void) {
    func isRight(_ error: BackendError) -> Bool {
      if case .dimensionMismatch(operation, let expected, let actual) = error {
        !expected.isEmpty && !actual.isEmpty && expected != actual
      } else {
        false
      }
    }
    refuses(operation, "shapes that do not fit: \(example)", with: isRight, body)
  }

  private func refusedShapes(
    square: B.Matrix, other: B.Matrix, tall: B.Matrix, vector: B.Matrix, column: B.Matrix
  ) {
    let one = [B.Element](repeating: 1, count: 3)
    let four = [B.Element](repeating: 1, count: 4)
    misfit("makeMatrix", "rows below 0") { _ = try backend.makeMatrix(rows: -1, columns: 3) }
    misfit("makeMatrix", "columns below 0") { _ = try backend.makeMatrix(rows: 3, columns: -1) }
    misfit("upload", "part of a row") { try backend.upload(one, to: square, firstRow: 0) }
    for row in [4, -1, .max] {
      misfit("upload", "from row \(row)") { try backend.upload(four, to: square, firstRow: row) }
    }
    misfit("download", "beyond the last row") { _ = try backend.download(square, rows: 3..<5) }
    misfit("download", "before the first row") { _ = try backend.download(square, rows: -1..<2) }
    misfit("copy", "other rows") { try backend.copy(square, to: tall) }
    misfit("copyColumns", "other rows") { try backend.copyColumns(of: square, from: 0, to: tall) }
    misfit("copyColumns", "beyond the last") { try backend.copyColumns(of: square, from: 1, to: square) }
    misfit("gather", "beyond the last row") { try backend.gather(of: square, rows: [0, 1, 2, 9], into: square) }
    misfit("gather", "another count") { try backend.gather(of: square, rows: [0], into: square) }
    misfit("scatterRows", "before the first") { try backend.scatterRows(of: square, to: square, at: [-1, 0, 1, 2]) }
    misfit("copyColumns", "before the first") { try backend.copyColumns(of: square, from: -1, to: column) }
    func product(_ a: B.Matrix, _ b: B.Matrix, _ transposes: (Bool, Bool), _ c: B.Matrix, _ example: String) {
      misfit("multiply", example) {
        try backend.multiply(
          a, transposeA: transposes.0, b, transposeB: transposes.1, alpha: 1, beta: 0, into: c)
      }
    }
    product(square, tall, (false, false), square, "inner sides")
    product(tall, tall, (true, false), other, "result of AᵀB")
    product(tall, tall, (false, true), square, "result of ABᵀ")
    misfit("accumulateGram", "sum") { try backend.accumulateGram(of: tall, scale: 1, into: other) }
    misfit("accumulateSampleGram", "sum") { try backend.accumulateSampleGram(of: tall, scale: 1, into: square) }
    misfit("factorPositiveDefinite", "not square") { _ = try backend.factorPositiveDefinite(tall) }
    misfit("invertPositiveDefinite", "not square") { _ = try backend.invertPositiveDefinite(tall) }
    misfit("solveTriangular", "not square") {
      try backend.solveTriangular(tall, transposed: false, rows: tall)
    }
    misfit("solveTriangular", "short rows") {
      try backend.solveTriangular(other, transposed: true, rows: tall)
    }
    misfit("eigenvalues", "not square") { _ = try backend.eigenvalues(of: tall) }
    misfit("eigendecompose", "not square") { _ = try backend.eigendecompose(tall) }
    misfit("leadingEigenpairs", "not square") { _ = try backend.leadingEigenpairs(of: tall, into: square) }
    misfit("leadingEigenpairs", "short vectors") { _ = try backend.leadingEigenpairs(of: square, into: vector) }
    misfit("leadingEigenpairs", "too many") { _ = try backend.leadingEigenpairs(of: square, into: tall) }
    misfit("tridiagonalize", "not square") { _ = try backend.tridiagonalize(tall) }
    misfit("reduceToBand", "not square") { _ = try backend.reduceToBand(tall) }
    let t = SymmetricTridiagonal(diagonal: [1, 1, 1, 1], offDiagonal: [0, 0, 0])
    let band = SymmetricBand(order: 4, width: 2) { i, j in i == j ? 1 : 0 }
    func forms(_ w: B.Matrix, _ probes: [[Double]], _ example: String) {
      misfit("resolventForms", example) {
        try backend.resolventForms(of: w, tridiagonal: t, shifts: [1], probes: probes, into: square)
      }
      misfit("resolventForms", "of a band, \(example)") {
        try backend.resolventForms(of: w, band: band, shifts: [1], probes: probes, into: square)
      }
    }
    forms(tall, [], "rows")
    forms(square, [], "result")
    forms(square, [[1]], "probe")
    misfit("addDiagonal", "not square") { try backend.addDiagonal(1, to: tall) }
    misfit("diagonal", "not square") { try backend.diagonal(of: tall, into: vector) }
    misfit("diagonal", "length") { try backend.diagonal(of: square, into: vector) }
    misfit("diagonal", "a column") { try backend.diagonal(of: square, into: column) }
    misfit("setDiagonal", "length") { try backend.setDiagonal(of: square, to: vector) }
    misfit("symmetrize", "not square") { try backend.symmetrize(tall) }
    misfit("clearUpperTriangle", "not square") { try backend.clearUpperTriangle(of: tall) }
    misfit("scale", "rows") { try backend.scale(square, rows: vector, columns: nil) }
    misfit("scale", "columns") { try backend.scale(square, rows: nil, columns: vector) }
    misfit("add", "target") { try backend.add(square, alpha: 1, beta: 1, to: tall) }
    misfit("hadamard", "second factor") { try backend.hadamard(square, tall, into: square) }
    misfit("hadamard", "target") { try backend.hadamard(square, square, into: tall) }
    misfit("rowDots", "second factor") { try backend.rowDots(square, tall, weights: nil, into: column) }
    misfit("rowDots", "result") { try backend.rowDots(square, square, weights: nil, into: column) }
    misfit("rowDots", "weights") { try backend.rowDots(square, square, weights: vector, into: square.firstRows(1)) }
    misfit("columnDots", "second factor") { try backend.columnDots(square, tall, weights: nil, into: column) }
    misfit("columnDots", "result") { try backend.columnDots(square, square, weights: nil, into: column) }
    misfit("columnDots", "weights") {
      try backend.columnDots(square, square, weights: vector, into: square.firstRows(1))
    }
    misfit("leaveSamplesOut", "complements") {
      try backend.leaveSamplesOut(tall, complements: vector, diagonal: square.firstRows(1), sampleCount: 9)
    }
    misfit("leaveSamplesOut", "diagonal") {
      try backend.leaveSamplesOut(tall, complements: other.firstRows(1), diagonal: vector, sampleCount: 9)
    }
    let terms = ResidualTerms(sampleCount: 9, sizes: [1], diagonal: [1])
    misfit("sampleResidualSums", "terms") {
      _ = try backend.sampleResidualSums(of: square, resolvent: square, terms: terms)
    }
    let ones = [Double](repeating: 1, count: square.columns)
    misfit("sampleResidualSums", "rows") {
      _ = try backend.sampleResidualSums(
        of: square, resolvent: square, terms: ResidualTerms(sampleCount: 9, sizes: ones, diagonal: ones),
        rows: ResidualRowTerms(squares: ones, shares: ones, units: [1]))
    }
    misfit("sampleResidualSums", "resolvent") {
      _ = try backend.sampleResidualSums(of: square, resolvent: tall, terms: terms)
    }
    misfit("coordinateResidualSums", "terms") {
      _ = try backend.coordinateResidualSums(of: square, resolvent: square, terms: terms)
    }
    misfit("coordinateResidualSums", "resolvent") {
      _ = try backend.coordinateResidualSums(of: square, resolvent: tall, terms: terms)
    }
    for (bounds, shifts) in [([0, 3], 1), ([0, 3, 2, 4], 3), ([0, 2, 4], 1), ([], 0)] {
      misfit("mixBlocks", "bounds \(bounds), \(shifts) shifts") {
        try backend.mixBlocks(square, bounds: bounds, scale: 1, shift: .init(repeating: 1, count: shifts))
      }
    }
    misfit("filterCirculant", "too few eigenvalues") {
      try backend.filterCirculant(square, eigenvalues: one, into: square)
    }
    misfit("filterCirculant", "other rows") { try backend.filterCirculant(square, eigenvalues: four, into: tall) }
    misfit("filterCirculant", "wide result") {
      try backend.filterCirculant(square, eigenvalues: four, into: other.firstRows(4))
    }
    misfit("circulantForms", "too few eigenvalues") {
      try backend.circulantForms(of: square, eigenvalues: one, into: square.firstRows(1))
    }
    misfit("circulantForms", "result") { try backend.circulantForms(of: square, eigenvalues: four, into: vector) }
  }

  private func refusedMasks(samples: B.Matrix, square: B.Matrix, rows: B.Matrix) {
    let masks = MaskPattern.bernoulli(keep: 0.5, count: 2, stream: MaskCase.stream)
    let five = MaskPattern.fixedSize(visible: 5, count: 2, stream: MaskCase.stream)
    let target = rows.firstRows(4)
    misfit("accumulateMaskedGram", "sum") {
      try backend.accumulateMaskedGram(of: samples, masks: masks, firstSample: 0, scale: 1, into: square)
    }
    misfit("accumulateMaskedCross", "sum") {
      try backend.accumulateMaskedCross(of: samples, masks: masks, firstSample: 0, scale: 1, into: square)
    }
    for (name, pattern) in [("given masks of 5", MaskCase.given(5)), ("5 visible of 4", five)] {
      misfit("accumulateMaskedGram", name) {
        try backend.accumulateMaskedGram(of: samples, masks: pattern, firstSample: 0, scale: 1, into: target)
      }
      misfit("accumulateMaskedCross", name) {
        try backend.accumulateMaskedCross(of: samples, masks: pattern, firstSample: 0, scale: 1, into: target)
      }
      misfit("maskRows", name) {
        try backend.maskRows(of: samples, masks: pattern, firstSample: 0, firstPair: 0, keeping: .visible, into: rows)
      }
    }
    for first in [3, -1] {
      misfit("maskRows", "pairs from \(first)") {
        try backend.maskRows(of: samples, masks: masks, firstSample: 0, firstPair: first, keeping: .visible, into: rows)
      }
    }
    misfit("maskRows", "another width") {
      try backend.maskRows(of: samples, masks: masks, firstSample: 0, firstPair: 0, keeping: .visible, into: square)
    }
  }
}
