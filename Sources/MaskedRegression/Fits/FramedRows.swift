import LacunaAlgebra

/// Samples that are framed in one place of a device, block after block.
final class FramedRows<Device: Backend> {
  private let device: Device
  private let samples: SampleRows
  private let frame: ColumnFrame
  private let squares: ColumnSquares
  private let buffer: Device.Matrix

  init(device: Device, samples: SampleRows, frame: ColumnFrame, squares: ColumnSquares) throws {
    self.device = device
    self.samples = samples
    self.frame = frame
    self.squares = squares
    buffer = try device.makeMatrix(rows: samples.blockHeight, columns: samples.coordinateCount)
  }

  var height: Int { samples.blockHeight }

  func forEachBlock(_ wanted: [Int]? = nil, _ body: (Device.Matrix, Int) throws -> Void) throws {
    let own = squares.isComplete ? nil : squares
    own?.clear()
    var count = 0
    try samples.forEachBlock(wanted) { cells, rows in
      let block = buffer.firstRows(rows.count)
      try upload(cells, frame: frame, to: block, squares: own, device: device)
      count += rows.count
      try body(block, rows.lowerBound)
    }
    if count == samples.sampleCount { own?.isComplete = true }
  }
}

/// Σ_i (x_ik − m_k)² of each column.
final class ColumnSquares {
  private let storage: UnsafeMutableBufferPointer<Double>
  /// Where the sums are.
  var start: UnsafeMutablePointer<Double> { storage.baseAddress! }
  /// Whether all rows were taken in.
  var isComplete = false

  /// - Parameter columns: d, at least 1.
  init(columns d: Int) {
    storage = .allocate(capacity: d)
    clear()
  }

  deinit { storage.deallocate() }

  var sums: [Double] { Array(storage) }

  func clear() { storage.initialize(repeating: 0) }
}

extension Backend {
  /// Whether its matrices lie in this process's memory.
  var computesOnHost: Bool { standingBytes > 0 }
}
