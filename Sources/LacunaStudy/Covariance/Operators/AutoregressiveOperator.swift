import LacunaAlgebra

/// Σ_ij = ρ^|i−j|: L is the recursion of a stationary first-order autoregression, O(d) a row.
struct AutoregressiveOperator<Device: Backend>: SampledCovariance {
  let device: Device
  let correlation: Double
  let coordinateCount: Int

  var variances: [Double] { [Double](repeating: 1, count: coordinateCount) }

  func sample(into x: Device.Matrix, law: EntryLaw, stream: RandomStream, firstSample: Int) throws(BackendError) {
    try device.fill(x, law: law, stream: stream, offset: UInt64(firstSample * x.columns))
    try device.autoregress(x, correlation: Device.Element(correlation), adjoint: false)
  }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    try device.autoregress(q, correlation: Device.Element(correlation), adjoint: true)
    try device.rowDots(q, q, weights: nil, into: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) {
    try device.autoregress(y, correlation: Device.Element(correlation), adjoint: true)
    try device.autoregress(y, correlation: Device.Element(correlation), adjoint: false)
  }
}

struct AutoregressiveStructure: CovarianceStructure {
  var correlation: Double
  var coordinateCount: Int

  func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    AutoregressiveOperator(device: device, correlation: correlation, coordinateCount: coordinateCount)
  }
}
