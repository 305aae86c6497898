import LacunaAlgebra
import LacunaDevices
import Synchronization
import Testing

/// A provider that no command knows of is listed, named, ranked, opened and left like any other.
@Suite struct ProviderTests {
  private let failure = BackendError.device(call: "fakeOpen", status: -1, log: "forced")

  @Test func listsBehindTheHost() {
    let registry = DeviceRegistry(providers: [
      FakeProvider(devices: [FakeProvider.device(), FakeProvider.device(index: 1)])
    ])
    #expect(registry.list().map(\.id) == ["host", "fake:0", "fake:1"])
    #expect(registry.absences().isEmpty)
    #expect(DeviceRegistry(providers: [FakeProvider(devices: [])]).absences() == ["no fake was made"])
  }

  @Test func choicesAreRead() {
    let providers = [FakeProvider()]
    for (text, choice) in [
      ("auto", DeviceChoice.auto), ("HOST", .provider("host")), ("fake", .provider("fake")),
      ("Fake:12", .device("fake", 12)), ("Pretender", .named("Pretender")), ("faker", .named("faker")),
    ] {
      #expect(DeviceChoice(text, providers: providers) == choice)
      if case .named = choice { continue }
      #expect(DeviceChoice(choice.description, providers: providers) == choice)
    }
    for text in ["", "fake:", "fake:-1", "fake:x"] {
      #expect(DeviceChoice(text, providers: providers) == nil, "\(text)")
    }
  }

