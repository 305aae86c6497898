import LacunaAlgebra

/// Why a fit could not be made.
public enum FitError: Error, Sendable, CustomStringConvertible {
  /// No predictor exists for these data at these ridges.
  case regression(RegressionError)
  /// A coordinate, or a pair, is never observed.
  case missingData(MissingDataError)
  case backend(BackendError)
  /// The data do not allow what was asked.
  case data(String)
  /// What was asked has no meaning.
  case request(String)
  /// Whoever asked for the fit ended it.
  case cancelled

  public var description: String {
    switch self {
    case .regression(let error): error.description
    case .missingData(let error): error.description
    case .backend(let error): error.description
    case .data(let reason), .request(let reason): reason
    case .cancelled: "the fit was ended before it was done"
    }
  }

  /// The device's failure, if it is one.
  public var backend: BackendError? {
    if case .backend(let error) = self { error } else { nil }
  }

  /// Does the work; what it throws becomes a `FitError`.
  package static func wrapping<Value>(_ work: () throws -> Value) throws(FitError) -> Value {
    do {
      return try work()
    } catch let error as FitError {
      throw error
    } catch let error as RegressionError {
      throw .regression(error)
    } catch let error as MissingDataError {
      throw .missingData(error)
    } catch let error as BackendError {
      throw .backend(error)
    } catch is CancellationError {
      throw .cancelled
    } catch {
      throw .data("\(error)")
    }
  }
}
