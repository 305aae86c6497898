import LacunaAlgebra
import RealModule

/// Σ is the leading d × d part of a symmetric m × m circulant C ⪰ 0: circulant for m = d, Toeplitz by embedding for m > d.
///
/// A sample is the first d entries of C^½z with z of length m, by fast Fourier transforms: O(m log m) a row.
struct CirculantOperator<Device: Backend>: SampledCovariance {
  let variances: [Double]
  private let device: Device
  private let eigenvalues: [Device.Element]
  private let roots: [Device.Element]
  private let scratch: Scratch<Device>

  /// - Parameter eigenvalues: m of them, not negative, in the order of the discrete Fourier transform.
  init(device: Device, eigenvalues: [Double], coordinateCount: Int) {
    self.device = device
    self.eigenvalues = Device.Element.nearest(eigenvalues)
    roots = Device.Element.nearest(eigenvalues.map { $0.squareRoot() })
    let variance = eigenvalues.reduce(0, +) / Double(eigenvalues.count)
    variances = [Double](repeating: variance, count: coordinateCount)
    scratch = Scratch(device)
  }

  func sample(into x: Device.Matrix, law: EntryLaw, stream: RandomStream, firstSample: Int) throws(BackendError) {
    let width = eigenvalues.count
    let z = width == x.columns ? x : try scratch.matrix(rows: x.rows, columns: width)
    try device.fill(z, law: law, stream: stream, offset: UInt64(firstSample * width))
    try device.filterCirculant(z, eigenvalues: roots, into: x)
  }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    try device.circulantForms(of: q, eigenvalues: eigenvalues, into: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) {
    try device.filterCirculant(y, eigenvalues: eigenvalues, into: y)
  }
}

struct CirculantStructure: CovarianceStructure {
  var eigenvalues: [Double]
  var coordinateCount: Int

  func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    CirculantOperator(device: device, eigenvalues: eigenvalues, coordinateCount: coordinateCount)
  }
}
