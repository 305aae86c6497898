import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import LacunaStudy

/// The backend a run computes on, and the one it may retreat to.
struct DeviceSelection {
  let backend: any Backend
  /// The host, where `auto` took something else.
  let retreat: (any Backend)?
  /// Why this device.
  let reason: String
  /// Bytes of memory, and of the largest single allocation, that the device offers.
  let memory: Int
  let largestAllocation: Int
  /// Under which the rates of the device and of the host are kept.
  let rateKey: String
  let host: (backend: any Backend, rateKey: String)

  init(_ choice: DeviceChoice, precision: Precision, threads: Int?) throws {
    switch precision {
    case .float64: try self.init(choice, element: Double.self, threads: threads)
    case .float32: try self.init(choice, element: Float.self, threads: threads)
    }
  }

  private init<Element: HostScalar & OpenCLScalar>(
    _ choice: DeviceChoice, element: Element.Type, threads: Int?
  ) throws {
    let host = HostBackend<Element>(threads: threads)
    let hostKey = lacuna.rateKey(host)
    func onHost(_ reason: String) -> DeviceSelection {
      DeviceSelection(
        backend: host, retreat: nil, reason: reason, memory: HostMemory.available, largestAllocation: .max,
        rateKey: hostKey, host: (host, hostKey))
    }
    switch choice {
    case .host:
      self = onHost("asked for")
    case .auto:
      let ranking = DeviceRanking(host: host)
      guard let best = ranking.best else {
        self = onHost(ranking.reason)
        return
      }
      do {
        self.init(
          device: best, backend: try OpenCLBackend<Element>(device: best, tilings: .cached), retreat: host,
          reason: ranking.reason, host: (host, hostKey))
      } catch {
        log.warning("\(best.name) is left for the host: \(error)")
        self = onHost("\(best.name) failed: \(error)")
      }
    case .opencl, .named:
      let device = try Self.device(choice)
      self.init(
        device: device, backend: try OpenCLBackend<Element>(device: device, tilings: .cached), retreat: nil,
        reason: "asked for", host: (host, hostKey))
    }
  }

  private init<Element: OpenCLScalar>(
    device: OpenCLDevice, backend: OpenCLBackend<Element>, retreat: (any Backend)?, reason: String,
    host: (backend: any Backend, rateKey: String)
  ) {
    self.init(
      backend: backend, retreat: retreat, reason: reason, memory: device.globalMemory,
      largestAllocation: device.largestAllocation, rateKey: lacuna.rateKey(device, Element.precision), host: host)
  }

  private init(
    backend: any Backend, retreat: (any Backend)?, reason: String, memory: Int, largestAllocation: Int,
    rateKey: String, host: (backend: any Backend, rateKey: String)
  ) {
    self.backend = backend
    self.retreat = retreat
    self.reason = reason
    self.memory = memory
    self.largestAllocation = largestAllocation
    self.rateKey = rateKey
    self.host = host
  }

  /// Plans trials on this device by rates measured on it, once, and kept in the cache.
  /// - Parameter predictsAlways: whether times are wanted even where there is no choice.
  func planner(predictsAlways: Bool) -> TrialPlanner {
    let oneThread: any Backend = backend.singleThreaded
    return TrialPlanner(
      rates: measuredRates(of: backend), singleThreadedRates: measuredRates(of: oneThread), memory: memory,
      largestAllocation: largestAllocation, predictsAlways: predictsAlways)
  }

  /// The host after a failure under `auto`, said once; nil where a device was named.
  func retreat(after error: BackendError) -> (any Backend)? {
    guard let retreat else { return nil }
    log.warning("\(backend.description) is left for the host: \(error)")
    return retreat
  }

  /// The OpenCL device that a choice names.
  private static func device(_ choice: DeviceChoice) throws -> OpenCLDevice {
    let devices = OpenCLDevice.all()
    let known = devices.map { "opencl:\($0.index) (\($0.name))" }.joined(separator: ", ")
    let remedy = devices.isEmpty ? OpenCLDevice.absence() ?? "no OpenCL device" : "known: host, \(known)"
    let found: OpenCLDevice?
    switch choice {
    case .opencl(nil):
      let usable = devices.filter(\.isUsable)
      found = usable.first { $0.kind != .cpu } ?? usable.first
    case .opencl(let index?):
      found = devices.first { $0.index == index }
    case .named(let name):
      found = devices.first { $0.name.lowercased().contains(name.lowercased()) }
    case .auto, .host:
      preconditionFailure("not an OpenCL device")
    }
    guard let found else { throw Failure("--device \(choice): no such device; \(remedy)", status: ExitStatus.device) }
    if let obstacle = found.obstacle {
      throw Failure("--device \(choice): \(found.name) cannot be used: \(obstacle)", status: ExitStatus.device)
    }
    return found
  }
}
