import LacunaAlgebra
import LacunaOpenCL

/// The devices that the OpenCL drivers of this machine offer.
public struct OpenCLProvider: DeviceProvider {
  public init() {}

  public var word: String { "opencl" }

  public func list() -> [ComputeDevice] {
    OpenCLDevice.all().map { device in
      ComputeDevice(
        id: "\(word):\(device.index)", index: device.index, kind: ComputeDevice.Kind(device.kind), name: device.name,
        platform: device.platform, driver: device.driver, memory: device.globalMemory,
        largestAllocation: device.largestAllocation, largestMatrix: OpenCLDevice.largestMatrix,
        hasFloat64: device.hasFloat64, units: device.computeUnits, localMemory: device.localMemory,
        obstacle: device.obstacle)
    }
  }

  public var compileTime: Duration { CompileTime.sum }

  public func absence() -> String? { OpenCLDevice.absence() }

  public func open(
    _ device: ComputeDevice, precision: Precision, threads: Int?, cache: MeasurementCache
  ) throws(BackendError) -> any Backend {
    guard let found = OpenCLDevice.all().first(where: { $0.index == device.index && $0.name == device.name }) else {
      throw .device(call: "clGetDeviceIDs", status: 0, log: "\(device.name) is gone since the devices were listed")
    }
    let tilings = TilingMemory(
      load: { cache.entries("tilings.json", of: String.self)[$0] },
      save: { cache.keep([$0: $1], in: "tilings.json") }, note: { cache.report(.remeasured($0)) })
    switch precision {
    case .float64: return try OpenCLBackend<Double>(device: found, tilings: tilings)
    case .float32: return try OpenCLBackend<Float>(device: found, tilings: tilings)
    }
  }
}

extension ComputeDevice.Kind {
  fileprivate init(_ kind: OpenCLDevice.Kind) {
    self =
      switch kind {
      case .cpu: .cpu
      case .gpu: .gpu
      case .accelerator: .accelerator
      case .other: .other
      }
  }
}
