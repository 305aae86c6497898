import ArgumentParser
import DeterministicEquivalents
import LacunaAlgebra
import LacunaDevices
import LacunaFigures
import LacunaFiles
import LacunaFits
import LacunaStudy
import MaskedRegression

/// Exit statuses, after sysexits.h.
enum ExitStatus {
  static let usage: Int32 = 64
  static let data: Int32 = 65
  static let noInput: Int32 = 66
  static let device: Int32 = 69
  static let software: Int32 = 70
  static let cannotCreate: Int32 = 73
  static let io: Int32 = 74
  /// Something is left to do, and the same command goes on with it.
  static let unfinished: Int32 = 75
  static let interrupted: Int32 = 130
}

extension ExitStatus {
  static func of(_ error: ShardError) -> Int32 {
    switch error {
    case .share, .goal, .otherPrecision: usage
    case .noPlan: noInput
    case .malformedPlan, .otherStudy, .otherNumerics, .changedFile, .disagreement: data
    case .unitsLeft: unfinished
    }
  }

  static func of(_ error: DataFileError) -> Int32 {
    switch error.category {
    case .noInput: noInput
    case .data: data
    case .cannotCreate: cannotCreate
    case .io: io
    }
  }

  static func of(_ error: FigureError) -> Int32 {
    switch error {
    case .nothingToDraw, .emptySeries, .invalidRange: data
    case .invalidName: cannotCreate
    case .gnuplotMissing: device
    case .gnuplotFailed: software
    case .file(let error): of(error)
    }
  }

  static func of(_ error: BackendError) -> Int32 {
    switch error {
    case .nonFinite, .notPositiveDefinite: data
    case .outOfMemory, .unsupported, .device: device
    case .noConvergence, .dimensionMismatch: software
    }
  }

  static func of(_ error: DeviceError) -> Int32 {
    switch error {
    case .unknown, .unusable: device
    case .failed(let error): of(error)
    }
  }
}

/// A message and the exit status that goes with it.
struct Failure: Error {
  var message: String
  var status: Int32

  init(_ message: String, status: Int32) {
    self.message = message
    self.status = status
  }

  /// What an error of any layer means to the person at the terminal.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure:
      self = failure
    case let error as StudyError:
      self.init(error.underlying)
    case let error as ShardError:
      self.init(error.description, status: ExitStatus.of(error))
    case let error as ConfigurationError:
      self.init(error.description, status: error.isUsage ? ExitStatus.usage : ExitStatus.data)
    case let error as DataFileError:
      self.init(error.description, status: ExitStatus.of(error))
    case PopulationError.backend(let error):
      self.init(error)
    case let error as PopulationError:
      self.init(error.description, status: ExitStatus.data)
    case let error as ModelError:
      self.init(error.description, status: ExitStatus.data)
    case let error as FitError:
      switch error {
      case .regression, .missingData, .data: self.init(error.description, status: ExitStatus.data)
      case .request: self.init(error.description, status: ExitStatus.usage)
      case .backend(let error): self.init(error)
      case .cancelled: self.init(error.description, status: ExitStatus.interrupted)
      }
    case let error as ApplyError:
      self.init(error.description, status: ExitStatus.data)
    case let error as RegressionError:
      self.init(error.description, status: ExitStatus.data)
    case let error as PartitionError:
      self.init(error.description, status: ExitStatus.data)
    case let error as DeviceError:
      self.init(error.description, status: ExitStatus.of(error))
    case let error as BackendError:
      self.init(error.description, status: ExitStatus.of(error))
    case let error as FigureError:
      self.init(error.description, status: ExitStatus.of(error))
    default:
      self.init("\(error)", status: ExitStatus.software)
    }
  }
}

/// Runs the body of a command; an error becomes one line on stderr and its exit status.
func reportingFailures(_ body: () throws -> Void) throws {
  do {
    try body()
    try StandardOutput.finish()
  } catch let error as ValidationError {
    throw error
  } catch let error as ExitCode {
    throw error
  } catch {
    Interrupt.yieldIfEnding()
    let failure = Failure(error)
    log.error("\(Interrupt.placed(failure.message))")
    throw ExitCode(failure.status)
  }
}
