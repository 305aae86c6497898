import LacunaAlgebra

/// Regression over drawn masks with the loss over hidden coordinates: row k has a Gram of its own,
///
///     (G⁽ᵏ⁾ + λI) â_k = c⁽ᵏ⁾,   G⁽ᵏ⁾ = (1/(nM)) Σ_{i,m: m_k = 0} (m ∘ x)(m ∘ x)ᵀ,   c⁽ᵏ⁾ = (1/(nM)) Σ_{i,m: m_k = 0} x_k (m ∘ x).
///
/// All d systems are solved together by conjugate gradients: with Z the masked samples and H the indicator of what is hidden,
/// one step is ((ZAᵀ) ∘ H)ᵀZ, two products of the size of the Gram's, and the masks are drawn anew each time. The
/// preconditioner is the limit of infinitely many masks, `RandomMaskRegression`, whose inverse without row and column k
/// follows from one inverse for every k; steps are few unless n·M is below d.
/// Source for the iteration: M. R. Hestenes, E. Stiefel, 1952, doi:10.6028/jres.049.044.
public struct HiddenLossRegression<Device: Backend> {
  private let device: Device
  private let masks: MaskPattern
  private let moments: MaskMoments
  private let samples: SampleSource<Device>
  private let order: Int
  private let scale: Device.Element
  private let cross: Device.Matrix
  private let limit: RandomMaskRegression<Device>
  private let tiles: MaskedTiles<Device>
  private let variances: [Double]
  /// n·M.
  private let pairCount: Int
  /// (1/(nM)) Σ x_k² over the pairs that hide k.
  private let hiddenEnergies: [Double]

  /// Passes over the samples once; every step of `fit` passes over them again.
  /// - Parameter device: where the work is done.
  /// - Parameter masks: of the samples.
  /// - Parameter moments: of the masks.
  /// - Parameter n: samples.
  /// - Parameter d: coordinates.
  /// - Parameter samples: n × d.
  public init(
    device: Device, masks: MaskPattern, moments: MaskMoments, sampleCount n: Int, coordinateCount d: Int,
    samples: @escaping SampleSource<Device>
  ) throws {
    self.device = device
    self.masks = masks
    self.moments = moments
    self.samples = samples
    order = d
    pairCount = n * masks.count
    scale = 1 / Device.Element(n * masks.count)
    let gram = try device.makeMatrix(rows: d, columns: d)
    let cross = try device.makeMatrix(rows: d, columns: d)
    let squares = try device.makeVector(d)
    var energies = [Double](repeating: 0, count: d)
    let factor = scale
    let tiles = MaskedTiles(device: device, masks: masks, columns: d)
    self.tiles = tiles
    try samples { block, first in
      try device.accumulateGram(of: block, scale: 1 / Device.Element(n), into: gram)
      try tiles.forEach(of: block, firstSample: first) { visible, hidden, _ in
        try device.multiply(
          hidden, transposeA: true, visible, transposeB: false, alpha: factor, beta: 1, into: cross)
        try device.columnDots(hidden, hidden, weights: nil, into: squares)
        for (k, sum) in try device.download(squares).enumerated() { energies[k] += Double(sum) * Double(factor) }
      }
    }
    try device.symmetrize(gram)
    variances = try GramCovariance(device: device, gram: gram).variances
    limit = try RandomMaskRegression(device: device, gram: gram)
    self.cross = cross
    hiddenEnergies = energies
  }

