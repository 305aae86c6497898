import LacunaAlgebra
import MaskedRegression

/// Storage and operators for the trials of one (model, n): allocated once, used for every trial.
///
/// A trial draws n samples, forms a Gram and measures both errors at each ridge by one of the exact routes. With n ≥ d the
/// samples are never whole in memory; with n < d the n × n Gram of the samples serves and no d × d matrix is formed.
final class ErrorTrial<Device: Backend>: ErrorRunner {
  private let device: Device
  private let covariance: any SampledCovariance<Device>
  private let law: EntryLaw
  private let sampleCount: Int
  private let ridges: [Double]
  private let storage: Storage

  private enum Storage {
    case inverses(PrimalRegression<Device>, block: Device.Matrix, scratch: Device.Matrix?)
    case reduced(ReducedRegression<Device>.Form, gram: Device.Matrix, block: Device.Matrix)
    case samples(DualErrors<Device>)
  }

  /// - Precondition: the route is one that n, d and Σ have.
  init(
    device: Device, model: CovarianceModel, law: EntryLaw, sampleCount n: Int, ridges: [Double], route: ErrorRoute
  ) throws {
    let d = model.coordinateCount
    self.device = device
    self.law = law
    self.ridges = ridges
    sampleCount = n
    covariance = try model.realize(on: device)
    func block() throws -> Device.Matrix {
      try device.makeMatrix(rows: blockRows(sampleCount: n, coordinateCount: d), columns: d)
    }
    switch route {
    case .inverses:
      let gram = try device.makeMatrix(rows: d, columns: d)
      storage = .inverses(
        try PrimalRegression(device: device, gram: gram, sampleCount: n), block: try block(),
        scratch: ridges.count > 1 ? try device.makeMatrix(rows: d, columns: d) : nil)
    case .tridiagonal, .eigenvectors:
      storage = .reduced(
        route == .tridiagonal ? .tridiagonal : .diagonal, gram: try device.makeMatrix(rows: d, columns: d),
        block: try block())
    case .sampleInverses, .sampleTridiagonal:
      let regression = try DualRegression(device: device, samples: try device.makeMatrix(rows: n, columns: d))
      storage = .samples(
        try DualErrors(
          regression: regression, covariance: covariance,
          form: route == .sampleInverses ? .inverses : .tridiagonal))
    }
  }

  /// The errors of one draw of the data at every ridge.
  func run(stream: RandomStream) throws -> [CoordinateErrors] {
    switch storage {
    case .inverses(let regression, let block, let scratch):
      try accumulate(regression.gram, by: block, stream)
      return try ridges.map { try regression.errors(ridge: $0, covariance: covariance, scratch: scratch) }
    case .reduced(let form, let gram, let block):
      try accumulate(gram, by: block, stream)
      let regression = try ReducedRegression(device: device, gram: gram, sampleCount: sampleCount, form: form)
      return try regression.errors(ridges: ridges, covariance: covariance.isotropicSpikes)
    case .samples(let errors):
      try covariance.sample(into: errors.regression.samples, law: law, stream: stream, firstSample: 0)
      return try errors.errors(ridges: ridges)
    }
  }

  /// The Gram of all samples, block by block.
  private func accumulate(_ gram: Device.Matrix, by block: Device.Matrix, _ stream: RandomStream) throws {
    try device.clear(gram)
    var first = 0
    while first < sampleCount {
      let rows = block.firstRows(min(block.rows, sampleCount - first))
      try covariance.sample(into: rows, law: law, stream: stream, firstSample: first)
      try device.accumulateGram(of: rows, scale: 1 / Device.Element(sampleCount), into: gram)
      first += rows.rows
    }
  }
}
