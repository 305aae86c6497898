import LacunaAlgebra
import MaskedRegression

/// A population covariance that a device can draw samples from, by its structure.
///
/// With Σ = LLᵀ a sample is x = Lz, z a row of independent entries; every conformer applies L in O(d) or O(d log d) a row,
/// save the dense one.
package protocol SampledCovariance<Device>: CovarianceOperator {
  /// Fills x (rows × d) with samples; row i is sample `firstSample + i` of the stream.
  func sample(into x: Device.Matrix, law: EntryLaw, stream: RandomStream, firstSample: Int) throws(BackendError)
}

/// A scratch matrix that grows to the largest shape asked for.
final class Scratch<Device: Backend> {
  private let device: Device
  private var storage: Device.Matrix?

  init(_ device: Device) { self.device = device }

  func matrix(rows: Int, columns: Int) throws(BackendError) -> Device.Matrix {
    if let storage, storage.count >= rows * columns { return storage.reshaped(rows: rows, columns: columns) }
    storage = nil
    let grown = try device.makeMatrix(rows: rows, columns: columns)
    storage = grown
    return grown
  }
}
