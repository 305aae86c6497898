/// What can go wrong in a backend: the caller's mistake, a numerical failure and a device failure told apart.
///
/// A negative `info` from LAPACK or a wrong argument to a device library is a defect of the backend itself and traps.
public enum BackendError: Error, Sendable, Equatable {
  /// The shapes of the operands do not fit the operation.
  case dimensionMismatch(operation: String, expected: String, actual: String)
  /// An input holds NaN or an infinity; the position is that of the first one found.
  case nonFinite(argument: String, row: Int, column: Int)
  /// A pivot was not positive: the leading minor of this order (counted from 1) is not positive definite.
  case notPositiveDefinite(leadingMinor: Int)
  /// An iteration stopped short; `info` is what the algorithm reported.
  case noConvergence(operation: String, info: Int)
  /// Bytes asked for, bytes that could be had (0: unknown).
  case outOfMemory(requested: Int, available: Int, device: String)
  /// The device cannot do this at all.
  case unsupported(String, device: String)
  /// A call of the device's interface failed.
  case device(call: String, status: Int, log: String)
}

extension BackendError {
  /// Whether the device failed, not the data or the caller: another device may do the same work.
  public var isDeviceFailure: Bool {
    switch self {
    case .outOfMemory, .unsupported, .device: true
    case .dimensionMismatch, .nonFinite, .notPositiveDefinite, .noConvergence: false
    }
  }
}

extension BackendError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .dimensionMismatch(let operation, let expected, let actual):
      "\(operation): expected \(expected), got \(actual)"
    case .nonFinite(let argument, let row, let column):
      "\(argument) is not finite at row \(row + 1), column \(column + 1)"
    case .notPositiveDefinite(let minor):
      "matrix is not positive definite (leading minor of order \(minor)); a larger ridge makes it so"
    case .noConvergence(let operation, let info):
      "\(operation) did not converge (info \(info))"
    case .outOfMemory(let requested, let available, let device):
      "\(device) could not give \(Self.mebibytes(requested))"
        + (available > 0 ? " (\(Self.mebibytes(available)) available)" : "")
        + "; fewer coordinates, float32 or another device would fit"
    case .unsupported(let what, let device):
      "\(device) does not support \(what)"
    case .device(let call, let status, let log):
      "\(call) failed with status \(status)" + (log.isEmpty ? "" : ": \(log)")
    }
  }

  private static func mebibytes(_ bytes: Int) -> String {
    let tenths = ((bytes & (1 << 20 - 1)) * 10) >> 20
    return "\(bytes >> 20).\(tenths) MiB"
  }
}