  /// Over processes nothing that one of them measures or lists decides: no rates, no other drivers, no verification.
  @Test func aSpreadDeviceMeasuresNothing() throws {
    let spread = FakeProvider(isSpread: true, leads: false)
    let registry = DeviceRegistry(providers: [NeverListed(), spread])
    let selection = try registry.select(.provider("fake"), precision: .float64)
    #expect(selection.backend.verification == nil && selection.multiplyRates().isEmpty && selection.retreat == nil)
    for work in DeviceRates.Work.allCases {
      #expect(selection.rates.rate(work, 1024) == DeviceRates.nominal.rate(work, 1024), "\(work)")
      #expect(selection.rates.rate(work, 1024) != spread.claimedRate)
    }
    #expect(registry.listingBytes == 0)
    #expect(throws: DeviceError.unusable(.provider("fake"), name: "fake", obstacle: "no fake was made")) {
      try DeviceRegistry(providers: [FakeProvider(devices: [], isSpread: true)])
        .select(.provider("fake"), precision: .float64)
    }
  }

  /// One process of a spread device speaks; of every other choice this one does.
  @Test func oneProcessSpeaks() throws {
    let registry = DeviceRegistry(providers: [FakeProvider(isSpread: true, leads: false)])
    #expect(try !registry.join(.provider("fake")) && !registry.join(.device("fake", 0)))
    #expect(registry.isSpread(.provider("fake")) && !registry.isSpread(.auto) && !registry.isSpread(.named("fake")))
    #expect(try registry.join(.auto) && registry.join(.provider("host")) && registry.join(.named("fake")))
    #expect(try DeviceRegistry(providers: [FakeProvider(leads: false)]).join(.provider("fake")))
    #expect(throws: DeviceError.failed(failure)) {
      try DeviceRegistry(providers: [FakeProvider(failure: failure, isSpread: true)]).join(.provider("fake"))
    }
  }

  @Test func namedDevicesAreOpened() throws {
    let devices = [
      FakeProvider.device(obstacle: "out of order"), FakeProvider.device(index: 1, kind: .cpu),
      FakeProvider.device(index: 2),
    ]
    let registry = DeviceRegistry(providers: [FakeProvider(devices: devices)])
    // The first that is usable, no processor before a GPU.
    let first = try registry.select(.provider("fake"), precision: .float64)
    // Less a quarter for its driver and a display.
    #expect(first.memory == 3 << 28 && first.largestAllocation == 1 << 28)
    #expect(first.retreat == nil && first.reason == "asked for")
    _ = try registry.select(.named("PRETENDER 1"), precision: .float32)
    #expect(throws: DeviceError.unusable(.device("fake", 0), name: "Pretender 0", obstacle: "out of order")) {
      try registry.select(.device("fake", 0), precision: .float64)
    }
    let error = #expect(throws: DeviceError.self) { try registry.select(.device("fake", 7), precision: .float64) }
    #expect(error?.description.contains("known: host, fake:0 (Pretender 0)") == true)
    let none = DeviceRegistry(providers: [FakeProvider(devices: [])])
    #expect(throws: DeviceError.unknown(.provider("fake"), remedy: "no fake was made")) {
      try none.select(.provider("fake"), precision: .float64)
    }
    let host = try none.select(.provider("host"), precision: .float32, threads: 1)
    func precision<Device: Backend>(_ device: Device) -> Precision { Device.Element.precision }
    #expect(precision(host.backend) == .float32 && host.retreat == nil)
  }

  @Test func autoTakesTheFastest() {
    func taken(_ provider: FakeProvider, _ precision: Precision = .float64) -> String {
      DeviceRegistry(providers: [provider]).rank(precision: precision, threads: 1).id
    }
    #expect(taken(FakeProvider()) == "fake:0")
    #expect(taken(FakeProvider(claimedRate: 1)) == "host")
    #expect(taken(FakeProvider(devices: [])) == "host")
    // Processors behind a driver, what is out of order and what lacks the precision do not compete.
    #expect(taken(FakeProvider(devices: [FakeProvider.device(kind: .cpu)])) == "host")
    #expect(taken(FakeProvider(devices: [FakeProvider.device(obstacle: "out of order")])) == "host")
    let single = FakeProvider(devices: [FakeProvider.device(hasFloat64: false)])
    #expect(taken(single) == "host" && taken(single, .float32) == "fake:0")
  }

  @Test func failuresRetreatUnderAuto() throws {
    let events = Events()
    func registry(_ provider: FakeProvider) -> DeviceRegistry {
      DeviceRegistry(providers: [provider], cache: MeasurementCache(folder: nil) { events.add($0) })
    }
    // It opens, and fails later: the host is there, and it is said.
    let selection = try registry(FakeProvider()).select(.auto, precision: .float64, threads: 1)
    let retreat = try #require(selection.retreat(after: failure))
    #expect(retreat.backend.description.hasPrefix("host") && retreat.retreat == nil)
    // It plans with the host's own memory, not with the other's.
    #expect(selection.memory == FakeProvider.device().memory / 4 * 3 && retreat.memory != selection.memory)
    #expect(retreat.memory > 0 && retreat.largestAllocation == .max)
    #expect(events.texts.count == 1 && events.texts[0].contains("is left for the host"))
    // One that does not open cannot be rated, and is not taken.
    let closed = try registry(FakeProvider(failure: failure)).select(.auto, precision: .float64, threads: 1)
    #expect(closed.backend.description.hasPrefix("host") && closed.retreat == nil)
    // Named, its failure stands.
    #expect(throws: DeviceError.failed(failure)) {
      try registry(FakeProvider(failure: failure)).select(.provider("fake"), precision: .float64)
    }
  }

  private final class Events: Sendable {
    private let kept = Mutex<[String]>([])
    var texts: [String] { kept.withLock { $0 } }
    func add(_ event: DeviceEvent) { kept.withLock { $0.append("\(event)") } }
  }
}

/// Drivers that nobody may start.
private struct NeverListed: DeviceProvider {
  var word: String { "never" }

  func list() -> [ComputeDevice] {
    Issue.record("the drivers of one process were started")
    return []
  }

  func absence() -> String? { nil }

  func open(
    _ device: ComputeDevice, precision: Precision, threads: Int?, cache: MeasurementCache
  ) throws(BackendError) -> any Backend {
    throw .unsupported("anything", device: word)
  }
}
