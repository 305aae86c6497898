import LacunaAlgebra

/// Errors of a hollow predictor Â under a known Σ (or under the Gram of other data), in closed form over masks.
public struct SchemeErrors<Device: Backend> {
  public let device: Device
  private let scratch: Device.Matrix
  private let vector: Device.Matrix

  /// Takes d² numbers.
  public init(device: Device, coordinateCount d: Int) throws(BackendError) {
    self.device = device
    scratch = try device.makeMatrix(rows: d, columns: d)
    vector = try device.makeVector(d)
  }

  /// (e_k − αâ_k) Σ (e_k − αâ_k)ᵀ for every row, â_k optionally seen through one mask; with α = 1 and no mask the error with
  /// every other coordinate visible.
  public func forms(
    of predictor: Device.Matrix, factor: Double = 1, visible: Device.Matrix? = nil,
    covariance: any CovarianceOperator<Device>
  ) throws(BackendError) -> [Double] {
    try device.add(predictor, alpha: Device.Element(-factor), beta: 0, to: scratch)
    if let visible { try device.scale(scratch, rows: nil, columns: visible) }
    try device.addDiagonal(1, to: scratch)
    return try evaluate(covariance)
  }

  private func evaluate(_ covariance: any CovarianceOperator<Device>) throws(BackendError) -> [Double] {
    try covariance.forms(of: scratch, into: vector)
    return try device.doubles(vector)
  }

  /// Errors over random masks with these moments,
  ///
  ///     err_k = q [ Σ_kk − 2p₁(ÂΣ)_kk + p₂(ÂΣÂᵀ)_kk + (p₁ − p₂)(Â diag(Σ) Âᵀ)_kk ],
  ///
  /// q, p₁, p₂ = hidden, single, pair.
  public func overMasks(
    of predictor: Device.Matrix, moments: MaskMoments, covariance: any CovarianceOperator<Device>
  ) throws(BackendError) -> [Double] {
    let (p1, p2) = (moments.single, moments.pair)
    var errors = try forms(of: predictor, factor: p1, covariance: covariance)
    try device.rowDots(
      predictor, predictor, weights: try device.makeVector(elements(covariance.variances)),
      into: vector)
    for (k, sum) in try device.download(vector).enumerated() { errors[k] += (p1 - p2) * Double(sum) }
    if p2 != p1 * p1 {
      try device.copy(predictor, to: scratch)
      for (k, form) in try evaluate(covariance).enumerated() { errors[k] += (p2 - p1 * p1) * form }
    }
    return errors.map { moments.hidden * $0 }
  }

  /// Errors over masks that hide k and show each other j with probability p_j,
  ///
  ///     err_k = (e_k − â_k∘p) Σ (e_k − â_k∘p)ᵀ + Σ_j p_j(1 − p_j) Σ_jj â_kj²;
  ///
  /// 0 where p_k = 1.
  public func overMasks(
    of predictor: Device.Matrix, keeps: [Double], covariance: any CovarianceOperator<Device>
  ) throws(BackendError) -> [Double] {
    let errors = try forms(
      of: predictor, visible: try device.makeVector(elements(keeps)), covariance: covariance)
    let weights = zip(keeps, covariance.variances).map { p, s in Device.Element(p * (1 - p) * s) }
    try device.rowDots(predictor, predictor, weights: try device.makeVector(weights), into: vector)
    let spreads = try device.download(vector)
    return errors.indices.map { keeps[$0] < 1 ? errors[$0] + Double(spreads[$0]) : 0 }
  }

  /// Σ_m w_m 1(m_k = 0) (e_k − â_k∘m) Σ (e_k − â_k∘m)ᵀ over masks written out, with weights of sum 1.
  public func overMasks(
    of predictor: Device.Matrix, given masks: GivenMasks, covariance: any CovarianceOperator<Device>
  ) throws(BackendError) -> [Double] {
    let d = masks.coordinateCount
    let total = masks.weights.reduce(0, +)
    var errors = [Double](repeating: 0, count: d)
    for m in 0..<masks.count where masks.weights[m] > 0 {
      let visible = try device.makeVector((0..<d).map { masks[m, $0] ? 1 : 0 })
      let forms = try forms(of: predictor, visible: visible, covariance: covariance)
      for k in 0..<d where !masks[m, k] { errors[k] += masks.weights[m] / total * forms[k] }
    }
    return errors
  }
}
