import LacunaAlgebra

/// Samples in a frame and in the precision of a device, in blocks of rows: brought there once where they are few or the device has
/// memory of its own, else made anew from where they are as often as they are read.
struct SampleBlocks<Device: Backend> {
  let sampleCount: Int
  private let storage: Storage

  private enum Storage {
    case held([Device.Matrix])
    case read(FramedRows<Device>)
  }

  /// - Parameter samples: n × d.
  /// - Parameter holds: whether they are kept on the device although they could be read where they are.
  /// - Parameter squares: takes in the sums of squares of the columns, the means taken off; of those that are read not before
  ///   their first pass.
  init(device: Device, samples: SampleRows, frame: ColumnFrame, holds: Bool, squares: ColumnSquares) throws {
    sampleCount = samples.sampleCount
    // Held or read, the same pieces: sums of them have the same bits.
    let isInPieces = device.computesOnHost && samples.sampleCount > samples.blockHeight
    if isInPieces, !holds {
      storage = .read(try FramedRows(device: device, samples: samples, frame: frame, squares: squares))
      return
    }
    var blocks: [Device.Matrix] = []
    let own = squares.isComplete ? nil : squares
    try samples.atOnce {
      try samples.forEachBlock { cells, rows in
        let height = isInPieces ? samples.pieceHeight : rows.count
        for first in stride(from: 0, to: rows.count, by: height) {
          let block = try device.makeMatrix(
            rows: min(height, rows.count - first), columns: samples.coordinateCount)
          try upload(
            cells + first * samples.coordinateCount, frame: frame, to: block, squares: own, device: device)
          blocks.append(block)
        }
      }
    }
    squares.isComplete = true
    storage = .held(blocks)
  }

  /// Every so many of some rows, on the device.
  /// - Parameter values: rows of d numbers, row-major.
  /// - Parameter first: the first of them.
  init(
    device: Device, values: [Double], coordinateCount d: Int, from first: Int, by step: Int, frame: ColumnFrame
  ) throws {
    let count = (values.count / d - first + step - 1) / step
    let height = max(256, SampleRows.blockSize / d)
    var blocks: [Device.Matrix] = []
    for start in stride(from: 0, to: count, by: height) {
      try Interruption.check()
      let block = try device.makeMatrix(rows: min(height, count - start), columns: d)
      try values.withUnsafeBufferPointer {
        try upload(
          $0.baseAddress! + (first + start * step) * d, by: step, frame: frame, to: block, squares: nil, device: device)
      }
      blocks.append(block)
    }
    self.init(blocks)
  }

  /// Blocks that are there already, all but the last of one height.
  init(_ blocks: [Device.Matrix]) {
    sampleCount = blocks.reduce(0) { $0 + $1.rows }
    storage = .held(blocks)
  }

  /// Whether they are read where they are.
  var areRead: Bool {
    if case .read = storage { return true }
    return false
  }

  /// The blocks, each with the number of its first row; it holds until the next.
  func forEachBlock(_ body: (Device.Matrix, Int) throws -> Void) throws {
    switch storage {
    case .held(let blocks):
      var first = 0
      for block in blocks {
        try Interruption.check()
        try body(block, first)
        first += block.rows
      }
    case .read(let rows): try rows.forEachPiece(nil, body)
    }
  }

  /// The rows of the tallest block.
  var height: Int {
    switch storage {
    case .held(let blocks): blocks.map(\.rows).max() ?? 0
    case .read(let rows): rows.height
    }
  }

  /// target ← some samples, in the order given.
  func gather(_ rows: [Int], into target: Device.Matrix, on device: Device) throws {
    let height = self.height
    var parts = [(places: [Int], rows: [Int])](
      repeating: ([], []), count: (sampleCount + height - 1) / max(height, 1))
    for (place, row) in rows.enumerated() {
      parts[row / height].places.append(place)
      parts[row / height].rows.append(row % height)
    }
    func take(_ block: Device.Matrix, index: Int) throws {
      let part = parts[index]
      guard !part.rows.isEmpty else { return }
      if part.rows.count == rows.count { return try device.gather(of: block, rows: part.rows, into: target) }
      let piece = try device.makeMatrix(rows: part.rows.count, columns: target.columns)
      try device.gather(of: block, rows: part.rows, into: piece)
      try device.scatterRows(of: piece, to: target, at: part.places)
    }
    switch storage {
    case .held(let blocks): for (index, block) in blocks.enumerated() { try take(block, index: index) }
    case .read(let framed):
      try framed.forEachPiece(parts.indices.filter { !parts[$0].rows.isEmpty }) { block, first in
        try take(block, index: first / height)
      }
    }
  }
}

/// Numbers of a device in float64.
func doubles<Element: Scalar>(_ values: [Element]) -> [Double] { Element.doubles(values) }

/// Float64 numbers in the precision of a device.
func elements<Element: Scalar>(_ values: [Double]) -> [Element] { Element.nearest(values) }

extension Backend {
  /// Hands the rows of a matrix to the host, some at a time, in order.
  func forEachRows(of matrix: Matrix, _ body: ([Element]) throws -> Void) throws {
    let height = max(1, (1 << 20) / max(matrix.columns, 1))
    for first in stride(from: 0, to: matrix.rows, by: height) {
      try body(try download(matrix, rows: first..<min(first + height, matrix.rows)))
    }
  }

  /// Σ_j a_ij b_ij of each row.
  func doubleRowDots(_ a: Matrix, _ b: Matrix) throws(BackendError) -> [Double] {
    let out = try makeVector(a.rows)
    try rowDots(a, b, weights: nil, into: out)
    return try doubles(out)
  }
}