  /// - Throws: `BackendError.noConvergence` after 1000 steps; `RegressionError.numericallySingular` at λ = 0 where a
  ///   coordinate is always 0.
  public func fit(ridge: Double) throws -> SchemePredictor<Device> {
    let (inverse, diagonal) = try limit.resolvent(moments, ridge: ridge, variances: variances)
    let squares = moments.squares(variances: variances, ridge: ridge)
    var condition = try device.condition(of: inverse, squares: squares)
    // Fewer pairs that hide a coordinate and show two others than a Gram of order d takes: it may have nothing but the ridge.
    if Double(pairCount) * moments.hidden * moments.pair < Double(2 * order + 10) {
      condition = max(condition, (squares.max() ?? 0) / (ridge / moments.hidden))
    }
    let d = order
    let solution = try device.makeMatrix(rows: d, columns: d)
    let residual = try device.makeMatrix(rows: d, columns: d)
    let refined = try device.makeMatrix(rows: d, columns: d)
    let direction = try device.makeMatrix(rows: d, columns: d)
    let image = try device.makeMatrix(rows: d, columns: d)
    try device.copy(cross, to: residual)
    let tolerance = max(1e-13, 4 * Double(Device.Element.ulpOfOne))
    var product = [Double](repeating: 0, count: d)
    var settled = 0
    var step = 0
    // A step lowers the loss by its length times r·M⁻¹r: what is left is about what the last steps gained. Two in a row, since
    // where a mask leaves out what the preconditioner M has, a residual is small and what it stands for is not.
    while settled < 2 {
      guard step < 1000 else {
        throw BackendError.noConvergence(operation: "hidden loss over random masks", info: step)
      }
      try precondition(residual, inverse: inverse, diagonal: diagonal, into: refined)
      let next = try rowDots(residual, refined)
      if step == 0 {
        try device.copy(refined, to: direction)
      } else {
        try device.scale(direction, rows: try device.makeVector(elements(ratios(next, product))), columns: nil)
        try device.add(refined, alpha: 1, beta: 1, to: direction)
      }
      product = next
      try apply(direction, ridge: ridge, into: image)
      let lengths = ratios(product, try rowDots(direction, image))
      let factors = try device.makeVector(elements(lengths))
      try add(direction, times: factors, to: solution, using: refined)
      try add(image, times: factors, to: residual, using: refined, sign: -1)
      let hasGained = lengths.indices.contains {
        lengths[$0] * product[$0] > tolerance * tolerance * hiddenEnergies[$0]
      }
      settled = hasGained ? 0 : settled + 1
      step += 1
    }
    // What is left in truth, not by the recurrence.
    try apply(solution, ridge: ridge, into: image)
    try device.copy(cross, to: residual)
    try device.add(image, alpha: -1, beta: 1, to: residual)
    let explained = try rowDots(solution, cross)
    let unsolved = try rowDots(solution, residual)
    let norms = try rowDots(solution, solution)
    // That of this predictor, solved to the last digit or not. A mean square: what is below 0 is rounding.
    return SchemePredictor(
      matrix: solution,
      training: (0..<d).map { nonNegative(hiddenEnergies[$0] - explained[$0] - unsolved[$0] - ridge * norms[$0]) },
      condition: condition)
  }

  /// image_k ← (G⁽ᵏ⁾ + λI) direction_k.
  private func apply(_ direction: Device.Matrix, ridge: Double, into image: Device.Matrix) throws {
    try device.add(direction, alpha: Device.Element(ridge), beta: 0, to: image)
    try samples { block, first in
      try tiles.forEachIndicator(of: block, firstSample: first) { visible, indicator, predictions in
        try device.multiply(
          visible, transposeA: false, direction, transposeB: true, alpha: 1, beta: 0, into: predictions)
        try device.hadamard(predictions, indicator, into: predictions)
        try device.multiply(
          predictions, transposeA: true, visible, transposeB: false, alpha: scale, beta: 1, into: image)
      }
    }
  }

  /// refined_k ← the inverse of the limit of G⁽ᵏ⁾ + λI without row and column k, times residual_k:
  /// (v Q̃ − ((vQ̃)_k/Q̃_kk) Q̃_k)/q.
  private func precondition(
    _ residual: Device.Matrix, inverse: Device.Matrix, diagonal: [Double], into refined: Device.Matrix
  ) throws {
    try device.multiply(
      residual, transposeA: false, inverse, transposeB: false, alpha: 1 / Device.Element(moments.hidden), beta: 0,
      into: refined)
    let vector = try device.makeVector(order)
    try device.diagonal(of: refined, into: vector)
    let own = try device.doubles(vector)
    let shifted = try device.makeMatrix(rows: order, columns: order)
    try device.copy(inverse, to: shifted)
    try device.scale(
      shifted, rows: try device.makeVector(own.indices.map { Device.Element(-own[$0] / diagonal[$0]) }), columns: nil)
    try device.add(shifted, alpha: 1, beta: 1, to: refined)
    try device.setDiagonal(of: refined, to: try device.makeVector(order))
  }

  /// a/b, 0 where a row has converged to nothing.
  private func ratios(_ a: [Double], _ b: [Double]) -> [Double] {
    a.indices.map { b[$0] > 0 && a[$0] > 0 ? a[$0] / b[$0] : 0 }
  }

  private func add(
    _ source: Device.Matrix, times factors: Device.Matrix, to target: Device.Matrix, using scratch: Device.Matrix,
    sign: Device.Element = 1
  ) throws {
    try device.copy(source, to: scratch)
    try device.scale(scratch, rows: factors, columns: nil)
    try device.add(scratch, alpha: sign, beta: 1, to: target)
  }

  private func rowDots(_ a: Device.Matrix, _ b: Device.Matrix) throws -> [Double] {
    let out = try device.makeVector(a.rows)
    try device.rowDots(a, b, weights: nil, into: out)
    return try device.doubles(out)
  }
}
