import DeterministicEquivalents
import LacunaAlgebra
import LacunaDevices
import LacunaFiles
import LacunaStudy
import MaskedRegression

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// What a C function returns; `lacuna.h` has the same numbers.
enum Status: Int32 {
  case ok, argument, configuration, data, memory, device, cancelled, `internal`

  init(_ error: any Error) {
    switch error {
    case is ArgumentError: self = .argument
    case is CancellationError: self = .cancelled
    case let error as StudyError: self = Status(error.underlying)
    case let error as ConfigurationError:
      if case .option = error.location { self = .argument } else { self = .configuration }
    case PopulationError.backend(let error): self = Status(error)
    case is PopulationError, is ModelError, is PartitionError: self = .configuration
    case let error as FitError:
      switch error {
      case .regression, .missingData, .data: self = .data
      case .request: self = .argument
      case .backend(let error): self = Status(error)
      case .cancelled: self = .cancelled
      }
    case is RegressionError, is DataFileError, is MissingDataError: self = .data
    case let error as DeviceError: if case .failed(let error) = error { self = Status(error) } else { self = .device }
    case let error as BackendError:
      switch error {
      case .nonFinite, .notPositiveDefinite, .noConvergence: self = .data
      case .outOfMemory: self = .memory
      case .unsupported, .device: self = .device
      case .dimensionMismatch: self = .internal
      }
    default: self = .internal
    }
  }
}

/// A call that has no meaning.
struct ArgumentError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Where a call's message goes.
struct MessageBuffer {
  var text: UnsafeMutablePointer<CChar>?
  var capacity: Int64

  /// Does the work of a C function: what it throws becomes a status and a message.
  func attempt(_ work: () throws -> Void) -> Int32 {
    write("")
    do {
      try work()
      return Status.ok.rawValue
    } catch {
      write("\(error)")
      return Status(error).rawValue
    }
  }

  /// As much as there is room for, in whole characters.
  private func write(_ message: String) {
    guard let text, capacity > 0 else { return }
    var count = 0
    for scalar in message.unicodeScalars {
      let bytes = UTF8.encode(scalar).map(Array.init) ?? []
      guard count + bytes.count < Int(capacity) else { break }
      for byte in bytes {
        text[count] = CChar(bitPattern: byte)
        count += 1
      }
    }
    text[count] = 0
  }
}

extension UnsafePointer<CChar> {
  /// The text it points to.
  /// - Throws: where it is not UTF-8.
  func text() throws(ArgumentError) -> String {
    guard let text = String(validatingCString: self) else { throw ArgumentError("a text is not UTF-8") }
    return text
  }
}

extension UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
  /// Gives a text to the caller, who frees it by `lacuna_text_free`.
  func give(_ text: String) throws(BackendError) {
    guard let copy = strdup(text) else {
      throw .outOfMemory(requested: text.utf8.count, available: 0, device: "host")
    }
    pointee = copy
  }
}

/// A pointer that must not be null.
func required<Pointer>(_ pointer: Pointer?, _ name: String) throws(ArgumentError) -> Pointer {
  guard let pointer else { throw ArgumentError("\(name) is NULL") }
  return pointer
}

/// Called after each ridge or trial.
package typealias ProgressFunction = @convention(c) (UnsafeMutableRawPointer?, Int64, Int64) -> Int32
