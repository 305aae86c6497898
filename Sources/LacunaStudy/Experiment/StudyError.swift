import DeterministicEquivalents
import LacunaAlgebra
import LacunaFigures
import LacunaFiles
import MaskedRegression

/// Why a study cannot be run or written, by the part of the library that says so.
public enum StudyError: Error, Sendable, CustomStringConvertible {
  /// A Σ that is none, or of which theory does not hold.
  case population(PopulationError)
  /// A data model, or a file it names.
  case model(ModelError)
  case masks(PartitionError)
  /// No predictor exists for the drawn data at these ridges.
  case regression(RegressionError)
  case backend(BackendError)
  case file(DataFileError)
  case figure(FigureError)
  /// Of a measure, a backend or a callback of the caller's own.
  case other(any Error)

  /// The error of that part.
  public var underlying: any Error {
    switch self {
    case .population(let error): error
    case .model(let error): error
    case .masks(let error): error
    case .regression(let error): error
    case .backend(let error): error
    case .file(let error): error
    case .figure(let error): error
    case .other(let error): error
    }
  }

  public var description: String { "\(underlying)" }

  init(_ error: any Error) {
    self =
      switch error {
      case let error as StudyError: error
      case PopulationError.backend(let error): .backend(error)
      case let error as PopulationError: .population(error)
      case let error as ModelError: .model(error)
      case let error as PartitionError: .masks(error)
      case let error as RegressionError: .regression(error)
      case let error as BackendError: .backend(error)
      case let error as DataFileError: .file(error)
      case let error as FigureError: .figure(error)
      default: .other(error)
      }
  }

  /// Does the work; what it throws becomes a `StudyError`.
  static func wrapping<Value>(_ work: () throws -> Value) throws(StudyError) -> Value {
    do {
      return try work()
    } catch {
      throw StudyError(error)
    }
  }
}
