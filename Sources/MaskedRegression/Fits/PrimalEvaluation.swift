import LacunaAlgebra

/// A block of leave-one-sample-out residuals, its first sample and its first coordinate.
typealias ResidualReceiver<Device: Backend> = (Device.Matrix, Int, Int) throws -> Void

/// One ridge at a time on given samples through the d × d Gram: n ≥ d.
///
/// With R = XQ and h_ik = (x_iᵀQx_i − R_ik²/Q_kk)/n, the residual of cell (i, k) under the fit without sample i, whose
/// objective is the sum of squares + nλ|a|², is (R_ik/Q_kk)/(1 − h_ik). With an intercept (centring) 1/n joins h_ik, and the
/// identity stays exact: the intercept is refitted without sample i too.
struct PrimalEvaluation<Device: Backend> {
  let regression: PrimalRegression<Device>
  let samples: SampleBlocks<Device>
  let centered: Bool
  private let scratch: Device.Matrix
  private let residuals: Device.Matrix
  private let rowVector: Device.Matrix
  private let sums: Device.Matrix
  /// diag S.
  private let squares: [Double]
  private var device: Device { regression.device }

  /// - Parameter samples: columns centred where asked.
  init(device: Device, samples: SampleBlocks<Device>, coordinateCount d: Int, centered: Bool) throws {
    let n = samples.sampleCount
    let gram = try device.makeMatrix(rows: d, columns: d)
    for block in samples.blocks { try device.accumulateGram(of: block, scale: 1 / Device.Element(n), into: gram) }
    regression = try PrimalRegression(device: device, gram: gram, sampleCount: n)
    self.samples = samples
    self.centered = centered
    scratch = try device.makeMatrix(rows: d, columns: d)
    residuals = try device.makeMatrix(rows: samples.height, columns: d)
    rowVector = try device.makeVector(samples.height)
    sums = try device.makeVector(d)
    squares = try regression.diagonal(of: gram)
  }

  /// Errors from the residuals themselves, and what rounding may have made of them.
  ///
  ///     E_tr,k = Σ_i R_ik²/(n Q_kk²),    GCV_k = E_tr,k / (Σ_i c_i/n + E_tr,k Q_kk/n)²
  ///
  /// - Parameter receive: is handed all residuals, block by block.
  func errors(ridge: Double, _ receive: ResidualReceiver<Device>) throws -> EstimatedErrors {
    let (n, d) = (Double(samples.sampleCount), squares.count)
    var estimate = DigitEstimate(
      ulp: Double(Device.Element.ulpOfOne), sampleCount: samples.sampleCount, coordinateCount: d)
    let (q, diagonal) = try regression.resolvent(ridge: ridge, scratch: scratch)
    let scales = try device.makeVector(elements(squares.map { $0 + ridge }))
    let inverseScales = try device.makeVector(elements(squares.map { 1 / ($0 + ridge) }))
    try device.rowDots(q, q, weights: scales, into: sums)
    // g_k².
    let forms = doubles(try device.download(sums))
    let norm = (0..<d).reduce(0) { $0 + forms[$1] * (squares[$1] + ridge) }.squareRoot()
    estimate.condition = max(1, norm)
    let diagonalVector = try device.makeVector(elements(diagonal))
    var (training, leaveOneOut) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    // Σ (δR_ik/g_k)² and Σ (δR_ik/g_k)²/c_i².
    var (products, ratios, complementSum) = (0.0, 0.0, 0.0)
    var samplesWorst = WorstError()
    try samples.forEachBlock { block, first in
      let r = residuals.firstRows(block.rows)
      let vector = rowVector.reshaped(rows: 1, columns: block.rows)
      func rowSums(_ a: Device.Matrix, _ b: Device.Matrix, _ weights: Device.Matrix?) throws -> [Double] {
        try device.rowDots(a, b, weights: weights, into: vector)
        return doubles(try device.download(vector))
      }
      try device.multiply(block, transposeA: false, q, transposeB: false, alpha: 1, beta: 0, into: r)
      let leverages = try rowSums(block, r, nil)
      let rowForms = try rowSums(r, r, scales)
      let sizes = try rowSums(block, block, inverseScales)
      let complements = leverages.map { 1 - $0 / n - (centered ? 1 / n : 0) }
      for i in 0..<block.rows {
        let error = estimate.complement(form: rowForms[i], size: sizes[i], count: n)
        samplesWorst.take(error / abs(complements[i]), sample: first + i)
        let product = estimate.product(form: rowForms[i], size: sizes[i])
        products += product * product
        ratios += product * product / (complements[i] * complements[i])
        complementSum += complements[i]
      }
      try device.columnDots(r, r, weights: nil, into: sums)
      for (k, sum) in doubles(try device.download(sums)).enumerated() { training[k] += sum }
      try device.copy(try device.makeVector(elements(complements)), to: vector)
      try device.leaveSamplesOut(r, complements: vector, diagonal: diagonalVector, sampleCount: samples.sampleCount)
      try device.columnDots(r, r, weights: nil, into: sums)
      for (k, sum) in doubles(try device.download(sums)).enumerated() { leaveOneOut[k] += sum }
      try receive(r, first, 0)
    }
    var worst = samplesWorst
    for k in 0..<d {
      let own = 2 * estimate.gramError * forms[k] / diagonal[k]
      // A column of zeros has errors of 0 whatever its Q_kk.
      guard squares[k] > 0 else { continue }
      worst.take(own + 2 * (forms[k] * products / training[k]).squareRoot(), coordinate: k)
      worst.take(own + 6 * (forms[k] * ratios / leaveOneOut[k]).squareRoot() / diagonal[k], coordinate: k)
    }
    training = zip(training, diagonal).map { $0 / (n * $1 * $1) }
    let complement = complementSum / n
    return EstimatedErrors(
      training: training, leaveOneOut: leaveOneOut.map { $0 / n },
      gcv: zip(training, diagonal).map { error, q in
        let share = complement + error * q / n
        return error == 0 ? 0 : error / (share * share)
      }, relativeError: worst.value, sample: worst.sample, coordinate: worst.coordinate,
      predictorError: estimate.gramError * norm)
  }

  /// −diag(Q)⁻¹Q with a zero diagonal, over Q.
  func predictor(ridge: Double) throws -> Device.Matrix {
    let (a, diagonal) = try regression.resolvent(ridge: ridge, scratch: scratch)
    try device.scale(a, rows: try device.makeVector(elements(diagonal.map { -1 / $0 })), columns: nil)
    try device.setDiagonal(of: a, to: try device.makeVector(diagonal.count))
    return a
  }
}
