extension DiagonalPopulation {
  public var hasEqualCoordinates: Bool { commonVariance != nil }
}

extension SpikedPopulation {
  /// Equal noise and spikes that are spread out.
  public var hasEqualCoordinates: Bool { noise.hasEqualCoordinates && hasSpreadSpikes }

  /// d Σ_k u_k⁴ ≤ 4 for every spike; it is 1 for equal entries and 3 for Gaussian ones.
  var hasSpreadSpikes: Bool {
    directions.allSatisfy { u in Double(u.count) * blockSum(u.map { $0 * $0 * $0 * $0 }) <= 4 }
  }
}

extension CirculantPopulation {
  public var hasEqualCoordinates: Bool { true }
}

extension ToeplitzPopulation {
  public var hasEqualCoordinates: Bool { true }
}

extension AutoregressivePopulation {
  public var hasEqualCoordinates: Bool { true }
}

extension BlockPopulation {
  public var hasEqualCoordinates: Bool { true }
}
