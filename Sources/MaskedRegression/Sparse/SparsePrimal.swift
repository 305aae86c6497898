import LacunaAlgebra

/// One ridge at a time on sparse samples through the d × d Gram: n ≥ d.
///
/// As `PrimalEvaluation`, but R = XQ comes from the entries alone, a panel of Q's columns at a time: md products a sample of m
/// entries where a dense row takes d². Beside the data one d × d matrix is in memory, two where the Gram is kept.
final class SparsePrimal<Device: Backend> {
  private let device: Device
  private let frame: SparseFrame
  private let sampleCount: Int
  private let coordinateCount: Int
  /// S, where it is kept for other ridges.
  private let gram: Device.Matrix?
  /// Q at `solved`, else free.
  private let inverse: Device.Matrix
  private var solved: (ridge: Double, diagonal: [Double])?
  private let vector: Device.Matrix
  /// diag S.
  private let squares: [Double]
  private var centered: Bool { frame.shift != nil }

  /// - Parameter frame: the samples.
  /// - Parameter keepsGram: whether many ridges are to come: without it the Gram is formed again for each.
  init(device: Device, frame: SparseFrame, keepsGram: Bool) throws {
    self.device = device
    self.frame = frame
    sampleCount = frame.rows.sampleCount
    coordinateCount = frame.rows.coordinateCount
    gram = keepsGram ? try device.makeMatrix(rows: coordinateCount, columns: coordinateCount) : nil
    inverse = try device.makeMatrix(rows: coordinateCount, columns: coordinateCount)
    vector = try device.makeVector(coordinateCount)
    squares = zip(frame.variances, frame.divisors).map { $0 / $1 / $1 }
    if let gram { try form(gram) }
  }

  private func form(_ target: Device.Matrix) throws {
    try frame.rows.uploadGram(
      transposed: frame.columns, shift: frame.shift.map { .ofColumns(frame.rows, $0) },
      scale: 1 / Double(sampleCount), to: target, device: device)
  }

  /// Q and its diagonal.
  private func resolvent(ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    if let solved, solved.ridge == ridge { return (inverse, solved.diagonal) }
    solved = nil
    if gram == nil { try form(inverse) }
    let regression = try PrimalRegression(device: device, gram: gram ?? inverse, sampleCount: sampleCount)
    let diagonal = try regression.resolvent(ridge: ridge, scratch: gram == nil ? nil : inverse).diagonal
    solved = (ridge, diagonal)
    return (inverse, diagonal)
  }

