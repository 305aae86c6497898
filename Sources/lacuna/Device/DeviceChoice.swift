import ArgumentParser

/// `--device`: where to compute.
enum DeviceChoice: Equatable, ExpressibleByArgument, CustomStringConvertible {
  /// The fastest by a short measurement; failures fall back to the host.
  case auto
  case host
  /// An OpenCL device by its index in `lacuna devices`; nil takes the first usable one, GPUs before processors.
  case opencl(Int?)
  /// An OpenCL device by part of its name.
  case named(String)

  init?(argument: String) {
    switch argument.lowercased() {
    case "": return nil
    case "auto": self = .auto
    case "host": self = .host
    case "opencl": self = .opencl(nil)
    default:
      if argument.lowercased().hasPrefix("opencl:") {
        guard let index = Int(argument.dropFirst("opencl:".count)), index >= 0 else { return nil }
        self = .opencl(index)
      } else {
        self = .named(argument)
      }
    }
  }

  var description: String {
    switch self {
    case .auto: "auto"
    case .host: "host"
    case .opencl(let index): index.map { "opencl:\($0)" } ?? "opencl"
    case .named(let name): name
    }
  }

  var defaultValueDescription: String { description }
}
