import LacunaAlgebra

/// The means and mean squares of some samples, and the columns that are compared.
struct TrainedFrame<Device: Backend> {
  let device: Device
  /// About the means, in the units of the fit's columns on the device.
  let squares: [Double]
  /// Whether each column varies among the samples.
  let varies: [Bool]
  /// Zeros without an intercept.
  let means: [Double]
  private let mean: Device.Matrix?
  private var factors: Device.Matrix?

  /// Two passes: means, and mean squares about them.
  init(_ fit: DataFit<Device>, rows: [Int]) throws {
    let (device, d, m) = (fit.device, fit.coordinateCount, Double(rows.count))
    let mean = fit.centered ? try device.makeMatrix(rows: 1, columns: d) : nil
    if let mean {
      let share = Device.Element(1 / m)
      try fit.forEachPiece(of: rows) { block, ones in
        try device.multiply(ones, transposeA: false, block, transposeB: false, alpha: share, beta: 1, into: mean)
      }
    }
    var squares = [Double](repeating: 0, count: d)
    let row = try device.makeVector(d)
    try fit.forEachPiece(of: rows) { block, _ in
      if let mean { try device.takeOff(mean, from: block) }
      try device.columnDots(block, block, weights: nil, into: row)
      for (k, sum) in doubles(try device.download(row)).enumerated() { squares[k] += sum / m }
    }
    let means = try mean.map { doubles(try device.download($0)) } ?? [Double](repeating: 0, count: d)
    self.init(device: device, sampleCount: rows.count, squares: squares, means: means, mean: mean)
  }

  /// The same of the samples of some folds, by their moments.
  init(_ moments: FoldMoments<Device>, folds: [Int]) throws {
    let device = moments.device
    let means = moments.mean(of: folds)
    let m = moments.sampleCount(of: folds)
    let row = try device.makeVector(means.count)
    try device.diagonal(of: try moments.scatter(of: folds, about: means), into: row)
    self.init(
      device: device, sampleCount: m, squares: doubles(try device.download(row)).map { $0 / Double(m) }, means: means,
      mean: moments.centered ? try device.makeMatrix(elements(means), rows: 1, columns: means.count) : nil)
  }

  private init(device: Device, sampleCount m: Int, squares: [Double], means: [Double], mean: Device.Matrix?) {
    // Of a column that is constant its mean's rounding is left.
    let rounding = 16 * Double(m).squareRoot() * Double(Device.Element.ulpOfOne)
    varies = zip(squares, means).map { $0 > rounding * rounding * $1 * $1 }
    self.device = device
    self.squares = squares
    self.means = means
    self.mean = mean
  }

  /// Divides by roots of mean squares from here on; columns that are not compared become 0.
  mutating func compare(_ isCompared: [Bool]) throws {
    factors = try device.makeVector(elements(zip(squares, isCompared).map { $1 ? 1 / $0.squareRoot() : 0 }))
  }

  /// Second moments about the means become those of the frame, both triangles.
  /// - Parameter matrix: its lower triangle is read.
  func apply(toMoments matrix: Device.Matrix) throws {
    try device.symmetrize(matrix)
    if let factors { try device.scale(matrix, rows: factors, columns: factors) }
  }

  /// Rows as the fit has them on the device become those of the frame.
  func apply(to block: Device.Matrix) throws {
    if let mean { try device.takeOff(mean, from: block) }
    if let factors { try device.scale(block, rows: nil, columns: factors) }
  }
}

extension DataFit {
  /// Some samples as the device has them, some at a time.
  /// - Parameter body: called with rows that it may change, and as many ones in a row.
  func forEachPiece(of rows: [Int], _ body: (Device.Matrix, Device.Matrix) throws -> Void) throws {
    let height = max(1, min(max(256, (1 << 20) / coordinateCount), rows.count))
    let storage = try device.makeMatrix(rows: height, columns: coordinateCount)
    let ones = try device.makeVector([Device.Element](repeating: 1, count: height))
    for first in stride(from: 0, to: rows.count, by: height) {
      let part = Array(rows[first..<min(first + height, rows.count)])
      let block = storage.firstRows(part.count)
      try gather(part, into: block)
      try body(block, ones.reshaped(rows: 1, columns: part.count))
    }
  }
}
