import LacunaAlgebra
import RealModule

/// Unit variances, correlation ρ inside each block and none between blocks.
///
/// On a block of size b, Σ = (1−ρ)I + ρ11ᵀ has the symmetric root √(1−ρ)·I + (√(1−ρ+bρ) − √(1−ρ))·11ᵀ/b.
struct BlockOperator<Device: Backend>: SampledCovariance {
  let device: Device
  /// Block b covers the coordinates bounds[b] ..< bounds[b + 1].
  let bounds: [Int]
  let correlation: Double

  var variances: [Double] { [Double](repeating: 1, count: bounds.last ?? 0) }

  private var sizes: [Double] { zip(bounds.dropFirst(), bounds).map { Double($0 - $1) } }

  private func applyRoot(_ x: Device.Matrix) throws(BackendError) {
    let scale = Double.sqrt(1 - correlation)
    let shift = sizes.map { Device.Element(Double.sqrt(1 - correlation + $0 * correlation) - scale) }
    try device.mixBlocks(x, bounds: bounds, scale: Device.Element(scale), shift: shift)
  }

  func sample(into x: Device.Matrix, law: EntryLaw, stream: RandomStream, firstSample: Int) throws(BackendError) {
    try device.fill(x, law: law, stream: stream, offset: UInt64(firstSample * x.columns))
    try applyRoot(x)
  }

  func forms(of q: Device.Matrix, into out: Device.Matrix) throws(BackendError) {
    try applyRoot(q)
    try device.rowDots(q, q, weights: nil, into: out)
  }

  func multiply(_ y: Device.Matrix) throws(BackendError) {
    let shift = sizes.map { Device.Element($0 * correlation) }
    try device.mixBlocks(y, bounds: bounds, scale: Device.Element(1 - correlation), shift: shift)
  }
}

struct BlockStructure: CovarianceStructure {
  var bounds: [Int]
  var correlation: Double

  func realize<Device: Backend>(on device: Device) throws(BackendError) -> any SampledCovariance<Device> {
    BlockOperator(device: device, bounds: bounds, correlation: correlation)
  }
}
