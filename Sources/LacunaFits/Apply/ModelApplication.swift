import LacunaAlgebra
import MaskedRegression

/// Why a model could not be applied to rows.
public enum ApplyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The rows have another number of coordinates than the model.
  case otherCoordinates(expected: Int, found: Int)
  /// A cell is missing that the model cannot do without; row from 0.
  case gap(row: Int, coordinate: String, reason: String)
  /// Rounding leaves nothing of the conditional mean of a row's gaps.
  case lostDigits(row: Int)
  /// What was asked has no meaning for these rows.
  case request(String)

  public var description: String {
    switch self {
    case .otherCoordinates(let expected, let found):
      "the rows have \(found) columns, the fit has \(expected) coordinates; choose them with --columns, in the fit's order"
    case .gap(let row, let coordinate, let reason):
      "row \(row + 1) has no value of coordinate \(coordinate), and \(reason)"
    case .lostDigits(let row):
      "row \(row + 1): rounding leaves nothing of the conditional means of its gaps; fit with a larger ridge"
    case .request(let reason): reason
    }
  }
}

/// Some rows under a model.
public struct AppliedRows: Sendable {
  /// rows × d each, row-major. The prediction of a cell from the observed others of its row; NaN of what is not predicted.
  public var predictions: [Double]
  /// A cell less its prediction; NaN of a missing cell, and of what is not predicted.
  public var residuals: [Double]
  /// The residual's standard deviation; NaN where it is not known.
  public var deviations: [Double]
  /// Which rows have gaps.
  public var hasGaps: [Bool]
}

/// A model on a device, ready for rows.
public struct ModelApplication<Device: Backend> {
  public let model: FittedModel
  private let device: Device
  private let a: Device.Matrix
  /// s_k and s_k |g_k|² of factors.
  private let factors: (scales: Device.Matrix, own: Device.Matrix)?

  /// - Parameter model: of a fit.
  /// - Parameter device: where the products are made; d² numbers, or dn of factors.
  /// - Throws: `BackendError`.
  public init(_ model: FittedModel, on device: Device) throws(BackendError) {
    let d = model.coordinateCount
    self.model = model
    self.device = device
    func matrix(_ values: [Double], columns: Int) throws(BackendError) -> Device.Matrix {
      let matrix = try device.makeMatrix(rows: d, columns: columns)
      let height = max(1, (1 << 20) / columns)
      for first in stride(from: 0, to: d, by: height) {
        let end = min(first + height, d)
        try device.upload(
          Device.Element.nearest(Array(values[first * columns..<end * columns])), to: matrix, firstRow: first)
      }
      return matrix
    }
    switch model.coefficients {
    case .dense(let values):
      a = try matrix(values, columns: d)
      factors = nil
    case .factors(let g, let scales):
      let n = model.header.sampleCount
      a = try matrix(g, columns: n)
      let own = (0..<d).map { k in scales[k] * g[k * n..<(k + 1) * n].reduce(0) { $0 + $1 * $1 } }
      factors = (
        try device.makeVector(Device.Element.nearest(scales)),
        try device.makeVector(Device.Element.nearest(own.map { -$0 }))
      )
    }
  }

  /// Rows at once that are worth a product.
  public var blockHeight: Int { max(1, min(4096, (1 << 21) / model.coordinateCount)) }

