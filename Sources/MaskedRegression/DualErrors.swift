import LacunaAlgebra

/// Errors under a known Σ through the Gram of the samples, at every ridge.
///
///     E_tr,k  = λ²‖y_k‖²/(n p_k²)
///     E_gen,k = ((λQ)Σ(λQ))_kk / p_k²
///
/// Under Σ = cI + UΘUᵀ the form is c(p_k − λ‖y_k‖²/n) + Σ_s θ_s (u_s,k − y_kᵀXu_s/n)². Under any other,
///
///     Σ_kk − 2 x_kᵀM(XΣ)_k/n + x_kᵀHx_k/n,   H = MCM,   C = XΣXᵀ/n,
///
/// with XΣ, n × d, and C formed once for all ridges. λ = 0 is the ridgeless limit.
public final class DualErrors<Device: Backend> {
  public let regression: DualRegression<Device>
  private let covariance: Covariance
  private let form: Form
  private var device: Device { regression.device }

  /// How K is solved with.
  public enum Form: Sendable {
    /// An inverse a ridge.
    case inverses
    /// K = WᵀTW once, for Σ = cI + UΘUᵀ: with V = WX every ridge is O(nd).
    case tridiagonal
    /// The same with a band in T's place.
    case band
  }

  private enum Covariance {
    case isotropic(IsotropicSpikes, directions: Device.Matrix?, projections: Device.Matrix?)
    case general(any CovarianceOperator<Device>, storage: General)
  }

  /// XΣ; C, CM and H; a block of columns.
  private struct General {
    var crossed, core, half, sandwich, columns: Device.Matrix
  }

  /// - Precondition: a reduced form has Σ = cI + UΘUᵀ.
  public init(
    regression: DualRegression<Device>, covariance: any CovarianceOperator<Device>, form: Form
  ) throws {
    self.regression = regression
    self.form = form
    let device = regression.device
    let (n, d) = (regression.sampleCount, regression.coordinateCount)
    if let spikes = covariance.isotropicSpikes {
      let count = spikes.directions.count
      self.covariance = .isotropic(
        spikes,
        directions: count > 0
          ? try device.makeMatrix(
            elements(spikes.directions.flatMap(\.self)), rows: count, columns: d) : nil,
        projections: count > 0 ? try device.makeMatrix(rows: count, columns: n) : nil)
    } else {
      precondition(form == .inverses, "a reduced form under a Σ that needs Q itself")
      let width = dualBlockColumns(sampleCount: n, coordinateCount: d)
      self.covariance = .general(
        covariance,
        storage: General(
          crossed: try device.makeMatrix(rows: n, columns: d), core: try device.makeMatrix(rows: n, columns: n),
          half: try device.makeMatrix(rows: n, columns: n), sandwich: try device.makeMatrix(rows: n, columns: n),
          columns: try device.makeMatrix(rows: n, columns: width)))
    }
  }

  /// Both errors of every coordinate at every ridge, for the samples as they are now.
  public func errors(ridges: [Double]) throws -> [CoordinateErrors] {
    try regression.refresh()
    switch covariance {
    case .isotropic(let spikes, let directions, let projections):
      if let directions, let projections {
        try device.multiply(
          directions, transposeA: false, regression.samples, transposeB: true, alpha: 1, beta: 0, into: projections)
      }
      if form != .inverses { return try reduced(ridges, spikes, projections) }
      return try ridges.map { try inverted($0, spikes, projections) }
    case .general(let covariance, let storage):
      try device.copy(regression.samples, to: storage.crossed)
      try covariance.multiply(storage.crossed)
      try device.multiply(
        storage.crossed, transposeA: false, regression.samples, transposeB: true,
        alpha: 1 / Device.Element(regression.sampleCount), beta: 0, into: storage.core)
      return try ridges.map { try inverted($0, covariance, storage) }
    }
  }

  private func trainingError(ridge: Double, square: Double, p: Double) -> Double {
    ridge * ridge * square / (Double(regression.sampleCount) * p * p)
  }

  /// - Parameter products: y_kᵀXu_s, one a spike.
  private func isotropicError(
    _ spikes: IsotropicSpikes, coordinate k: Int, ridge: Double, square: Double, p: Double,
    products: some Sequence<Double>
  ) -> Double {
    let n = Double(regression.sampleCount)
    let projections = zip(spikes.directions, products).lazy.map { $0[k] - $1 / n }
    return spikes.form(square: p - ridge * square / n, projections: projections) / (p * p)
  }

