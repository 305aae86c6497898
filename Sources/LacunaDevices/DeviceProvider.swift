import LacunaAlgebra

/// One way to devices: lists those of this machine, describes, opens and rates them.
///
/// A new kind of device is a conformance and its line in `DeviceRegistry.providers`.
public protocol DeviceProvider: Sendable {
  /// What its devices are called on a command line: all of an identifier, or what stands before its colon.
  var word: String { get }

  /// The devices of this machine, in an order that stays; the `index` of each is its position.
  func list() -> [ComputeDevice]

  /// Why `list()` is empty, with the remedy; nil where it is not.
  func absence() -> String?

  /// A backend on a device of `list()`.
  /// - Parameter threads: of the host, where it computes; nil takes the default.
  /// - Parameter cache: where what is measured on the way is kept.
  /// - Throws: `unsupported`, `device` or `outOfMemory`, where the device does not serve.
  func open(
    _ device: ComputeDevice, precision: Precision, threads: Int?, cache: MeasurementCache
  ) throws(BackendError) -> any Backend

  /// Under which rates of a device are kept: another driver, library or number of threads gives another key.
  func rateKey(_ device: ComputeDevice, precision: Precision, threads: Int?) -> String

  /// Operations a second of one kind of work at one order; `DeviceRates.measure` unless the provider knows better.
  func rate(_ work: DeviceRates.Work, order: Int, on backend: any Backend) throws(BackendError) -> Double

  /// Work of its processors that slows down at large orders, where its matrices outgrow the caches, and is rated there too.
  var cacheBound: Set<DeviceRates.Work> { get }

  /// What the process needs done once, before it has a second thread.
  /// - Throws: where the system refuses what any computation would take; the process is then to end by `_exit`.
  func prepareProcess() throws(BackendError)

  /// How long this process has waited for its drivers to compile.
  var compileTime: Duration { get }

  /// Whether its device is spread over processes that run the same program and make the same calls: nothing that one of them
  /// measures may decide what is computed, and what they compute is the host's own work.
  var isSpread: Bool { get }

  /// Joins the processes over which its device is spread; to be called before anything is printed or written.
  /// - Returns: whether this is the one process of them that prints and writes.
  func join() throws(BackendError) -> Bool

  /// Leaves them as the process ends, with its exit status: where that is not 0, all end.
  func leave(status: Int32)
}

extension DeviceProvider {
  public func rateKey(_ device: ComputeDevice, precision: Precision, threads: Int?) -> String {
    ([device.platform, device.name, device.driver].compactMap { $0 } + [precision.rawValue]).joined(separator: " ")
  }

  public func rate(_ work: DeviceRates.Work, order: Int, on backend: any Backend) throws(BackendError) -> Double {
    try DeviceRates.measure(work, order: order, on: backend)
  }

  public var cacheBound: Set<DeviceRates.Work> { [] }

  public func prepareProcess() throws(BackendError) {}

  public var compileTime: Duration { .zero }

  public var isSpread: Bool { false }

  public func join() throws(BackendError) -> Bool { true }

  public func leave(status: Int32) {}
}
