import Foundation
import LacunaAlgebra
import LacunaDevices
import LacunaHost
import Synchronization
import Testing

/// Rates are measured once, kept by device, precision and threads, and never trusted from a damaged file.
@Suite struct RateTests {
  private func withCache(_ body: (URL, @escaping @Sendable (DeviceEvent) -> Void, () -> Int) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lacuna-rates-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let count = Counter()
    try body(folder, { _ in count.advance() }, { count.value })
  }

  private final class Counter: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func advance() { number.withLock { $0 += 1 } }
  }

  private func rates(_ folder: URL) throws -> [String: Double] {
    try JSONDecoder().decode(
      [String: Double].self, from: Data(contentsOf: folder.appendingPathComponent("rates.json")))
  }

  @Test func measuredOnceAndKept() throws {
    try withCache { folder, report, reports in
      func selection(_ rate: Double) throws -> DeviceSelection {
        try DeviceRegistry(
          providers: [FakeProvider(claimedRate: rate)], cache: MeasurementCache(folder: folder.path, report: report)
        ).select(.device("fake", 0), precision: .float64)
      }
      #expect(try selection(1e12).rates.rate(.invert, 128) == 1e12)
      // The next process finds it, whatever the device would claim now; other work is measured.
      let second = try selection(2e12)
      #expect(second.rates.rate(.invert, 128) == 1e12)
      #expect(second.rates.rate(.invert, 512) == 2e12)
      #expect(
        try rates(folder) == [
          "Tests Pretender 0 1 float64 invert 128": 1e12, "Tests Pretender 0 1 float64 invert 512": 2e12,
        ])
      #expect(reports() == 0)
      try Data("{\"Tests".utf8).write(to: folder.appendingPathComponent("rates.json"))
      #expect(try selection(3e12).rates.rate(.invert, 128) == 3e12)
      #expect(reports() == 1)
      #expect(try rates(folder).count == 1)
    }
  }

  /// A device that fails to be rated leaves the nominal rates, and nothing is kept.
  @Test func failureIsNotKept() throws {
    try withCache { folder, report, _ in
      let registry = DeviceRegistry(
        providers: [FakeProvider(claimedRate: 0)], cache: MeasurementCache(folder: folder.path, report: report))
      let selection = try registry.select(.device("fake", 0), precision: .float64)
      #expect(selection.rates.rate(.multiply, 512) == DeviceRates.nominal.rate(.multiply, 512))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("rates.json").path))
    }
  }

  /// A device that is no processor is measured at large orders while that takes a second, and while there is memory for it: what
  /// was measured last stands beyond.
  @Test(arguments: [
    (1e10, Int.max, 1024), (1e11, .max, 2048), (1e12, .max, 4096), (2e12, .max, 8192), (2e12, 3000, 2048),
  ])
  func largeOrders(claimed: Double, largest: Int, measured: Int) throws {
    try withCache { folder, report, _ in
      let registry = DeviceRegistry(
        providers: [FakeProvider(claimedRate: claimed, largestOrder: largest)],
        cache: MeasurementCache(folder: folder.path, report: report))
      let found = try registry.select(.device("fake", 0), precision: .float64).rates
      #expect(found.rate(.multiply, 8192) == claimed)
      #expect(found.seconds(.multiply, order: 16384, operations: claimed) == 1)
      let orders = try rates(folder).keys.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
      #expect(orders.max() == measured)
    }
  }

  /// Times of a busy machine are taken again until the two least agree, within bounds.
  @Test(arguments: [
    ([0.01, 0.01, 0.01], 3, 0.01), ([0.05, 0.03, 0.02, 0.011, 0.04, 0.0105], 6, 0.0105), ([0.2, 0.2], 2, 0.2),
    ([1.5], 1, 1.5), ([0.9, 0.5, 0.7], 3, 0.5), ([0.1, 0.08, 0.06, 0.045, 0.03, 0.02, 0.015, 0.012, 0.009], 9, 0.009),
  ]) func settledTimes(times: [Double], count: Int, found: Double) throws {
    var runs = 0
    let time = try DeviceRates.settledTime {
      runs += 1
      return times[runs - 1]
    }
    #expect(runs == count)
    #expect(time == found)
  }

  /// Each kind of work is what its name says: results against what LAPACK's definitions give.
  @Test(arguments: DeviceRates.Work.allCases) func timedWorkIsTheWork(_ work: DeviceRates.Work) throws {
    let device = HostBackend<Double>(threads: 1)
    let d = 24
    let timed = try work.prepare(on: device, order: d)
    // Twice: what a run destroys is put back.
    for _ in 0..<2 {
      try timed.reset()
      try timed.run()
    }
    let result = try timed.result()
    let matrix = try device.makeMatrix(rows: d, columns: d)
    let stream = RandomStream(seed: 1, purpose: .probes, index: 0)
    func wellConditioned() throws -> [Double] {
      let samples = try device.makeMatrix(rows: 2 * d, columns: d)
      try device.fill(samples, law: .gaussian, stream: stream, offset: 0)
      let x = try device.download(samples)
      return (0..<d * d).map { cell in
        let (i, j) = (cell / d, cell % d)
        return (0..<2 * d).reduce(i == j ? 0.1 : 0) { $0 + x[$1 * d + i] * x[$1 * d + j] / Double(2 * d) }
      }
    }
    func distance(_ a: [Double], _ b: [Double]) -> Double {
      a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
    switch work {
    case .multiply:
      try device.fill(matrix, law: .gaussian, stream: stream, offset: 0)
      let a = try device.download(matrix)
      let norms = (0..<d).map { i in
        (0..<d).reduce(0.0) { sum, j in
          let c = (0..<d).reduce(0.0) { $0 + a[i * d + $1] * a[j * d + $1] }
          return sum + c * c
        }
      }
      #expect(distance(result, norms) <= 1e-12 * norms.max()!)
    case .fill:
      let values = (0..<UInt64(d * d)).map { EntryLaw.gaussian.value(at: $0, of: stream) }
      #expect(distance(result, values) <= 4 * values.map(abs).max()!.ulp)
    case .invert:
      // Row norms of A⁻¹: Σ_j over columns solved by elimination.
      let inverse = inverted(try wellConditioned(), order: d)
      let norms = (0..<d).map { i in (0..<d).reduce(0.0) { $0 + inverse[i * d + $1] * inverse[i * d + $1] } }
      #expect(distance(result, norms) <= 1e-10 * norms.max()!)
    case .eigendecompose:
      // Their sums of powers are the traces.
      let a = try wellConditioned()
      let trace = (0..<d).reduce(0.0) { $0 + a[$1 * d + $1] }
      let squares = a.reduce(0) { $0 + $1 * $1 }
      #expect(abs(result.reduce(0, +) - trace) < 1e-11 * trace)
      #expect(abs(result.reduce(0) { $0 + $1 * $1 } - squares) < 1e-11 * squares)
      #expect(result == result.sorted() && result.count == d)
    case .tridiagonalize, .reduceToBand:
      let a = try wellConditioned()
      let trace = (0..<d).reduce(0.0) { $0 + a[$1 * d + $1] }
      #expect(abs(result.reduce(0, +) - trace) < 1e-11 * trace && result.count == d)
    case .forms:
      // wᵀ(T + I)⁻¹w by the Thomas recurrence, T with 3 on the diagonal and 1 beside it.
      try device.fill(matrix, law: .gaussian, stream: stream, offset: 0)
      let w = try device.download(matrix)
      for k in 0..<d {
        let column = (0..<d).map { w[$0 * d + k] }
        let x = thomas(diagonal: 4, off: 1, column)
        #expect(abs(result[k] - zip(column, x).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-12 * Double(d))
        #expect(abs(result[d + k] - x.reduce(0) { $0 + $1 * $1 }) < 1e-12 * Double(d))
      }
    case .bandForms:
      // wᵀ(B + I)⁻¹w by elimination, B with 33 on the diagonal and 1 on 16 others to either side.
      try device.fill(matrix, law: .gaussian, stream: stream, offset: 0)
      let w = try device.download(matrix)
      #expect(device.bandWidth == 16)
      let inverse = inverted(
        (0..<d * d).map { cell in cell / d == cell % d ? 34 : abs(cell / d - cell % d) <= 16 ? 1 : 0 }, order: d)
      for k in 0..<d {
        let column = (0..<d).map { w[$0 * d + k] }
        let x = (0..<d).map { i in (0..<d).reduce(0.0) { $0 + inverse[i * d + $1] * column[$1] } }
        #expect(abs(result[k] - zip(column, x).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-12 * Double(d))
        #expect(abs(result[d + k] - x.reduce(0) { $0 + $1 * $1 }) < 1e-12 * Double(d))
      }
    }
  }

  /// A tridiagonalisation of a large order is as fast as one of a smaller, but for its passes over the matrix.
  @Test func tridiagonalizationAtLargeOrders() throws {
    let host = HostBackend<Double>(threads: 1)
    let slow = try host.tridiagonalizationRate(order: 600, known: 1e3, at: 300)
    #expect(slow <= 1e3 && slow > 0.999e3)
    let fast = try host.tridiagonalizationRate(order: 600, known: 1e15, at: 300)
    #expect(fast <= 1e15 && fast > 1e6)
  }

  private func inverted(_ a: [Double], order d: Int) -> [Double] {
    var left = a
    var right = (0..<d * d).map { $0 / d == $0 % d ? 1.0 : 0 }
    for k in 0..<d {
      let pivot = left[k * d + k]
      for j in 0..<d { (left[k * d + j], right[k * d + j]) = (left[k * d + j] / pivot, right[k * d + j] / pivot) }
      for i in 0..<d where i != k {
        let factor = left[i * d + k]
        for j in 0..<d {
          left[i * d + j] -= factor * left[k * d + j]
          right[i * d + j] -= factor * right[k * d + j]
        }
      }
    }
    return right
  }

  private func thomas(diagonal: Double, off: Double, _ b: [Double]) -> [Double] {
    var c = [Double](repeating: 0, count: b.count)
    var x = b
    for i in b.indices {
      let pivot = diagonal - (i > 0 ? off * c[i - 1] : 0)
      c[i] = off / pivot
      x[i] = (b[i] - (i > 0 ? off * x[i - 1] : 0)) / pivot
    }
    for i in b.indices.dropLast().reversed() { x[i] -= c[i] * x[i + 1] }
    return x
  }
}
