import LacunaAlgebra

/// What one trial takes: storage on the device and floating-point operations, by its route; a sum of what is said beside the
/// code that allocates.
public struct TrialForecast: Sendable, Equatable {
  /// Bytes of device storage.
  public let bytes: Int
  /// Bytes of the largest matrix that has to lie in one piece: of those whose eigenvalues are found. All others may lie in slabs.
  public let largestPieceBytes: Int
  /// Floating-point operations, multiplications and additions each one; random numbers beside.
  public let operations: Double

  /// - Parameter shape: of the problem.
  /// - Parameter needs: of the measures.
  /// - Parameter precision: of the numbers.
  /// - Parameter route: to the errors of leave-one-out masks; nil takes inverses, of the smaller Gram.
  /// - Parameter workspace: `Backend.workspaceMatrices`; the host's by default.
  /// - Parameter rowBlock: `Backend.rowBlock(columns:)` of d columns; the usual one by default.
  /// - Parameter temporaryBytes: `Backend.temporaryBytes(order:)` of d; the host's by default.
  public init(
    _ shape: TrialShape, needs: TrialNeeds = TrialNeeds(), precision: Precision, route: ErrorRoute? = nil,
    workspace: (tridiagonalize: Int, eigendecompose: Int) = (0, 2), rowBlock: Int? = nil,
    temporaryBytes: Int = 0
  ) {
    let numbers = shape.storedNumbers(
      route: route, parts: needs.parts, workspace: workspace,
      rowBlock: rowBlock ?? RowBlock.usual(columns: shape.coordinateCount))
    let size = Double(precision.byteCount)
    let cost = TrialCost(shape, needs: needs, route: route)
    let d = Double(shape.coordinateCount)
    let solver = needs.findsEigenvectors ? d * d * Double(workspace.eigendecompose) : 0
    bytes = Int(((numbers + needs.numbers + solver) * size).rounded()) + temporaryBytes
    largestPieceBytes = Int(Double(cost.largestReduction) * Double(cost.largestReduction) * size)
    operations = cost.operations
  }

  /// A trial of the errors alone, of leave-one-out masks under a structured Σ.
  public init(sampleCount: Int, coordinateCount: Int, ridgeCount: Int, precision: Precision) {
    self.init(
      TrialShape(sampleCount: sampleCount, coordinateCount: coordinateCount, ridgeCount: ridgeCount),
      precision: precision)
  }

  /// Whether a device has the memory, and buffers large enough.
  func fits(memory: Int, largestAllocation: Int) -> Bool {
    bytes <= memory && largestPieceBytes <= largestAllocation
  }

  /// The largest d at the same n/d that a device of this much memory, and of buffers up to a limit, can hold.
  /// - Parameter shape: of the problem.
  /// - Parameter memory: bytes of the device.
  /// - Parameter largestAllocation: bytes of its largest buffer.
  /// - Parameter forecast: of a trial of a shape.
  public static func largestCoordinateCount(
    _ shape: TrialShape, memory: Int, largestAllocation: Int, forecast: (TrialShape) -> TrialForecast
  ) -> Int {
    var low = 1
    var high = 1 << 24
    while high - low > 1 {
      let middle = (low + high) / 2
      let forecast = forecast(shape.scaled(toCoordinates: middle))
      if forecast.fits(memory: memory, largestAllocation: largestAllocation) {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }
}
