import LacunaAlgebra
import MaskedRegression

/// The trials of one (model, n) under masks other than leave-one-out: samples are drawn block by block, as often as the scheme
/// passes over them, and never stored.
final class SchemeTrial<Device: Backend>: ErrorRunner {
  private let device: Device
  private let covariance: any SampledCovariance<Device>
  private let law: EntryLaw
  private let drawMasks: MaskConfiguration.Drawing
  private let sampleCount: Int
  private let coordinateCount: Int
  private let ridges: [Double]
  private let block: Device.Matrix
  /// Predictors of the last trial, one a ridge, that wait for an independent one; nil where variance is not measured.
  private var waiting: [Device.Matrix]?

  init(
    device: Device, model: CovarianceModel, law: EntryLaw, drawMasks: @escaping MaskConfiguration.Drawing,
    sampleCount n: Int, ridges: [Double], measuresVariance: Bool
  ) throws {
    let d = model.coordinateCount
    self.device = device
    self.law = law
    self.drawMasks = drawMasks
    self.ridges = ridges
    sampleCount = n
    coordinateCount = d
    covariance = try model.realize(on: device)
    block = try device.makeMatrix(
      rows: blockRows(sampleCount: n, coordinateCount: d), columns: d)
    waiting = measuresVariance ? [] : nil
  }

  /// Masks that are drawn come from the stream of masks of the same number as the samples' one.
  func run(stream: RandomStream) throws -> [CoordinateErrors] {
    let maskStream = RandomStream(
      seed: stream.seed, purpose: .masks, index: Int(stream.stream & (1 << 48 - 1)))
    let regression = try SchemeRegression(
      device: device, scheme: drawMasks(maskStream), sampleCount: sampleCount, coordinateCount: coordinateCount,
      samples: source(stream))
    let partners = waiting.flatMap { $0.isEmpty ? nil : $0 }
    var kept: [Device.Matrix] = []
    let errors = try ridges.indices.map { r in
      let fit = try regression.fit(ridge: ridges[r])
      var errors = CoordinateErrors(
        training: fit.training, generalization: try regression.errors(of: fit.matrix, covariance: covariance))
      errors.fullContext = try regression.fullContextErrors(of: fit.matrix, covariance: covariance)
      if let partner = partners?[r] {
        errors.rowVariances = try halfSquaredDistances(fit.matrix, partner)
      } else if waiting != nil {
        let copy = try device.makeMatrix(rows: coordinateCount, columns: coordinateCount)
        try device.copy(fit.matrix, to: copy)
        kept.append(copy)
      }
      return errors
    }
    if waiting != nil { waiting = kept }
    return errors
  }

  /// |a_k − b_k|²/2 of the rows; b is destroyed.
  private func halfSquaredDistances(_ a: Device.Matrix, _ b: Device.Matrix) throws -> [Double] {
    try device.add(a, alpha: 1, beta: -1, to: b)
    let out = try device.makeVector(b.rows)
    try device.rowDots(b, b, weights: nil, into: out)
    return try device.download(out).map { Double($0) / 2 }
  }

  private func source(_ stream: RandomStream) -> SampleSource<Device> {
    { [block, covariance, law, sampleCount] body in
      var first = 0
      while first < sampleCount {
        let rows = block.firstRows(min(block.rows, sampleCount - first))
        try covariance.sample(into: rows, law: law, stream: stream, firstSample: first)
        try body(rows, first)
        first += rows.rows
      }
    }
  }
}
