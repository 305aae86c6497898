import LinearAlgebra
import MaskedRegression

/// Storage and operators for the trials of one (model, n): allocated once, used for every trial.
///
/// A trial draws n samples, forms the Gram block by block and measures both errors at each ridge. With n ≥ d the samples
/// are never whole in memory; with n < d the n × n Gram of the samples serves and no d × d matrix is formed.
final class ErrorTrial<Device: Backend> {
  private let device: Device
  private let covariance: any SampledCovariance<Device>
  private let law: EntryLaw
  private let sampleCount: Int
  private let ridges: [Double]
  private let route: Route

  private enum Route {
    case primal(regression: PrimalRegression<Device>, block: Device.Matrix, scratch: Device.Matrix?)
    case dual(regression: DualRegression<Device>, scratch: Device.Matrix)
  }

  init(device: Device, model: CovarianceModel, law: EntryLaw, sampleCount n: Int, ridges: [Double]) throws {
    let d = model.coordinateCount
    self.device = device
    self.law = law
    self.ridges = ridges
    sampleCount = n
    covariance = try model.realize(on: device)
    if n < d {
      let samples = try device.makeMatrix(rows: n, columns: d)
      route = .dual(
        regression: try DualRegression(device: device, samples: samples),
        scratch: try device.makeMatrix(rows: n, columns: d))
    } else {
      let gram = try device.makeMatrix(rows: d, columns: d)
      let rows = blockRows(sampleCount: n, coordinateCount: d)
      route = .primal(
        regression: try PrimalRegression(device: device, gram: gram, sampleCount: n),
        block: try device.makeMatrix(rows: rows, columns: d),
        scratch: ridges.count > 1 ? try device.makeMatrix(rows: d, columns: d) : nil)
    }
  }

  /// The errors of one draw of the data at every ridge.
  func run(stream: RandomStream) throws -> [CoordinateErrors] {
    switch route {
    case .primal(let regression, let block, let scratch):
      try device.clear(regression.gram)
      var first = 0
      while first < sampleCount {
        let rows = block.firstRows(min(block.rows, sampleCount - first))
        try covariance.sample(into: rows, law: law, stream: stream, firstSample: first)
        try device.accumulateGram(of: rows, scale: 1 / Device.Element(sampleCount), into: regression.gram)
        first += rows.rows
      }
      return try ridges.map { try regression.errors(ridge: $0, covariance: covariance, scratch: scratch) }
    case .dual(let regression, let scratch):
      try covariance.sample(into: regression.samples, law: law, stream: stream, firstSample: 0)
      try regression.refresh()
      return try ridges.map { try regression.errors(ridge: $0, covariance: covariance, scratch: scratch) }
    }
  }
}
