import LacunaAlgebra
import MaskedRegression

/// What one trial takes: storage on the device and floating-point operations, by its route.
///
/// With n ≥ d: the Gram, a block of samples, and for several inverses a second matrix, for eigenvectors two more; for
/// forms of resolvents 2 + spikes numbers a ridge (64 ridges at a time) and coordinate. With n < d: the samples, two n × n
/// matrices (three more and XΣ where Σ ≠ cI + UΘUᵀ), blocks of columns.
public struct TrialForecast: Sendable, Equatable {
  /// What takes storage and operations beyond the errors of leave-one-out masks.
  public struct Demands: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Σ is dense: its factor and a product with it are stored.
    public static let dense = Demands(rawValue: 1)
    /// Eigenvalues are measured: two more d × d matrices and a block, and about 5 d³ operations a ridge.
    public static let spectral = Demands(rawValue: 2)
    /// Spikes are recovered: one more matrix.
    public static let recovery = Demands(rawValue: 4)
    /// Principal components as the rival: one more matrix, and twice as many vectors as the highest rank.
    public static let principal = Demands(rawValue: 16)
    /// Variance over draws: a predictor a ridge is kept.
    public static let variance = Demands(rawValue: 32)
    /// Σ = cI + UΘUᵀ.
    public static let isotropicSpiked = Demands(rawValue: 8)
  }

  /// Bytes of device storage.
  public let bytes: Int
  /// Bytes of the largest single matrix.
  public let largestMatrixBytes: Int
  /// Floating-point operations, multiplications and additions each one; random numbers beside.
  public let operations: Double

  /// - Parameter route: nil takes inverses, of the smaller Gram.
  /// - Parameter mask: the route is that of leave-one-out masks; others have one way each.
  /// - Parameter workspace: `Backend.workspaceMatrices`; the host's by default.
  public init(
    sampleCount: Int, coordinateCount: Int, ridgeCount: Int, precision: Precision, route: ErrorRoute? = nil,
    mask: MaskConfiguration = .leaveOneOut, demands: Demands = [], spikeCount: Int = 0,
    workspace: (tridiagonalize: Int, eigendecompose: Int) = (0, 2)
  ) {
    let (n, d) = (Double(sampleCount), Double(coordinateCount))
    let block = Double(blockRows(sampleCount: sampleCount, coordinateCount: coordinateCount)) * d
    let columns = Double(dualBlockColumns(sampleCount: sampleCount, coordinateCount: coordinateCount))
    let isIsotropicSpiked = demands.contains(.isotropicSpiked)
    // Forms at up to 64 ridges, on the device and brought to the host.
    let forms = 2 * (2 + Double(spikeCount)) * min(Double(ridgeCount), 64)
    // Reflectors, and their products, from which the orthogonal factor is formed.
    let panels = 256.0
    var numbers: Double
    var largest = sampleCount < coordinateCount ? n * d : d * d
    if mask != .leaveOneOut {
      numbers = block + mask.scheme.storedNumbers(order: d, block: block)
      largest = max(d * d, block)
    } else {
      switch route ?? (sampleCount < coordinateCount ? .sampleInverses : .inverses) {
      case .inverses: numbers = d * d * (ridgeCount > 1 ? 2 : 1) + block
      case .tridiagonal: numbers = d * d * Double(1 + workspace.tridiagonalize) + block + (panels + forms) * d
      case .eigenvectors: numbers = d * d * Double(1 + workspace.eigendecompose) + block + forms * d
      case .sampleInverses:
        numbers =
          isIsotropicSpiked ? n * d + 2 * n * n + 2 * n * columns : 2 * n * d + 5 * n * n + 3 * n * columns
      case .sampleTridiagonal:
        numbers = n * d + n * n * Double(2 + workspace.tridiagonalize) + (2 * n + forms) * columns + panels * n
      }
    }
    if demands.contains(.dense) { numbers += d * d + max(block, min(n, d) * d) }
    if demands.contains(.spectral) { numbers += 2 * d * d + block }
    if !demands.isDisjoint(with: [.recovery, .principal]) { numbers += d * d }
    if demands.contains(.principal) { numbers += 1.5 * min(n, d) * d }
    if demands.contains(.variance) { numbers += Double(ridgeCount) * d * d }
    if !demands.isDisjoint(with: [.dense, .spectral]) { largest = max(largest, d * d) }
    let size = Double(precision.byteCount)
    bytes = Int((numbers * size).rounded())
    largestMatrixBytes = Int((largest * size).rounded())
    operations =
      TrialCost(
        sampleCount: sampleCount, coordinateCount: coordinateCount, ridgeCount: ridgeCount, route: route,
        isMasked: mask != .leaveOneOut, demands: demands, spikeCount: spikeCount
      ).operations
  }

  /// The largest d at the same n/d that a device of this much memory, and of allocations up to a limit, can hold.
  public static func largestCoordinateCount(
    aspect samplesPerCoordinate: Double, ridgeCount: Int, precision: Precision, route: ErrorRoute?,
    mask: MaskConfiguration, demands: Demands, memory: Int, largestAllocation: Int
  ) -> Int {
    var low = 1
    var high = 1 << 24
    while high - low > 1 {
      let middle = (low + high) / 2
      let n = max(1, Int((Double(middle) * samplesPerCoordinate).rounded()))
      let forecast = TrialForecast(
        sampleCount: n, coordinateCount: middle, ridgeCount: ridgeCount, precision: precision, route: route,
        mask: mask, demands: demands)
      if forecast.bytes <= memory && forecast.largestMatrixBytes <= largestAllocation {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }
}

/// Rows of a block of samples: enough work for a rank update, small beside the Gram.
func blockRows(sampleCount n: Int, coordinateCount d: Int) -> Int {
  min(n, max(256, (1 << 22) / d))
}
