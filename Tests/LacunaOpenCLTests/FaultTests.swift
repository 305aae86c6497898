import LacunaAlgebra
import LacunaOpenCL
import Synchronization
import Testing

/// Failures of the device end in an error that names the call, and never in a number.
@Suite("Forced faults", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct FaultTests {
  @Test("a refused allocation says what was asked and what there is") func allocation() throws {
    for device in usableDevices {
      for status: Int32 in [-4, -6, -61] {
        // From here on: a self-test, where opening needs one, allocates more.
        let isRefusing = Counter()
        let backend = try open(device) {
          $0.allocation = { isRefusing.total > 0 && $0 > 1 << 20 ? status : 0 }
        }
        _ = isRefusing.next()
        let small = try backend.makeMatrix(rows: 10, columns: 10)
        let error = #expect(throws: BackendError.self) { _ = try backend.makeMatrix(rows: 1024, columns: 1024) }
        guard case .outOfMemory(8_388_608, let available, device.name) = error else {
          Issue.record("got \(String(describing: error))")
          continue
        }
        #expect(available > 0 && available <= device.largestAllocation)
        #expect(try backend.download(small) == [Double](repeating: 0, count: 100))
      }
    }
  }

  @Test("a kernel that does not build is named, with the compiler's log") func build() throws {
    for device in usableDevices {
      // Where products are not trusted yet, the self-test is the first to need a kernel.
      let error = #expect(throws: BackendError.self) {
        let backend = try open(device) { $0.source = { $0 + "\n#error broken on purpose\n" } }
        _ = try backend.makeMatrix(rows: 2, columns: 2)
      }
      guard case .device(let call, let status, let log) = error else {
        Issue.record("got \(String(describing: error))")
        continue
      }
      #expect(call.hasPrefix("clBuildProgram(") && call.hasSuffix(".cl)"))
      #expect(status != 0 && log.contains("broken on purpose"))
    }
  }

  @Test("a device whose products are wrong does not open") func selfTest() {
    for device in usableDevices {
      for wrong: @Sendable (Double) -> Double in [{ $0 * (1 + 1e-9) + 1e-9 }, { _ in .nan }, { _ in 0 }] {
        let error = #expect(throws: BackendError.self) { _ = try open(device) { $0.selfTest = wrong } }
        guard case .device("self-test", _, let log) = error else {
          Issue.record("got \(String(describing: error))")
          continue
        }
        #expect(log.contains("row"))
      }
      #expect(throws: Never.self) { _ = try open(device) { $0.selfTest = { $0 } } }
    }
  }

  @Test("a device lost after any number of calls gives an error or the right number") func lost() throws {
    let n = 150
    let x = gaussians(2 * n * n)
    func trial(_ backend: OpenCLBackend<Double>) throws -> [Double] {
      let data = try backend.makeMatrix(x, rows: 2 * n, columns: n)
      let gram = try backend.makeMatrix(rows: n, columns: n)
      try backend.accumulateGram(of: data, scale: 1 / Double(n), into: gram)
      let other = try backend.makeMatrix(rows: n, columns: n)
      try backend.copy(gram, to: other)
      let logDeterminant = try backend.invertPositiveDefinite(gram)
      let diagonal = try backend.makeVector(n)
      try backend.diagonal(of: gram, into: diagonal)
      return try backend.eigenvalues(of: other) + [logDeterminant] + backend.download(diagonal)
    }
    for device in usableDevices {
      let right = try trial(try open(device) { _ in })
      var failures = 0
      for survived in [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 400, 100_000] {
        let counter = Counter()
        let backend = try open(device) { faults in
          faults.launch = { _ in counter.next() > survived ? -36 : 0 }
        }
        do {
          #expect(try trial(backend) == right, "after \(survived) calls")
        } catch BackendError.device(let call, -36, _) {
          failures += 1
          #expect(call.hasPrefix("clEnqueue") || call == "CLBlastGemm")
        }
      }
      #expect(failures >= 12)
    }
  }

  private func open(_ device: OpenCLDevice, _ set: (inout Faults) -> Void) throws -> OpenCLBackend<Double> {
    var faults = Faults()
    set(&faults)
    return try OpenCLBackend<Double>(device: device, routes: Routes(device), faults: faults)
  }
}

/// Counts calls from several threads.
private final class Counter: Sendable {
  private let count = Mutex(0)

  var total: Int { count.withLock { $0 } }

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}
