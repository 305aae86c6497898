import LacunaAlgebra

/// What the cost of one trial depends on.
public struct TrialShape: Sendable, Equatable {
  public var sampleCount: Int
  public var coordinateCount: Int
  public var ridgeCount: Int
  public var mask: MaskConfiguration
  public var weights: WeightConfiguration
  public var spikeCount: Int
  /// Whether Σ is dense: its factor and a product with it are stored.
  public var isDense: Bool
  /// Whether Σ = cI + UΘUᵀ in units in which the penalty is that of one ridge.
  public var isIsotropicSpiked: Bool

  public init(
    sampleCount: Int, coordinateCount: Int, ridgeCount: Int, mask: MaskConfiguration = .leaveOneOut,
    weights: WeightConfiguration = .uniform, spikeCount: Int = 0, isDense: Bool = false, isIsotropicSpiked: Bool = false
  ) {
    self.sampleCount = sampleCount
    self.coordinateCount = coordinateCount
    self.ridgeCount = ridgeCount
    self.mask = mask
    self.weights = weights
    self.spikeCount = spikeCount
    self.isDense = isDense
    self.isIsotropicSpiked = isIsotropicSpiked && weights == .uniform
  }

  /// The same at d coordinates and as many samples a coordinate.
  func scaled(toCoordinates d: Int) -> TrialShape {
    var shape = self
    shape.coordinateCount = d
    shape.sampleCount = max(1, Int((Double(d) * Double(sampleCount) / Double(coordinateCount)).rounded()))
    return shape
  }

  /// So many d³ operations on matrices of order d.
  public func work(_ work: DeviceRates.Work, cubes: Double) -> TrialWork {
    let d = Double(coordinateCount)
    return TrialWork(work: work, order: coordinateCount, operations: cubes * d * d * d)
  }
}

/// Floating-point operations of one kind; of `fill`, numbers drawn.
public struct TrialWork: Sendable, Equatable {
  public var work: DeviceRates.Work
  /// Of the matrices.
  public var order: Int
  public var operations: Double
}

/// What a measure asks of a trial beyond the errors.
public struct TrialNeeds: Sendable {
  /// What `TrialData` makes, once for all measures that ask.
  public struct Parts: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// S, d × d, kept as long as the trial lasts.
    public static let gram = Parts(rawValue: 1)
    /// The resolvent at each ridge, d × d, and what is made of it in place; implies the Gram.
    public static let resolvent = Parts(rawValue: 2)
    /// A d × d matrix that whoever has the trial may destroy, and before the ridges another.
    public static let workspace = Parts(rawValue: 4)
  }

  public var parts: Parts
  /// Numbers on the device that the measure stores beside.
  public var numbers: Double
  /// Whether the measure finds more than a few eigenvectors of a d × d matrix, for which the backend has its own workspace.
  public var findsEigenvectors: Bool
  /// Operations beside those of the parts.
  public var work: [TrialWork]

  public init(
    parts: Parts = [], numbers: Double = 0, findsEigenvectors: Bool = false, work: [TrialWork] = []
  ) {
    self.parts = parts
    self.numbers = numbers
    self.findsEigenvectors = findsEigenvectors
    self.work = work
  }

  /// What several measures need of the same trial.
  static func together(_ needs: [TrialNeeds]) -> TrialNeeds {
    needs.reduce(into: TrialNeeds()) { sum, next in
      sum.parts.formUnion(next.parts)
      sum.numbers += next.numbers
      sum.findsEigenvectors = sum.findsEigenvectors || next.findsEigenvectors
      sum.work += next.work
    }
  }
}
