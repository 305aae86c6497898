import LacunaAlgebra

/// Any Σ, through its Cholesky factor L: O(d²) a row.
struct DenseOperator<Device: Backend>: SampledCovariance {
  let variances: [Double]
  private let device: Device
  private let factor: Device.Matrix
  private let scratch: Scratch<Device>

  /// - Parameter covariance: d × d, row-major, symmetric.
  /// - Throws: `notPositiveDefinite`.
  init(device: Device, covariance: [Double], coordinateCount d: Int) throws(BackendError) {
    self.device = device
    variances = (0..<d).map { covariance[$0 * d + $0] }
    factor = try device.makeMatrix(Device.Element.nearest(covariance), rows: d, columns: d)
    _ = try device.factorPositiveDefinite(factor)
    try device.clearUpperTriangle(of: factor)
    scratch = Scratch(device)
  }

  func sample(into x: Device.Matrix, law: EntryLaw, stream: RandomStream, firstSample: Int) throws(BackendError) {
    let z = try scratch.matrix(rows: x.rows, columns: x.columns)
    try device.fill(z, law: law, stream: stream, offset: UInt64(firstSample * x.columns))
    try device.multiply(z, transposeA: false, factor, transposeB: true, alpha: 1, beta: 0, into: x)
  }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    let rooted = try scratch.matrix(rows: q.rows, columns: q.columns)
    try device.multiply(q, transposeA: false, factor, transposeB: false, alpha: 1, beta: 0, into: rooted)
    try device.rowDots(rooted, rooted, weights: nil, into: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) {
    let rooted = try scratch.matrix(rows: y.rows, columns: y.columns)
    try device.multiply(y, transposeA: false, factor, transposeB: false, alpha: 1, beta: 0, into: rooted)
    try device.multiply(rooted, transposeA: false, factor, transposeB: true, alpha: 1, beta: 0, into: y)
  }
}

struct DenseStructure: CovarianceStructure {
  var covariance: [Double]
  var coordinateCount: Int
  var dense: [Double]? { covariance }

  func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    try DenseOperator(device: device, covariance: covariance, coordinateCount: coordinateCount)
  }
}