  private func inverted(
    _ ridge: Double, _ spikes: IsotropicSpikes, _ projections: Device.Matrix?
  ) throws -> CoordinateErrors {
    _ = try regression.invert(ridge: ridge)
    var errors = CoordinateErrors(training: [], generalization: [])
    try regression.forEachBlock(times: regression.inverse) { block in
      let (scaled, squares) = try regression.diagonals(of: block, ridge: ridge)
      var products: [Double] = []
      if let projections {
        let out = try device.makeMatrix(rows: projections.rows, columns: scaled.count)
        try device.multiply(
          projections, transposeA: false, block.product, transposeB: false, alpha: 1, beta: 0, into: out)
        products = try device.doubles(out)
      }
      for (k, p) in scaled.enumerated() {
        errors.training.append(trainingError(ridge: ridge, square: squares[k], p: p))
        errors.generalization?.append(
          isotropicError(
            spikes, coordinate: block.first + k, ridge: ridge, square: squares[k], p: p,
            products: spikes.strengths.indices.lazy.map { products[$0 * scaled.count + k] }))
      }
    }
    return errors
  }

  /// Ridges whose forms are held at once.
  private static var chunk: Int { 64 }

  private func reduced(
    _ ridges: [Double], _ spikes: IsotropicSpikes, _ projections: Device.Matrix?
  ) throws -> [CoordinateErrors] {
    let n = regression.sampleCount
    let w = regression.inverse
    try device.copy(regression.gram, to: w)
    let squares = try regression.diagonal(of: w)
    let t = form == .band ? try device.reduceToBand(w) : SymmetricBand(try device.tridiagonalize(w))
    var probes: [[Double]] = []
    if let projections {
      let out = try device.makeMatrix(rows: projections.rows, columns: n)
      try device.multiply(projections, transposeA: false, w, transposeB: true, alpha: 1, beta: 0, into: out)
      let values = try device.doubles(out)
      probes = (0..<projections.rows).map { Array(values[$0 * n..<($0 + 1) * n]) }
    }
    let parts = stride(from: 0, to: ridges.count, by: Self.chunk).map {
      $0..<min($0 + Self.chunk, ridges.count)
    }
    for part in parts {
      let solved = try forms(of: w, t, ridges: ridges[part], probes: [])
      for (r, ridge) in ridges[part].enumerated() {
        try regression.requireRegular(squares: squares, diagonal: solved.row(2 * r), ridge: ridge)
      }
    }
    var result = ridges.map { _ in CoordinateErrors(training: [], generalization: []) }
    try regression.forEachBlock(times: w) { block in
      for part in parts {
        let solved = try forms(of: block.product, t, ridges: ridges[part], probes: probes)
        for (r, index) in part.enumerated() {
          let ridge = ridges[index]
          let row = r * (2 + probes.count)
          let scaled = try regression.scaledDiagonal(explained: solved.row(row), first: block.first, ridge: ridge)
          let squares = solved.row(row + 1)
          for (k, p) in scaled.enumerated() {
            result[index].training.append(trainingError(ridge: ridge, square: squares[k], p: p))
            result[index].generalization?.append(
              isotropicError(
                spikes, coordinate: block.first + k, ridge: ridge, square: squares[k], p: p,
                products: probes.indices.lazy.map { solved[row + 2 + $0, k] }))
          }
        }
      }
    }
    return result
  }

  private func forms(
    of columns: Device.Matrix, _ t: SymmetricBand, ridges: ArraySlice<Double>, probes: [[Double]]
  ) throws -> ResolventTable {
    do throws(BackendError) {
      return try device.resolventTable(of: columns, band: t, shifts: Array(ridges), probes: probes)
    } catch {
      guard case .notPositiveDefinite = error else { throw error }
      throw RegressionError.numericallySingular(
        coordinate: nil, ridge: ridges.min() ?? 0, precision: Device.Element.precision)
    }
  }

  private func inverted(
    _ ridge: Double, _ covariance: any CovarianceOperator<Device>, _ storage: General
  ) throws -> CoordinateErrors {
    let n = Device.Element(regression.sampleCount)
    _ = try regression.invert(ridge: ridge)
    let (m, h) = (regression.inverse, storage.sandwich)
    try device.multiply(storage.core, transposeA: false, m, transposeB: false, alpha: 1, beta: 0, into: storage.half)
    try device.multiply(m, transposeA: false, storage.half, transposeB: false, alpha: 1, beta: 0, into: h)
    var errors = CoordinateErrors(training: [], generalization: [])
    try regression.forEachBlock(times: m) { block in
      let (scaled, squares) = try regression.diagonals(of: block, ridge: ridge)
      // Y is done with: its place takes (HX_b − 2M(XΣ)_b)/n.
      let crossed = storage.columns.reshaped(rows: block.samples.rows, columns: scaled.count)
      try device.copyColumns(of: storage.crossed, from: block.first, to: crossed)
      try device.multiply(
        m, transposeA: false, crossed, transposeB: false, alpha: -2 / n, beta: 0, into: block.product)
      try device.multiply(
        h, transposeA: false, block.samples, transposeB: false, alpha: 1 / n, beta: 1, into: block.product)
      try device.columnDots(block.samples, block.product, weights: nil, into: block.vector)
      let forms = try device.doubles(block.vector)
      for (k, p) in scaled.enumerated() {
        errors.training.append(trainingError(ridge: ridge, square: squares[k], p: p))
        let form = covariance.variances[block.first + k] + forms[k]
        errors.generalization?.append(form / (p * p))
      }
    }
    return errors
  }
}
