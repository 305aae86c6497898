import LinearAlgebra

/// What one trial takes: storage on the device and floating-point operations, by the route that n and d decide.
///
/// n ≥ d: the Gram, a second matrix where several ridges need it whole, a block of samples; n d² + ridges · (d³ + O(d²))
/// operations. n < d: samples, their product and a scratch of one shape, two n × n Grams; (1 + ridges · 4) n²d + ridges · n³.
public struct TrialForecast: Sendable, Equatable {
  /// Bytes of device storage.
  public let bytes: Int
  /// Bytes of the largest single matrix.
  public let largestMatrixBytes: Int
  /// Floating-point operations, multiplications and additions each one.
  public let operations: Double

  /// - Parameter dense: Σ is dense, so that its factor and a product with it are stored.
  /// - Parameter spectral: eigenvalues are measured too: three more d × d matrices, a block, and the eigensolver's
  ///   workspace of two; about 4 d³ operations a ridge.
  public init(
    sampleCount: Int, coordinateCount: Int, ridgeCount: Int, precision: Precision, dense: Bool = false,
    spectral: Bool = false
  ) {
    let n = Double(sampleCount)
    let d = Double(coordinateCount)
    let ridges = Double(ridgeCount)
    let numbers: Double
    let largest: Double
    let errorOperations: Double
    if sampleCount < coordinateCount {
      numbers = 3 * n * d + 2 * n * n
      largest = n * d
      errorOperations = n * n * d + ridges * (n * n * n + 6 * n * n * d)
    } else {
      let rows = Double(blockRows(sampleCount: sampleCount, coordinateCount: coordinateCount))
      numbers = d * d * (ridgeCount > 1 ? 2 : 1) + rows * d
      largest = d * d
      errorOperations = n * d * d + ridges * d * d * d
    }
    let covariance = dense ? 2 * d * d : 0
    let eigen =
      spectral ? 5 * d * d + Double(blockRows(sampleCount: sampleCount, coordinateCount: coordinateCount)) * d : 0
    operations = errorOperations + (spectral ? n * d * d + ridges * 5 * d * d * d : 0)
    let size = Double(precision.byteCount)
    bytes = Int(((numbers + covariance + eigen) * size).rounded())
    largestMatrixBytes = Int((max(largest, dense || spectral ? d * d : 0) * size).rounded())
  }

  /// The largest d at the same n/d that a device of this much memory, and of allocations up to a limit, can hold.
  public static func largestCoordinateCount(
    aspect samplesPerCoordinate: Double, ridgeCount: Int, precision: Precision, dense: Bool, spectral: Bool,
    memory: Int,
    largestAllocation: Int
  ) -> Int {
    var low = 1
    var high = 1 << 24
    while high - low > 1 {
      let middle = (low + high) / 2
      let n = max(1, Int((Double(middle) * samplesPerCoordinate).rounded()))
      let forecast = TrialForecast(
        sampleCount: n, coordinateCount: middle, ridgeCount: ridgeCount, precision: precision, dense: dense,
        spectral: spectral)
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
