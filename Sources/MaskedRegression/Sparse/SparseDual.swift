import LacunaAlgebra

/// Columns of samples that are no matrix on the device.
protocol SampleColumns<Device> {
  associatedtype Device: Backend
  var sampleCount: Int { get }
  var coordinateCount: Int { get }
  /// Sets x, n × some columns, to the columns from `first`.
  func copy(from first: Int, to x: Device.Matrix) throws
  /// Sets the lower triangle of K, n × n, to scale · XXᵀ.
  func formSampleGram(scale: Double, in k: Device.Matrix) throws
}

/// Sparse samples, dense a block of columns at a time.
struct SparseColumns<Device: Backend>: SampleColumns {
  let device: Device
  let frame: SparseFrame
  var sampleCount: Int { frame.rows.sampleCount }
  var coordinateCount: Int { frame.rows.coordinateCount }

  func copy(from first: Int, to x: Device.Matrix) throws {
    let columns = first..<first + x.columns
    let height = max(1, (1 << 20) / max(x.columns, 1))
    for row in stride(from: 0, to: x.rows, by: height) {
      let cells = frame.rows.cells(
        rows: row..<min(row + height, x.rows), columns: columns, shift: frame.shift)
      try device.upload(elements(cells), to: x, firstRow: row)
    }
  }

  func formSampleGram(scale: Double, in k: Device.Matrix) throws {
    try frame.columns.uploadGram(
      transposed: frame.rows, shift: frame.shift.map { .ofSamples(frame.rows, $0) }, scale: scale, to: k, device: device
    )
  }
}

extension DualEvaluation {
  /// The sample route on columns that are no matrix on the device.
  /// - Parameter squares: the columns' mean squares.
  init(device: Device, columns: any SampleColumns<Device>, squares: [Double], centered: Bool) throws {
    let regression = try DualRegression(
      device: device, columns: columns,
      deflation: Self.deflation(squares: squares, sampleCount: columns.sampleCount, centered: centered))
    try self.init(regression, squares: squares)
  }

  /// Â in whole rows, without X or MX in memory: Â_kj = s_k (Mx_k)·x_j, a block of columns x_j at a time.
  /// - Parameter factors: of the rows and columns of Â.
  func predictorByBlocks(
    ridge: Double, rows factors: [Double], columns: [Double], _ body: ([Device.Element]) throws -> Void
  ) throws {
    let device = regression.device
    let (n, d) = (regression.sampleCount, regression.coordinateCount)
    let scales = try scales(ridge: ridge)
    let height = min(d, max(1, (1 << 22) / d))
    let storage = try [0, 1].map { _ in try device.makeMatrix(rows: n, columns: height) }
    for first in stride(from: 0, to: d, by: height) {
      let count = min(height, d - first)
      let (own, product) = (
        storage[0].reshaped(rows: n, columns: count), storage[1].reshaped(rows: n, columns: count)
      )
      try regression.copyColumns(from: first, to: own)
      try device.multiply(
        regression.inverse, transposeA: false, own, transposeB: false, alpha: 1, beta: 0, into: product)
      let rowFactors = try device.makeVector(elements((first..<first + count).map { scales[$0] * factors[$0] }))
      var block = [Device.Element](repeating: 0, count: count * d)
      try regression.forEachColumns { firstColumn, x in
        let part = try device.makeMatrix(rows: count, columns: x.columns)
        try device.multiply(product, transposeA: true, x, transposeB: false, alpha: 1, beta: 0, into: part)
        let columnFactors = Array(columns[firstColumn..<firstColumn + x.columns])
        try device.scale(part, rows: rowFactors, columns: try device.makeVector(elements(columnFactors)))
        let cells = try device.download(part)
        for i in 0..<count {
          let start = i * d + firstColumn
          block.replaceSubrange(start..<start + x.columns, with: cells[i * x.columns..<(i + 1) * x.columns])
        }
      }
      for i in 0..<count { block[i * d + first + i] = 0 }
      try body(block)
    }
  }

  /// The factors of the fit of columns that were divided by √w, in their own units: g_k/√w_k, and s_k w_k.
  /// - Parameter weights: √w; nil stands for ones.
  func factors(
    ridge: Double, weights: [Double]?, _ body: ([Device.Element]) throws -> Void
  ) throws -> [Double] {
    let device = regression.device
    let scales = try factors(ridge: ridge) { block, first in
      if let weights {
        let rows = weights[first..<first + block.rows].map { 1 / $0 }
        try device.scale(block, rows: try device.makeVector(elements(rows)), columns: nil)
      }
      try body(try device.download(block))
    }
    return weights.map { zip(scales, $0).map { $0 * $1 * $1 } } ?? scales
  }
}
