import LacunaAlgebra

/// What the eigenvalues of a fit's predictor, and of its Gram, are those of; and the same of copies without relations.
extension DataFit {
  /// B = I − D^(−½)QD^(−½) with D = diag Q, similar to the predictor: its columns are those on the device, divided by √w.
  /// - Parameter ridge: λ.
  /// - Returns: B, d × d, to be destroyed, and D up to a factor.
  package func symmetrizedPredictor(ridge: Double) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    try symmetrizedPredictor(ridge: ridge, of: route)
  }

  /// The greatest eigenvalues of B without B itself, where it has many times the samples' order; nil elsewhere.
  /// - Parameter ridge: λ.
  package func leadingSpectrum(ridge: Double) throws -> LeadingSpectrum<Device>? {
    try leadingSpectrum(ridge: ridge, of: route)
  }

  /// B's order up to which all of its eigenvalues are had for less than a search for the ridge takes: twice the samples', and
  /// beside few samples this.
  private static var leastLeadingOrder: Int { 500 }

  private func leadingSpectrum(ridge: Double, of route: Route) throws -> LeadingSpectrum<Device>? {
    guard case .dual(let dual) = route, coordinateCount > max(Self.leastLeadingOrder, 2 * sampleCount),
      let ridge = deviceRidge(ridge), ridge > 0
    else { return nil }
    return try LeadingSpectrum(dual, ridge: ridge)
  }

  /// The eigenvalues of S, w taken off on both sides, in the units of the data; those that are surely 0 left out.
  package func gramEigenvalues() throws -> [Double] { try spectrum().map { $0 / ridgeUnit } }

  /// Mean squares of the columns over w.
  package var weightedVariances: [Double] { zip(variances, penalty).map { $0 / $1 } }

  /// What a coordinate's part in a direction of the device's columns is multiplied by in those of the data.
  package var columnUnits: [Double] { divisors }

  /// The greatest z = 1/(1 − μ) of B, and the greatest eigenvalue of S, of copies whose columns are permuted, each in an order of its own: of data in which the
  /// coordinates have nothing to do with each other, whatever the law of their entries.
  /// - Parameter ridge: λ.
  /// - Parameter streams: of the orders, one a copy.
  package func permutedExtremes(
    ridge: Double, streams: [RandomStream]
  ) throws -> [(place: Double, gram: Double)] {
    let cells = try {
      switch route {
      case .primal(let primal): try primal.samples.blocks.flatMap { try device.download($0) }
      case .dual(let dual): try device.download(dual.regression.samples)
      }
    }()
    return try streams.map { stream in
      let copy = try permutedRoute(cells, by: stream)
      let place: Double
      if let leading = try leadingSpectrum(ridge: ridge, of: copy) {
        place = try leading.place(rank: 0) ?? .infinity
      } else {
        let greatest = try device.eigenvalues(of: symmetrizedPredictor(ridge: ridge, of: copy).matrix).last ?? 0
        place = greatest < 1 ? 1 / (1 - greatest) : .infinity
      }
      return (place, (try spectrum(of: copy).max() ?? 0) / ridgeUnit)
    }
  }

  private func symmetrizedPredictor(
    ridge: Double, of route: Route
  ) throws -> (matrix: Device.Matrix, diagonal: [Double]) {
    guard let ridge = deviceRidge(ridge) else {
      throw RegressionError.lostDigits(
        sample: nil, coordinate: nil, ridge: ridge, precision: Device.Element.precision)
    }
    let d = coordinateCount
    let matrix: Device.Matrix
    let diagonal: [Double]
    switch route {
    case .primal(let primal):
      (matrix, diagonal) = try primal.spentResolvent(ridge: ridge)
    case .dual(let dual):
      // λQ = I − XᵀMX/n, whose entries beside the diagonal cancel nothing.
      let regression = dual.regression
      diagonal = try dual.scales(ridge: ridge).map { 1 / (Double(sampleCount) * $0) }
      let product = try device.makeMatrix(rows: sampleCount, columns: d)
      try device.multiply(
        regression.inverse, transposeA: false, regression.samples, transposeB: false, alpha: 1, beta: 0, into: product)
      matrix = try device.makeMatrix(rows: d, columns: d)
      try device.multiply(
        regression.samples, transposeA: true, product, transposeB: false, alpha: -1 / Device.Element(sampleCount),
        beta: 0, into: matrix)
    }
    let roots = diagonal.map { 1 / $0.squareRoot() }
    try device.scale(
      matrix, rows: try device.makeVector(elements(roots.map { -$0 })), columns: try device.makeVector(elements(roots)))
    try device.setDiagonal(of: matrix, to: try device.makeVector(d))
    return (matrix, diagonal)
  }

  /// - Parameter cells: of the samples on the device, row-major.
  private func permutedRoute(_ cells: [Device.Element], by stream: RandomStream) throws -> Route {
    let (n, d) = (sampleCount, coordinateCount)
    var moved = cells
    for k in 0..<d {
      let order = KeyedPermutation(count: n, stream: stream, index: UInt64(k))
      for i in 0..<n { moved[i * d + k] = cells[order(i) * d + k] }
    }
    func block(_ rows: Range<Int>) throws -> Device.Matrix {
      let matrix = try device.makeMatrix(rows: rows.count, columns: d)
      try device.upload(Array(moved[rows.lowerBound * d..<rows.upperBound * d]), to: matrix, firstRow: 0)
      return matrix
    }
    switch route {
    case .primal(let primal):
      var first = 0
      let blocks = try primal.samples.blocks.map { old in
        defer { first += old.rows }
        return try block(first..<first + old.rows)
      }
      return .primal(
        try PrimalEvaluation(
          device: device, samples: SampleBlocks(blocks), coordinateCount: d, centered: centered))
    case .dual(let dual):
      return .dual(
        try DualEvaluation(
          device: device, samples: try block(0..<n), squares: dual.columnSquares, centered: centered))
    }
  }
}
