import LacunaAlgebra

/// Where samples come from: `data` in a configuration.
///
/// Rows are Σ^{1/2}z with independent entries z of mean 0 and variance 1. For `isotropic`, `spiked` and `diagonal`
///
///     Σ = diag(variances) + Σ_i strength_i · u_i u_iᵀ
///
/// A field that the chosen model does not take is `nil` (or empty, or at its default); `Model.keys` says which it takes.
public struct DataConfiguration: Sendable, Equatable {
  /// `data.model`: the family of Σ.
  public var model: Model
  /// `data.coordinates`: d ≥ 2.
  public var coordinates: Int
  /// `data.samples`, or round(d/γ) for each γ of `data.aspect_ratio`: the sample counts n ≥ 1, in the order given.
  public var samples: [Int]
  /// `data.spikes`: rank-one parts of Σ; empty by default.
  public var spikes: [Spike]
  /// `data.noise.law`: the law of the independent entries; Gaussian by default.
  public var law: EntryLaw
  /// `data.noise.variances`: the diagonal part of Σ; 1 by default.
  public var variances: Variances
  /// `data.correlation` in (−1, 1): ar1 (Σ_ij = ρ^|i−j|) and block (ρ inside a block).
  public var correlation: Double?
  /// `data.blocks`: how many blocks, between 1 and d.
  public var blocks: Int?
  /// `data.first_row`: of Σ, for toeplitz and circulant; see `FirstRow.expanded`.
  public var firstRow: FirstRow?
  /// `data.exponent` ≥ 0: power_law, eigenvalues k^−exponent scaled to mean 1.
  public var exponent: Double?
  /// `data.file`: absolute path of a dense d × d Σ, for the model `file`.
  public var file: String?

  public init(
    model: Model, coordinates: Int, samples: [Int], spikes: [Spike] = [], law: EntryLaw = .gaussian,
    variances: Variances = .constant(1), correlation: Double? = nil, blocks: Int? = nil, firstRow: FirstRow? = nil,
    exponent: Double? = nil, file: String? = nil
  ) {
    self.model = model
    self.coordinates = coordinates
    self.samples = samples
    self.spikes = spikes
    self.law = law
    self.variances = variances
    self.correlation = correlation
    self.blocks = blocks
    self.firstRow = firstRow
    self.exponent = exponent
    self.file = file
  }
}

extension DataConfiguration {
  /// The families of Σ, by their word in a configuration.
  public enum Model: String, Sendable, CaseIterable {
    case isotropic, spiked, diagonal, ar1, toeplitz, circulant, block
    case powerLaw = "power_law"
    case file

    /// The keys of `data` that this family takes besides `model`, `coordinates`, `samples`, `aspect_ratio` and
    /// `noise.law`.
    public var keys: [String] {
      switch self {
      case .isotropic: ["noise.variances"]
      case .spiked, .diagonal: ["spikes", "noise.variances"]
      case .ar1: ["correlation"]
      case .toeplitz, .circulant: ["first_row"]
      case .block: ["correlation", "blocks"]
      case .powerLaw: ["exponent"]
      case .file: ["file"]
      }
    }

    /// The families that take a key of `data`, by their word.
    static func taking(_ key: String) -> [String] {
      allCases.filter { $0.keys.contains(key) }.map(\.rawValue)
    }
  }

  /// A rank-one part strength · u uᵀ of Σ, |u| = 1.
  public struct Spike: Sendable, Equatable {
    /// θ, finite; Σ must stay positive definite.
    public var strength: Double
    public var direction: Direction

    public init(strength: Double, direction: Direction = .delocalized) {
      self.strength = strength
      self.direction = direction
    }
  }

  /// How the unit vector u of a spike is made.
  public enum Direction: Sendable, Equatable {
    /// Uniform on the sphere.
    case delocalized
    /// k coordinates are non-zero, 1 ≤ k ≤ d.
    case sparse(Int)
    /// Read from the file at this absolute path: d numbers, scaled to length 1.
    case file(String)
  }

  /// The diagonal part of Σ, every value > 0.
  public enum Variances: Sendable, Equatable {
    case constant(Double)
    /// d values.
    case list([Double])
    /// Evenly spaced from coordinate 1 to coordinate d.
    case linear(Double, Double)
    /// Evenly spaced in the logarithm from coordinate 1 to coordinate d.
    case geometric(Double, Double)
    /// Read from the file at this absolute path: d numbers.
    case file(String)
  }

  /// The first row of a Toeplitz or circulant Σ.
  public enum FirstRow: Sendable, Equatable {
    /// At most d values; `expanded` gives all d.
    case list([Double])
    /// Read from the file at this absolute path: as `list`.
    case file(String)

    /// The whole first row from its leading values: lags that are not given are 0.
    ///
    /// Toeplitz: `leading` followed by zeros. Circulant: a full row of d values stands as it is; at most ⌊d/2⌋ + 1
    /// values are the lags 0, 1, …, and lag d − k repeats lag k, so that Σ is symmetric.
    /// - Returns: d values, or `nil` where `leading` is empty, longer than d, or (circulant) between ⌊d/2⌋ + 2 and d − 1.
    public static func expanded(_ leading: [Double], coordinates: Int, circulant: Bool) -> [Double]? {
      guard !leading.isEmpty, leading.count <= coordinates else { return nil }
      if leading.count == coordinates { return leading }
      var row = leading + Array(repeating: 0, count: coordinates - leading.count)
      guard circulant else { return row }
      guard leading.count <= coordinates / 2 + 1 else { return nil }
      for lag in leading.indices.dropFirst() { row[coordinates - lag] = leading[lag] }
      return row
    }
  }
}
