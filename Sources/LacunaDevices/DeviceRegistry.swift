import LacunaAlgebra
import LacunaHost
import Synchronization

/// The devices of this machine, by all providers: lists, ranks and opens them, and keeps what is measured.
public final class DeviceRegistry: Sendable {
  /// The kinds of devices there are beside the host: a line each.
  public static let providers: [any DeviceProvider] = {
    #if MPI
      [OpenCLProvider(), MPIProvider()]
    #else
      [OpenCLProvider()]
    #endif
  }()

  public let host = HostProvider()
  private let others: [any DeviceProvider]
  let cache: MeasurementCache
  let rates: RateStore
  private let listed = Mutex<Listed?>(nil)

  /// A device with who opens it.
  struct Entry: Sendable {
    var provider: any DeviceProvider
    var device: ComputeDevice
  }

  private struct Listed {
    var entries: [Entry]
    var bytes: Int
  }

  /// - Parameter providers: of what there is beside the host.
  public init(
    providers: [any DeviceProvider] = DeviceRegistry.providers, cache: MeasurementCache = MeasurementCache(folder: nil)
  ) {
    others = providers
    self.cache = cache
    rates = RateStore(cache)
  }

  /// Every device, the host first.
  public func list() -> [ComputeDevice] { host.list() + entries().map(\.device) }

  /// Why providers have no device, with the remedies.
  public func absences() -> [String] { others.compactMap { $0.absence() } }

  /// Bytes by which listing the devices made this process larger: drivers come with their compilers. 0 before they are listed.
  public var listingBytes: Int { listed.withLock { $0?.bytes ?? 0 } }

  /// What the process needs done once, before it has a second thread.
  /// - Throws: where the system refuses what any computation would take; the process is then to end by `_exit`.
  public func prepareProcess() throws(BackendError) {
    try host.prepareProcess()
    for provider in others { try provider.prepareProcess() }
  }

  /// Joins the processes over which a chosen device is spread, if it is; to be called before anything is printed or written.
  /// - Returns: whether this is the process that prints and writes.
  /// - Throws: `failed`.
  public func join(_ choice: DeviceChoice) throws(DeviceError) -> Bool {
    guard let provider = spreadProvider(of: choice) else { return true }
    do throws(BackendError) {
      return try provider.join()
    } catch {
      throw .failed(error)
    }
  }

  /// Leaves the processes that it joined, as this one ends with an exit status: where that is not 0, all end.
  public func leave(status: Int32) {
    for provider in others { provider.leave(status: status) }
  }

  /// Whether a chosen device is spread over processes.
  public func isSpread(_ choice: DeviceChoice) -> Bool { spreadProvider(of: choice) != nil }

  /// The provider of a choice's device, where that is spread over processes.
  func spreadProvider(of choice: DeviceChoice) -> (any DeviceProvider)? {
    others.first { $0.isSpread && (choice == .provider($0.word) || choice == .device($0.word, 0)) }
  }

  /// How long this process has waited for drivers to compile.
  public var compileTime: Duration { others.reduce(.zero) { $0 + $1.compileTime } }

  /// The devices beside the host, listed once: that starts drivers.
  func entries() -> [Entry] {
    listed.withLock { listed in
      if let listed { return listed.entries }
      let before = HostMemory.resident ?? 0
      let entries = others.flatMap { provider in provider.list().map { Entry(provider: provider, device: $0) } }
      listed = Listed(entries: entries, bytes: max(0, (HostMemory.resident ?? 0) - before))
      return entries
    }
  }
}
