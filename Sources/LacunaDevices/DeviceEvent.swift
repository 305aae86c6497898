import LacunaAlgebra

/// What a person should hear about devices while something else is done.
public enum DeviceEvent: Sendable, CustomStringConvertible {
  /// A file of kept measurements cannot be read.
  case damagedCache(path: String)
  /// Something kept for a device does not serve any more.
  case remeasured(String)
  /// A device failed, and the host takes over.
  case left(device: String, error: BackendError)

  public var description: String {
    switch self {
    case .damagedCache(let path): "\(path) is damaged and not used; what it kept is measured again"
    case .remeasured(let text): text
    case .left(let device, let error): "\(device) is left for the host: \(error)"
    }
  }
}

/// Why a device that was asked for is not taken.
public enum DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no such device; the remedy says what there is.
  case unknown(DeviceChoice, remedy: String)
  /// It is there and cannot be used.
  case unusable(DeviceChoice, name: String, obstacle: String)
  /// It failed when it was opened.
  case failed(BackendError)

  public var description: String {
    switch self {
    case .unknown(let choice, let remedy): "--device \(choice): no such device; \(remedy)"
    case .unusable(let choice, let name, let obstacle): "--device \(choice): \(name) cannot be used: \(obstacle)"
    case .failed(let error): error.description
    }
  }
}
