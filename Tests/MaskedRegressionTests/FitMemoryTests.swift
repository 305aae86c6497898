import LacunaAlgebra
import LacunaHost
import MaskedRegression
import Testing

/// What a fit takes at the least is held against the memory there is, before any of it is taken.
@Suite struct FitMemoryTests {
  private let host = HostBackend<Double>()

  /// Normal entries.
  private func samples(_ n: Int, _ d: Int) -> [Double] {
    let stream = RandomStream(seed: 7, purpose: .samples, index: 0)
    return (0..<UInt64(n * d)).map { EntryLaw.gaussian.value(at: $0, of: stream) }
  }

  /// Numbers that each kind of fit holds, counted by hand at n = 60 and d = 8, or 100 where it has fewer samples than coordinates.
  @Test(arguments: [
    // X, S and Q.
    ("leave-one-out", 8, 60 * 8 + 2 * 64),
    // X, K and its inverse, and two blocks of all columns.
    ("leave-one-out", 100, 3 * 60 * 100 + 2 * 60 * 60),
    // X five times over; of all cells and of those that are kept S, and one inverse.
    ("observed", 8, 5 * 60 * 8 + 3 * 64),
    // X; S, Q̃ and Â of six regressions, S and a scratch of five folds.
    ("bernoulli", 8, 60 * 8 + 28 * 64),
    // As leave-one-out of 6 that predict, and of 7 twice.
    ("targets", 8, 60 * 6 + 2 * 36 + 2 * (60 * 7 + 2 * 49)),
  ])
  func refusal(name: String, d: Int, numbers: Int) throws {
    let mask: any FitMask =
      switch name {
      case "observed": ObservedFitMask()
      case "bernoulli": SchemeFitMask(BernoulliMasks(keep: 0.5))
      case "targets": RoleFitMask(try CoordinateRoles(targets: [1, 5], covariates: [], coordinateCount: d))
      default: LeaveOneOutFitMask()
      }
    var request = FitRequest(mask: mask, maskName: name, ridge: .path([0.1]))
    request.memory = FitMemory(host: 8 * numbers, device: 0)
    let result = try request.fit(samples(60, d), sampleCount: 60, on: host)
    #expect(result.coordinateCount == d)
    request.memory = FitMemory(host: 8 * numbers - 1, device: .max)
    let error = #expect(throws: FitError.self) { _ = try request.fit(samples(60, d), sampleCount: 60, on: host) }
    guard case .backend(.outOfMemory(let requested, let available, let device)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(requested == 8 * numbers && available == 8 * numbers - 1)
    #expect(
      device.contains("d = \(d), n = 60, mask \(name) ") && device.contains("it holds d up to \(d - 1) in float64"))
    #expect(device.contains("leave-one-out masks would fit") == ["observed", "bernoulli", "targets"].contains(name))
  }

  /// Half the bytes in float32, and of one ridge that spares memory one matrix.
  @Test func lessMemory() throws {
    let rows = samples(60, 8)
    var request = FitRequest(ridge: .path([0.1]))
    request.memory = FitMemory(host: 4 * (60 * 8 + 2 * 64), device: 0)
    _ = try request.fit(rows, sampleCount: 60, on: HostBackend<Float>())
    #expect(throws: FitError.self) { _ = try request.fit(rows, sampleCount: 60, on: host) }
    request.sparesMemory = true
    request.memory = FitMemory(host: 8 * (60 * 8 + 64), device: 0)
    _ = try request.fit(rows, sampleCount: 60, on: host)
    request.ridge = .path([0.1, 1])
    #expect(throws: FitError.self) { _ = try request.fit(rows, sampleCount: 60, on: host) }
  }

  /// Of entries alone no n × d numbers are held.
  @Test func sparse() throws {
    let entries = (0..<60).flatMap { i in [i % 8, (i + 3) % 8].sorted() }
    let sparse = try SparseSamples(
      coordinateCount: 8, rowStarts: (0...60).map { 2 * $0 }, columnIndices: entries.map { Int32($0) },
      values: entries.indices.map { 1 + Double($0 % 7) })
    var request = FitRequest(ridge: .path([0.1, 1]))
    request.memory = FitMemory(host: 8 * 2 * 64, device: 0)
    _ = try request.fit(sparse, on: host)
    request.memory = FitMemory(host: 8 * 2 * 64 - 1, device: 0)
    #expect(throws: FitError.self) { _ = try request.fit(sparse, on: host) }
  }
}
