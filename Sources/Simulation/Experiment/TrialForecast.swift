import LinearAlgebra

/// What one trial takes: storage on the device and floating-point operations, by the route that n and d decide.
///
/// n ≥ d: the Gram, a second matrix where several ridges need it whole, a block of samples; n d² + ridges · (d³ + O(d²))
/// operations. n < d: samples, their product and a scratch of one shape, two n × n Grams; (1 + ridges · 4) n²d + ridges · n³.
public struct TrialForecast: Sendable, Equatable {
  /// What takes storage and operations beyond the errors of leave-one-out masks.
  public struct Demands: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Σ is dense: its factor and a product with it are stored.
    public static let dense = Demands(rawValue: 1)
    /// Eigenvalues are measured: three more d × d matrices, a block, the eigensolver's workspace of two, and about 5 d³
    /// operations a ridge.
    public static let spectral = Demands(rawValue: 2)
    /// Masks other than leave-one-out, which take up to eight d × d matrices at any n.
    public static let masked = Demands(rawValue: 4)
  }

  /// Bytes of device storage.
  public let bytes: Int
  /// Bytes of the largest single matrix.
  public let largestMatrixBytes: Int
  /// Floating-point operations, multiplications and additions each one.
  public let operations: Double
  /// The operations of a multiply that takes as long: inverses run at half its rate, eigensolvers at about a tenth, and a
  /// random number takes the time of 300 operations.
  public let work: Double

  /// - Parameter drawnMasks: M, masks drawn for each sample under a loss that is solved by iteration; 0 for closed forms.
  public init(
    sampleCount: Int, coordinateCount: Int, ridgeCount: Int, precision: Precision, demands: Demands = [],
    drawnMasks: Int = 0
  ) {
    let n = Double(sampleCount)
    let d = Double(coordinateCount)
    let ridges = Double(ridgeCount)
    let numbers: Double
    let largest: Double
    let errorOperations: Double
    if demands.contains(.masked) {
      let rows = Double(blockRows(sampleCount: sampleCount, coordinateCount: coordinateCount))
      numbers = 8 * d * d + rows * d
      largest = max(d, rows) * d
      errorOperations = n * d * d + ridges * 3 * d * d * d
    } else if sampleCount < coordinateCount {
      numbers = 3 * n * d + 2 * n * n
      largest = n * d
      errorOperations = n * n * d + ridges * (n * n * n + 6 * n * n * d)
    } else {
      let rows = Double(blockRows(sampleCount: sampleCount, coordinateCount: coordinateCount))
      numbers = d * d * (ridgeCount > 1 ? 2 : 1) + rows * d
      largest = d * d
      errorOperations = n * d * d + ridges * d * d * d
    }
    let covariance = demands.contains(.dense) ? 2 * d * d : 0
    let eigen =
      demands.contains(.spectral)
      ? 5 * d * d + Double(blockRows(sampleCount: sampleCount, coordinateCount: coordinateCount)) * d : 0
    let isSpectral = demands.contains(.spectral)
    // About 30 steps, two products over all masked samples each.
    let iterations = Double(drawnMasks) * ridges * 30 * 4 * n * d * d
    operations = errorOperations + iterations + (isSpectral ? n * d * d + ridges * 5 * d * d * d : 0)
    work =
      2 * errorOperations + iterations + (isSpectral ? n * d * d + ridges * 20 * d * d * d : 0)
      + 300 * n * d * (isSpectral ? 2 : 1)
    let size = Double(precision.byteCount)
    bytes = Int(((numbers + covariance + eigen) * size).rounded())
    largestMatrixBytes = Int(
      (max(largest, demands.isDisjoint(with: [.dense, .spectral]) ? 0 : d * d) * size).rounded())
  }

  /// The largest d at the same n/d that a device of this much memory, and of allocations up to a limit, can hold.
  public static func largestCoordinateCount(
    aspect samplesPerCoordinate: Double, ridgeCount: Int, precision: Precision, demands: Demands,
    memory: Int,
    largestAllocation: Int
  ) -> Int {
    var low = 1
    var high = 1 << 24
    while high - low > 1 {
      let middle = (low + high) / 2
      let n = max(1, Int((Double(middle) * samplesPerCoordinate).rounded()))
      let forecast = TrialForecast(
        sampleCount: n, coordinateCount: middle, ridgeCount: ridgeCount, precision: precision,
        demands: demands)
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
