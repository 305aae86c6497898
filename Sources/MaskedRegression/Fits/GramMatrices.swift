import LacunaAlgebra

/// S, d × d, and what is made of it: in a matrix of its own, or in the place of S, which is then summed anew where it is asked for
/// again.
final class GramMatrices<Device: Backend> {
  private let device: Device
  private let samples: SampleBlocks<Device>
  private let order: Int
  /// Whether what is made of S takes its place.
  let areOne: Bool
  private var sum: Device.Matrix?
  /// What was made of S last, or is to be overwritten.
  private(set) var other: Device.Matrix?

  /// - Parameter d: coordinates.
  init(device: Device, samples: SampleBlocks<Device>, coordinateCount d: Int, areOne: Bool) {
    self.device = device
    self.samples = samples
    order = d
    self.areOne = areOne
  }

  /// S, lower triangle. Where both are one what was made of it is gone.
  func gram() throws -> Device.Matrix {
    if let sum { return sum }
    let place: Device.Matrix
    if let other, areOne {
      place = other
      try device.clear(place)
      self.other = nil
    } else {
      place = try device.makeMatrix(rows: order, columns: order)
    }
    try samples.forEachBlock { block, _ in
      try device.accumulateGram(of: block, scale: 1 / Device.Element(samples.sampleCount), into: place)
    }
    sum = place
    return place
  }

  /// A matrix that is not S, of any numbers.
  func scratch() throws(BackendError) -> Device.Matrix {
    if let other { return other }
    let made = try device.makeMatrix(rows: order, columns: order)
    other = made
    return made
  }

  /// What Q is made in beside S, of any numbers; nil where it is S itself, which is then spent.
  func placeOfResolvent() throws -> Device.Matrix? {
    guard areOne else { return try scratch() }
    _ = try spentGram()
    return nil
  }

  /// S, to be overwritten.
  func spentGram() throws -> Device.Matrix {
    let sum = try gram()
    if areOne {
      (other, self.sum) = (sum, nil)
      return sum
    }
    let copy = try scratch()
    try device.copy(sum, to: copy)
    return copy
  }

  /// Leaves what was made of S to whoever holds it.
  func giveUp() { other = nil }
}
