import LacunaAlgebra

/// Leave-one-coordinate-out regression where some coordinates are predicted alone and some predict alone.
///
/// Row t of the fit of the predicting coordinates and a target t is the regression of t on them, with every exact error: so each
/// target costs a fit of its own. A covariate's row of Â is zero, its errors NaN; a target's column is zero.
struct RoleFit<Device: Backend>: RidgeFit {
  /// A fit of some columns of which some rows are wanted.
  struct Part {
    var columns: [Int]
    /// Coordinates of the data, ascending, each one of the columns.
    var rows: [Int]
    var fit: any RidgeFit<Device>
  }

  private let parts: [Part]
  let coordinateCount: Int

  /// - Parameter parts: at least one; together they have every column.
  init(parts: [Part], coordinateCount: Int) {
    self.parts = parts
    self.coordinateCount = coordinateCount
  }

  private var first: any RidgeFit<Device> { parts[0].fit }

  var device: Device { first.device }
  var sampleCount: Int { first.sampleCount }
  var weights: RidgeWeights.Kind { first.weights }
  var validation: Validation { first.validation }
  var typicalSquare: Double? { first.typicalSquare }
  var means: [Double] { gathered { $0.means } }
  var variances: [Double] { gathered { $0.variances } }
  var penalty: [Double] { gathered { $0.penalty } }

  private func gathered(_ value: (any RidgeFit<Device>) -> [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: coordinateCount)
    for part in parts { for (k, number) in zip(part.columns, value(part.fit)) { result[k] = number } }
    return result
  }

  func errors(ridge: Double) throws -> FitErrors {
    let none = [Double](repeating: .nan, count: coordinateCount)
    var errors = FitErrors(ridge: ridge, training: none, heldOut: none, gcv: none)
    for part in parts {
      let own = try part.named { try part.fit.errors(ridge: ridge) }
      for (index, k) in part.columns.enumerated() where part.rows.contains(k) {
        errors.heldOut[k] = own.heldOut[index]
        if let training = own.training { errors.training?[k] = training[index] }
        if let gcv = own.gcv { errors.gcv?[k] = gcv[index] }
      }
      if own.training == nil { errors.training = nil }
      if own.gcv == nil { errors.gcv = nil }
      for doubt in own.doubts.compactMap(part.named) where !errors.doubts.contains(doubt) {
        errors.doubts.append(doubt)
      }
    }
    return errors
  }

  func predictor(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws {
    let d = coordinateCount
    // Rows of targets, whole; those of the others follow as their fit hands them over.
    var ready: [Int: [Device.Element]] = [:]
    var next = 0
    func emit(before end: Int) throws {
      while next < end {
        try body(ready.removeValue(forKey: next) ?? [Device.Element](repeating: 0, count: d))
        next += 1
      }
    }
    // Those of many rows, of which there is one at most, last.
    for part in parts.sorted(by: { $0.rows.count < $1.rows.count }) {
      let width = part.columns.count
      var row = 0
      try part.named {
        try part.fit.predictor(ridge: ridge) { rows in
          for start in stride(from: 0, to: rows.count, by: width) {
            let k = part.columns[row]
            row += 1
            guard part.rows.contains(k) else { continue }
            var whole = [Device.Element](repeating: 0, count: d)
            for (index, j) in part.columns.enumerated() { whole[j] = rows[start + index] }
            ready[k] = whole
            if part.rows.count > 1 { try emit(before: k + 1) }
          }
        }
      }
    }
    try emit(before: d)
  }
}

extension RoleFit.Part {
  /// Does the work; coordinates that its errors name become those of the data.
  fileprivate func named<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as RegressionError {
      switch error {
      case .singularGram, .unsettledWeights: throw error
      case .numericallySingular(let coordinate, let ridge, let precision):
        throw RegressionError.numericallySingular(
          coordinate: coordinate.map { columns[$0] }, ridge: ridge, precision: precision)
      case .lostDigits(let sample, let coordinate, let ridge, let precision):
        throw RegressionError.lostDigits(
          sample: sample, coordinate: coordinate.map { columns[$0] }, ridge: ridge, precision: precision)
      }
    }
  }

  /// nil where it is about rows that are not wanted.
  fileprivate func named(_ doubt: FitDoubt) -> FitDoubt? {
    switch doubt {
    case .lostDigits(let relativeError, let sample, let coordinate):
      return .lostDigits(relativeError: relativeError, sample: sample, coordinate: coordinate.map { columns[$0] })
    case .collinear(let coordinates):
      let wanted = coordinates.map { columns[$0] }.filter(rows.contains)
      return wanted.isEmpty ? nil : .collinear(coordinates: wanted.sorted())
    }
  }
}
