import LacunaAlgebra

/// One device of this machine, as its provider describes it.
public struct ComputeDevice: Sendable, Equatable {
  /// What kind of processor a device is.
  public enum Kind: String, Sendable, Codable { case cpu, gpu, accelerator, other }

  /// What names it on a command line: the provider's word alone, or `word:index`.
  public let id: String
  /// Position among the devices of its provider.
  public let index: Int
  public let kind: Kind
  public let name: String
  /// Who drives it; nil where nothing stands between.
  public let platform, driver: String?
  /// Bytes of memory it offers now.
  public let memory: Int
  /// Bytes of the largest buffer, in which a matrix lies whose eigenvalues are found, as others may lie in several; nil where only the
  /// memory bounds it.
  public let largestAllocation: Int?
  /// Numbers of the largest matrix in one buffer; nil where only its bytes count.
  public let largestMatrix: Int?
  public let hasFloat64: Bool
  /// Processors that work side by side: threads of the host, compute units elsewhere; nil where that is not known.
  public let units: Int?
  /// Bytes that the items of a group share; nil where there are no groups.
  public let localMemory: Int?
  /// Why nothing can be computed here; nil where it can.
  public let obstacle: String?

  /// The choice of this very device.
  public var choice: DeviceChoice { DeviceChoice(id) ?? .named(name) }

  public var isUsable: Bool { obstacle == nil }

  public init(
    id: String, index: Int, kind: Kind, name: String, platform: String? = nil, driver: String? = nil, memory: Int,
    largestAllocation: Int? = nil, largestMatrix: Int? = nil, hasFloat64: Bool = true, units: Int? = nil,
    localMemory: Int? = nil, obstacle: String? = nil
  ) {
    self.id = id
    self.index = index
    self.kind = kind
    self.name = name
    self.platform = platform
    self.driver = driver
    self.memory = memory
    self.largestAllocation = largestAllocation
    self.largestMatrix = largestMatrix
    self.hasFloat64 = hasFloat64
    self.units = units
    self.localMemory = localMemory
    self.obstacle = obstacle
  }

  /// Whether it can be used in a precision.
  public func supports(_ precision: Precision) -> Bool { isUsable && (hasFloat64 || precision != .float64) }
}
