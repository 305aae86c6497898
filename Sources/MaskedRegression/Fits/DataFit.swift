import LacunaAlgebra

/// Leave-one-coordinate-out regression on given data: exact leave-one-sample-out errors at any ridge, and the predictor.
///
/// λ = 0 is the ridgeless limit λ → 0: with n < d (or n = d, centred) the regressions of least norm.
public struct DataFit<Device: Backend>: RidgeFit {
  public let device: Device
  public let sampleCount: Int
  public let coordinateCount: Int
  /// Whether an unpenalised intercept is fitted, by centring the columns.
  public let centered: Bool
  public let means: [Double]
  public let variances: [Double]
  public let weights: RidgeWeights
  public var penalty: [Double] { scaling ?? [Double](repeating: 1, count: coordinateCount) }
  public var validation: Validation { .leaveOneSampleOut }

  /// w; nil stands for ones. The samples on the device are divided by √w.
  private let scaling: [Double]?
  private let route: Route

  private enum Route {
    case primal(PrimalEvaluation<Device>)
    case dual(DualEvaluation<Device>)
  }

  /// The values are given up once they are on the device, where the fit takes nd numbers, and 2n² or 2d² with two blocks.
  /// Hand them over rather than keep them: a copy is another nd.
  /// - Parameter device: where the work is done.
  /// - Parameter values: n × d, row-major, finite.
  /// - Parameter n: samples.
  /// - Parameter centered: whether an intercept is fitted.
  /// - Parameter weights: of the columns' mean squares over all samples; leaving a sample out leaves them as they are.
  public init(
    device: Device, values: consuming [Double], sampleCount n: Int, centered: Bool, weights: RidgeWeights = .uniform
  ) throws {
    var rows = values
    let d = rows.count / n
    precondition(n > 0 && rows.count == n * d)
    let moments = ColumnMoments(rows, sampleCount: n, centered: centered)
    self.device = device
    self.centered = centered
    self.weights = weights
    means = moments.means
    variances = moments.variances
    let frame = ColumnFrame(means: moments.means, weights: weights.penalty(variances: moments.variances))
    scaling = frame.weights
    sampleCount = n
    coordinateCount = d
    if n < d || (n == d && centered) {
      let samples = try device.makeMatrix(rows: n, columns: d)
      try upload(rows, rows: Array(0..<n)[...], frame: frame, to: samples, device: device)
      rows = []
      let scale = zip(moments.variances, frame.weights ?? [Double](repeating: 1, count: d)).reduce(0) {
        $0 + $1.0 / $1.1
      }
      route = .dual(try DualEvaluation(device: device, samples: samples, scale: scale, centered: centered))
    } else {
      let samples = try SampleBlocks(
        device: device, values: rows, coordinateCount: d, rows: stride(from: 0, to: n, by: 1), frame: frame)
      rows = []
      route = .primal(
        try PrimalEvaluation(device: device, samples: samples, coordinateCount: d, centered: centered))
    }
  }

  public func errors(ridge: Double) throws -> FitErrors { try errors(ridge: ridge) { _, _, _ in } }

  private func errors(ridge: Double, _ receive: ResidualReceiver<Device>) throws -> FitErrors {
    switch route {
    case .primal(let primal): try primal.errors(ridge: ridge, receive).unscaled(scaling)
    case .dual(let dual): try dual.errors(ridge: ridge, receive).unscaled(scaling)
    }
  }

  /// Every leave-one-sample-out residual: the cell less its prediction by the fit without its sample. From the Gram of the
  /// samples they come in blocks of columns, and are gathered whole.
  public func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    let factors = try vector(scaling) { $0.squareRoot() }
    switch route {
    case .primal(let primal):
      _ = try primal.errors(ridge: ridge) { block, _, _ in
        if let factors { try device.scale(block, rows: nil, columns: factors) }
        try body(try device.download(block))
      }
    case .dual(let dual):
      var residuals = [Device.Element](repeating: 0, count: sampleCount * coordinateCount)
      _ = try dual.errors(ridge: ridge) { block, _, first in
        if let scaling {
          let part = scaling[first..<first + block.columns].map { $0.squareRoot() }
          try device.scale(block, rows: nil, columns: try device.makeVector(elements(part)))
        }
        let cells = try device.download(block)
        for i in 0..<block.rows {
          let start = i * coordinateCount + first
          residuals.replaceSubrange(
            start..<start + block.columns, with: cells[i * block.columns..<(i + 1) * block.columns])
        }
      }
      try body(residuals)
    }
    return true
  }

  public func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    // Row k of the plain fit of x/√w times √w_k, its entry j divided by √w_j.
    let columns = try vector(scaling) { 1 / $0.squareRoot() }
    switch route {
    case .primal(let primal):
      let a = try primal.predictor(ridge: ridge)
      if let columns { try device.scale(a, rows: try vector(scaling) { $0.squareRoot() }, columns: columns) }
      try device.forEachRows(of: a, body)
    case .dual(let dual):
      try dual.predictor(ridge: ridge) { block, first in
        if let scaling, let columns {
          let rows = scaling[first..<first + block.rows].map { $0.squareRoot() }
          try device.scale(block, rows: try device.makeVector(elements(rows)), columns: columns)
        }
        var rows = try device.download(block)
        for i in 0..<block.rows { rows[i * coordinateCount + first + i] = 0 }
        try body(rows)
      }
    }
  }

  /// Whether the predictor has a form of n numbers a coordinate: it comes from the Gram of the samples.
  public var isFactored: Bool {
    if case .dual = route { return true }
    return false
  }

  /// The predictor as n + 1 numbers a coordinate: Â_kj = s_k g_k·g_j for j ≠ k, and 0 for j = k.
  ///
  /// With M = (K + λI)⁻¹ = LLᵀ, g_k = Lᵀx_k/w_k and s_k = w_k/(n p_k), x_k/√w_k being what K is made of. A row x, its means
  /// taken off, is predicted in O(nd): x̂_k = s_k (g_k·z − ‖g_k‖² x_k), z = Σ_j g_j x_j.
  /// - Parameter ridge: λ.
  /// - Parameter body: called with the g_k of some coordinates, row-major, n each, from the first coordinate to the last.
  /// - Returns: s; nil unless `isFactored`.
  public func factors(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> [Double]? {
    guard case .dual(let dual) = route else { return nil }
    let scales = try dual.factors(ridge: ridge) { block, first in
      if let scaling {
        let rows = scaling[first..<first + block.rows].map { 1 / $0.squareRoot() }
        try device.scale(block, rows: try device.makeVector(elements(rows)), columns: nil)
      }
      try body(try device.download(block))
    }
    guard let scaling else { return scales }
    return zip(scales, scaling).map { $0 * $1 }
  }

  private func vector(_ values: [Double]?, _ transform: (Double) -> Double) throws(BackendError) -> Device.Matrix? {
    guard let values else { return nil }
    return try device.makeVector(elements(values.map(transform)))
  }
}
