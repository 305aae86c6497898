import LacunaAlgebra

/// A mask scheme on given data: predictors, and errors on samples held out, by which the ridge is chosen.
///
/// Five folds, sample i in fold i mod 5. Each fold's error is that of the predictor of the other four, over the scheme's masks
/// under the Gram of the fold: exact in the masks, no mask is drawn for it. Centring takes the means of all samples off, so
/// held-out errors of centred data are too low by about 1/n of the variance.
public struct SchemeFit<Device: Backend> {
  public let sampleCount: Int
  public let coordinateCount: Int
  public let variances: [Double]

  private let whole: SchemeRegression<Device>
  private let folds: [(regression: SchemeRegression<Device>, held: GramCovariance<Device>, share: Double)]
  private let device: Device

  static var foldCount: Int { 5 }

  /// - Parameter values: n × d, row-major, finite, n ≥ 5.
  public init(device: Device, values: [Double], sampleCount n: Int, centered: Bool, scheme: any TrainingMasks) throws {
    let d = values.count / n
    precondition(n >= Self.foldCount && values.count == n * d, "at least \(Self.foldCount) samples")
    self.device = device
    sampleCount = n
    coordinateCount = d
    var means = [Double](repeating: 0, count: d)
    if centered {
      for i in 0..<n { for k in 0..<d { means[k] += values[i * d + k] / Double(n) } }
    }
    func source(_ rows: [Int]) -> SampleSource<Device> {
      let size = min(rows.count, max(256, (1 << 22) / d))
      return { body in
        let buffer = try device.makeMatrix(rows: size, columns: d)
        for first in stride(from: 0, to: rows.count, by: size) {
          let part = rows[first..<min(first + size, rows.count)]
          let block = buffer.firstRows(part.count)
          try device.upload(
            part.flatMap { i in (0..<d).map { Device.Element(values[i * d + $0] - means[$0]) } }, to: block,
            firstRow: 0)
          try body(block, first)
        }
      }
    }
    func regression(_ rows: [Int]) throws -> SchemeRegression<Device> {
      try SchemeRegression(
        device: device, scheme: scheme, sampleCount: rows.count, coordinateCount: d, samples: source(rows))
    }
    func gram(_ rows: [Int]) throws -> GramCovariance<Device> {
      let gram = try device.makeMatrix(rows: d, columns: d)
      try source(rows)({ block, _ in
        try device.accumulateGram(of: block, scale: 1 / Device.Element(rows.count), into: gram)
      })
      try device.symmetrize(gram)
      return try GramCovariance(device: device, gram: gram)
    }
    variances = try gram(Array(0..<n)).variances
    whole = try regression(Array(0..<n))
    folds = try (0..<Self.foldCount).map { fold in
      let held = (0..<n).filter { $0 % Self.foldCount == fold }
      return (
        try regression((0..<n).filter { $0 % Self.foldCount != fold }), try gram(held), Double(held.count) / Double(n)
      )
    }
  }

  /// Training and held-out error of each coordinate.
  public func errors(ridge: Double) throws -> SchemeFitErrors {
    let training = try whole.fit(ridge: ridge).training
    var heldOut = [Double](repeating: 0, count: coordinateCount)
    for fold in folds {
      let errors = try fold.regression.errors(
        of: fold.regression.fit(ridge: ridge).matrix, covariance: fold.held)
      for k in heldOut.indices { heldOut[k] += fold.share * errors[k] }
    }
    return SchemeFitErrors(ridge: ridge, training: training, heldOut: heldOut)
  }

  /// Â from all samples, d × d, row-major.
  public func predictor(ridge: Double) throws -> [Device.Element] {
    try device.download(whole.fit(ridge: ridge).matrix)
  }
}

/// The errors of a mask scheme on its own data at one ridge.
public struct SchemeFitErrors: Sendable, Equatable {
  public var ridge: Double
  public var training: [Double]
  /// On samples held out, five folds.
  public var heldOut: [Double]

  public var meanTraining: Double { mean(training) }
  public var meanHeldOut: Double { mean(heldOut) }
}