  /// Predicts every cell of some rows from the observed others of its row.
  ///
  /// - Parameter values: rows × d, row-major; NaN is missing.
  /// - Parameter first: the number of the first row, for messages.
  /// - Throws: `ApplyError`; `BackendError`.
  public func apply(_ values: [Double], firstRow first: Int) throws -> AppliedRows {
    let d = model.coordinateCount
    let count = values.count / d
    var x = values
    for i in 0..<count { for k in 0..<d { x[i * d + k] -= model.means[k] } }
    let gaps = try patterns(values, firstRow: first)
    let missing = (0..<d).filter { !model.isPredicted($0) }
    var systems: [(GapSystem, [Int])] = []
    for (hidden, rows) in gaps {
      let shown = Set(hidden)
      // Targets predict nothing: what else is missing does not change what they are predicted to be.
      let system = GapSystem(
        hidden: hidden, shown: (0..<d).filter { !shown.contains($0) }, entries: model.entries)
      guard let system else { throw ApplyError.lostDigits(row: first + rows[0]) }
      for i in rows {
        let found = system.means(of: x[i * d..<(i + 1) * d])
        for (j, k) in hidden.enumerated() { x[i * d + k] = found[j] }
      }
      systems.append((system, rows))
    }
    let predicted = try products(x, rows: count)
    var result = AppliedRows(
      predictions: predicted, residuals: x, deviations: [], hasGaps: [Bool](repeating: false, count: count))
    result.deviations.reserveCapacity(values.count)
    for _ in 0..<count { result.deviations += model.residualDeviations }
    for cell in predicted.indices { result.residuals[cell] -= predicted[cell] }
    for (system, rows) in systems {
      for i in rows {
        result.hasGaps[i] = true
        for (j, k) in system.shown.enumerated() {
          result.residuals[i * d + k] /= system.remainders[j]
          result.predictions[i * d + k] = x[i * d + k] - result.residuals[i * d + k]
          result.deviations[i * d + k] /= system.remainders[j].squareRoot()
        }
        for (j, k) in system.hidden.enumerated() {
          result.predictions[i * d + k] = x[i * d + k]
          result.residuals[i * d + k] = .nan
          result.deviations[i * d + k] *= system.inflation[j].squareRoot()
        }
        for k in 0..<d { result.deviations[i * d + k] = capped(result.deviations[i * d + k], k) }
      }
    }
    for i in 0..<count {
      for k in 0..<d { result.predictions[i * d + k] += model.means[k] }
      for k in missing {
        (result.predictions[i * d + k], result.residuals[i * d + k], result.deviations[i * d + k]) = (.nan, .nan, .nan)
      }
    }
    return result
  }

  /// No cell is less certain than by the mean alone, unless its prediction is always worse than that.
  private func capped(_ deviation: Double, _ k: Int) -> Double {
    max(model.residualDeviations[k], min(deviation, model.meanSquares[k].squareRoot()))
  }

  /// ÂX for rows of differences from the means.
  private func products(_ x: [Double], rows: Int) throws(BackendError) -> [Double] {
    let d = model.coordinateCount
    let input = try device.makeMatrix(Device.Element.nearest(x), rows: rows, columns: d)
    let output = try device.makeMatrix(rows: rows, columns: d)
    if let factors {
      let z = try device.makeMatrix(rows: rows, columns: a.columns)
      try device.multiply(input, transposeA: false, a, transposeB: false, alpha: 1, beta: 0, into: z)
      try device.multiply(z, transposeA: false, a, transposeB: true, alpha: 1, beta: 0, into: output)
      try device.scale(output, rows: nil, columns: factors.scales)
      try device.scale(input, rows: nil, columns: factors.own)
      return zip(try device.doubles(output), try device.doubles(input)).map { $0 + $1 }
    }
    try device.multiply(input, transposeA: false, a, transposeB: true, alpha: 1, beta: 0, into: output)
    return try device.doubles(output)
  }

  /// Rows by the set of their missing cells, complete ones left out.
  private func patterns(_ values: [Double], firstRow: Int) throws -> [(hidden: [Int], rows: [Int])] {
    let d = model.coordinateCount
    var index: [[Int]: Int] = [:]
    var patterns: [(hidden: [Int], rows: [Int])] = []
    for i in 0..<values.count / d {
      let hidden = (0..<d).filter { values[i * d + $0].isNaN }
      guard let k = hidden.first else { continue }
      if !model.isJoint {
        let targets = model.header.targets
        guard !targets.isEmpty || !model.header.covariates.isEmpty else {
          throw ApplyError.gap(
            row: firstRow + i, coordinate: model.name(of: k),
            reason: "gaps are filled by fits with leave-one-out masks or --mask observed, not with \(model.header.mask)"
          )
        }
        if let k = hidden.first(where: { !targets.contains($0) }) {
          throw ApplyError.gap(
            row: firstRow + i, coordinate: model.name(of: k),
            reason: "with --targets or --covariates targets alone may be missing; fit without them to fill the others")
        }
      }
      if let known = index[hidden] {
        patterns[known].rows.append(i)
      } else {
        index[hidden] = patterns.count
        patterns.append((hidden, [i]))
      }
    }
    return patterns
  }
}
