import LacunaAlgebra

/// Tiles of masked samples: what is visible beside what is hidden, drawn as they are asked for and never stored whole.
final class MaskedTiles<Device: Backend> {
  private let device: Device
  private let masks: MaskPattern
  private let columns: Int
  private var visible: Device.Matrix?
  private var hidden: Device.Matrix?
  private var predictions: Device.Matrix?
  private var ones: Device.Matrix?

  init(device: Device, masks: MaskPattern, columns: Int) {
    self.device = device
    self.masks = masks
    self.columns = columns
  }

  /// Passes (m ∘ x, (1 − m) ∘ x, first pair) for each tile of the block's pairs.
  func forEach(
    of x: Device.Matrix, firstSample: Int, _ body: (Device.Matrix, Device.Matrix, Int) throws -> Void
  ) throws {
    let size = max(256, (1 << 19) / max(columns, 1))
    let pairs = x.rows * masks.count
    var first = 0
    while first < pairs {
      let count = min(size, pairs - first)
      let shown = try rows(&visible, count)
      let covered = try rows(&hidden, count)
      try device.maskRows(
        of: x, masks: masks, firstSample: firstSample, firstPair: first, keeping: .visible, into: shown)
      try device.maskRows(
        of: x, masks: masks, firstSample: firstSample, firstPair: first, keeping: .hidden, into: covered)
      try body(shown, covered, first)
      first += count
    }
  }

  /// Passes (m ∘ x, 1 − m, a scratch of the same shape) for each tile of the block's pairs.
  func forEachIndicator(
    of x: Device.Matrix, firstSample: Int, _ body: (Device.Matrix, Device.Matrix, Device.Matrix) throws -> Void
  ) throws {
    let size = max(256, (1 << 19) / max(columns, 1))
    let pairs = x.rows * masks.count
    let unit = try unitRows(x.rows)
    var first = 0
    while first < pairs {
      let count = min(size, pairs - first)
      let shown = try rows(&visible, count)
      let covered = try rows(&hidden, count)
      try device.maskRows(
        of: x, masks: masks, firstSample: firstSample, firstPair: first, keeping: .visible, into: shown)
      try device.maskRows(
        of: unit, masks: masks, firstSample: firstSample, firstPair: first, keeping: .hidden, into: covered)
      try body(shown, covered, try rows(&predictions, count))
      first += count
    }
  }

  private func rows(_ storage: inout Device.Matrix?, _ count: Int) throws -> Device.Matrix {
    if let storage, storage.rows >= count { return storage.firstRows(count) }
    let grown = try device.makeMatrix(rows: count, columns: columns)
    storage = grown
    return grown
  }

  private func unitRows(_ count: Int) throws -> Device.Matrix {
    if let ones, ones.rows >= count { return ones.firstRows(count) }
    let made = try device.makeMatrix(
      [Device.Element](repeating: 1, count: count * columns), rows: count, columns: columns)
    ones = made
    return made
  }
}
