import LacunaAlgebra

/// Samples that are framed in one place of a device, piece after piece.
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
    buffer = try device.makeMatrix(rows: samples.pieceHeight, columns: samples.coordinateCount)
  }

  /// Rows of all pieces but the last.
  var height: Int { buffer.rows }

  /// - Parameter wanted: numbers of pieces, ascending; nil stands for all of them.
  /// - Parameter body: called with a piece, which holds until the next, and the number of its first row.
  func forEachPiece(_ wanted: [Int]? = nil, _ body: (Device.Matrix, Int) throws -> Void) throws {
    let own = squares.isComplete ? nil : squares
    own?.clear()
    var count = 0
    let perBlock = samples.blockHeight / height
    let blocks = wanted.map { pieces in Array(Set(pieces.map { $0 / perBlock })).sorted() }
    let chosen = wanted.map(Set.init)
    try samples.forEachBlock(blocks) { cells, rows in
      for first in stride(from: 0, to: rows.count, by: height) {
        if let chosen, !chosen.contains((rows.lowerBound + first) / height) { continue }
        try Interruption.check()
        let piece = buffer.firstRows(min(height, rows.count - first))
        try upload(
          cells + first * samples.coordinateCount, frame: frame, to: piece, squares: own, device: device)
        count += piece.rows
        try body(piece, rows.lowerBound + first)
      }
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
