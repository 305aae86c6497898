import LacunaAlgebra

/// Residuals of samples left out, cell by cell and sample by sample.
extension DataFit {
  /// Every leave-one-sample-out residual, in blocks of samples or of coordinates.
  public func residualTiles(ridge: Double, _ body: (ResidualTile) throws -> Void) throws -> Bool {
    if ledger.errors[ridge] == nil { _ = try errors(ridge: ridge) }
    if ledger.errors[ridge] == true, let wide {
      var cells = [Double](repeating: 0, count: sampleCount * coordinateCount)
      _ = try wide.errors(ridge: ridge) { i, k, value in cells[i * coordinateCount + k] = value }
      try body(ResidualTile(samples: Array(0..<sampleCount), coordinates: 0..<coordinateCount, values: cells))
      return true
    }
    func receive(_ block: Device.Matrix, sample: Int, coordinate: Int) throws {
      // Some rows at a time, within the second cache.
      let height = max(1, (1 << 13) / block.columns)
      for first in stride(from: 0, to: block.rows, by: height) {
        let rows = first..<min(first + height, block.rows)
        let tile = ResidualTile(
          samples: Array(sample + rows.lowerBound..<sample + rows.upperBound),
          coordinates: coordinate..<coordinate + block.columns,
          values: doubles(try device.download(block, rows: rows)))
        try body(tile.restored(divisors))
      }
    }
    let deviceRidge = deviceRidge(ridge) ?? ridge
    switch route {
    case .primal(let primal): try primal.residuals(ridge: deviceRidge, receive)
    case .dual(let dual): try dual.residuals(ridge: deviceRidge, receive)
    }
    return true
  }

  public func residualRows(_ errors: FitErrors) throws -> ResidualRows? {
    if case .primal(let primal) = route, ledger.errors[errors.ridge] == false, let ridge = deviceRidge(errors.ridge),
      let sums = primal.rows(ridge: ridge)
    {
      return ResidualRows(sums, variances: variances)
    }
    return try scoredRows(errors)
  }

  /// In blocks of samples where they come so.
  public func residuals(ridge: Double, _ body: ([Device.Element]) throws -> Void) throws -> Bool {
    guard case .primal = route else { return try gatheredResiduals(ridge: ridge, body) }
    return try residualTiles(ridge: ridge) { try body(elements($0.values)) }
  }
}