  /// mQ, and mQmᵀ, of the shift m.
  private func shifted(_ q: Device.Matrix) throws -> (row: [Double], form: Double) {
    guard let shift = frame.shift else { return ([], 0) }
    let row = try device.makeVector(elements(shift))
    try device.multiply(row, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: vector)
    let product = doubles(try device.download(vector))
    return (product, zip(product, shift).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// 1 − x_iᵀQx_i/n, less 1/n where an intercept is fitted.
  private func complements(_ q: Device.Matrix, _ shifted: (row: [Double], form: Double)) throws -> [Double] {
    let rows = frame.rows
    var forms = [Double](repeating: 0, count: sampleCount)
    try SparsePanel.forEach(of: q, device: device, shifted: []) { $0.addForms(of: rows, to: &forms) }
    if centered {
      for i in 0..<sampleCount {
        var product = 0.0
        for entry in rows.rowStarts[i]..<rows.rowStarts[i + 1] {
          product += rows.values[entry] * shifted.row[Int(rows.columnIndices[entry])]
        }
        forms[i] += shifted.form - 2 * product
      }
    }
    let n = Double(sampleCount)
    return forms.map { 1 - $0 / n - (centered ? 1 / n : 0) }
  }

  /// Errors from the residuals themselves, and what rounding may have made of them; equations in `PrimalEvaluation`.
  func errors(ridge: Double) throws -> EstimatedErrors {
    let (n, d) = (Double(sampleCount), coordinateCount)
    var estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: sampleCount, coordinateCount: d)
    let (q, diagonal) = try resolvent(ridge: ridge)
    let scales = squares.map { $0 + ridge }
    try device.rowDots(q, q, weights: try device.makeVector(elements(scales)), into: vector)
    // g_k².
    let forms = doubles(try device.download(vector))
    let norm = (0..<d).reduce(0) { $0 + forms[$1] * scales[$1] }.squareRoot()
    // The sum of squares of DQD is up to d times the square of its norm: of many coordinates it says little.
    estimate.condition = max(1, min(norm, 2 * (try spectralNorm(of: q, scales: scales))))
    let shifted = try shifted(q)
    let complements = try complements(q, shifted)
    var (training, leaveOneOut): ([Double], [Double]) = ([], [])
    var rowForms = [Double](repeating: 0, count: sampleCount)
    try SparsePanel.forEach(of: q, device: device, shifted: shifted.row) { panel in
      let sums = panel.residualSums(
        of: frame.rows, complements: complements, diagonal: diagonal, scales: scales, forms: &rowForms)
      training += sums.squares
      leaveOneOut += sums.residuals
    }
    var worst = WorstError()
    // Σ (δR_ik/g_k)² and Σ (δR_ik/g_k)²/c_i².
    var (products, ratios) = (0.0, 0.0)
    for (i, size) in rowSizes(scales).enumerated() {
      let error = estimate.complement(form: rowForms[i], size: size, count: n)
      worst.take(error / abs(complements[i]), sample: i)
      let product = estimate.product(form: rowForms[i], size: size)
      products += product * product
      ratios += product * product / (complements[i] * complements[i])
    }
    for k in 0..<d where squares[k] > 0 {
      let own = 2 * estimate.gramError * forms[k] / diagonal[k]
      worst.take(own + 2 * (forms[k] * products / training[k]).squareRoot(), coordinate: k)
      worst.take(own + 6 * (forms[k] * ratios / leaveOneOut[k]).squareRoot() / diagonal[k], coordinate: k)
    }
    training = zip(training, diagonal).map { $0 / (n * $1 * $1) }
    let complement = complements.reduce(0, +) / n
    return EstimatedErrors(
      training: training, leaveOneOut: leaveOneOut.map { $0 / n },
      gcv: zip(training, diagonal).map { error, q in
        let share = complement + error * q / n
        return error == 0 ? 0 : error / (share * share)
      }, relativeError: worst.value, sample: worst.sample, coordinate: worst.coordinate,
      predictorError: estimate.gramError * norm)
  }

  /// ‖DQD‖ from below, by 20 steps of the power method.
  ///
  /// From a Gaussian start these find at least half of it, but for a chance of 0.115 √d 2⁻¹⁹·⁵ (Kuczyński and Woźniakowski, SIAM
  /// J. Matrix Anal. Appl. 13, 1992, theorem 4.1, doi:10.1137/0613066).
  private func spectralNorm(of q: Device.Matrix, scales: [Double]) throws -> Double {
    let roots = scales.map { $0.squareRoot() }
    try device.fill(
      vector, law: .gaussian, stream: RandomStream(seed: 1, purpose: .probes, index: 0), offset: 0)
    var direction = doubles(try device.download(vector))
    var norm = 0.0
    for _ in 0..<20 {
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let row = try device.makeVector(elements(zip(direction, roots).map { $0 / length * $1 }))
      try device.multiply(row, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: vector)
      direction = zip(doubles(try device.download(vector)), roots).map { $0 * $1 }
      norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    return norm
  }

  /// ‖D⁻¹x_i‖² of each sample, D² the scales.
  private func rowSizes(_ scales: [Double]) -> [Double] {
    let rows = frame.rows
    let own = frame.shift.map { zip($0, scales).reduce(0.0) { $0 + $1.0 * $1.0 / $1.1 } } ?? 0
    return (0..<sampleCount).map { i in
      (rows.rowStarts[i]..<rows.rowStarts[i + 1]).reduce(own) { sum, entry in
        let k = Int(rows.columnIndices[entry])
        let shift = frame.shift?[k] ?? 0
        let rest = rows.values[entry] - shift
        return sum + (rest * rest - shift * shift) / scales[k]
      }
    }
  }

  /// Â in whole rows, some at a time; Q stays.
  func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    let d = coordinateCount
    let (q, diagonal) = try resolvent(ridge: ridge)
    let height = min(d, max(1, (1 << 20) / d))
    let storage = try device.makeMatrix(rows: height, columns: d)
    let columns = frame.penalty == nil ? nil : try device.makeVector(elements(frame.divisors.map { 1 / $0 }))
    for first in stride(from: 0, to: d, by: height) {
      let count = min(height, d - first)
      let block = storage.firstRows(count)
      try device.gather(of: q, rows: Array(first..<first + count), into: block)
      let factors = (first..<first + count).map { k in
        -(frame.penalty == nil ? 1 : frame.divisors[k]) / diagonal[k]
      }
      try device.scale(block, rows: try device.makeVector(elements(factors)), columns: columns)
      var rows = try device.download(block)
      for i in 0..<count { rows[i * d + first + i] = 0 }
      try body(rows)
    }
  }

  /// Leave-one-sample-out residuals in whole rows, dense a block at a time.
  func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    let d = coordinateCount
    let (q, diagonal) = try resolvent(ridge: ridge)
    let complements = try complements(q, try shifted(q))
    let diagonalVector = try device.makeVector(elements(diagonal))
    let columns = try device.makeVector(elements(frame.divisors))
    let height = min(sampleCount, max(256, (1 << 20) / d))
    let samples = try device.makeMatrix(rows: height, columns: d)
    let products = try device.makeMatrix(rows: height, columns: d)
    for first in stride(from: 0, to: sampleCount, by: height) {
      let count = min(height, sampleCount - first)
      let (x, r) = (samples.firstRows(count), products.firstRows(count))
      try device.upload(
        elements(frame.rows.cells(rows: first..<first + count, columns: 0..<d, shift: frame.shift)), to: x, firstRow: 0)
      try device.multiply(x, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      try device.leaveSamplesOut(
        r, complements: try device.makeVector(elements(Array(complements[first..<first + count]))),
        diagonal: diagonalVector, sampleCount: sampleCount)
      try device.scale(r, rows: nil, columns: columns)
      try body(try device.download(r))
    }
  }
}
