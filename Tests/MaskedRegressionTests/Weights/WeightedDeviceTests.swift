import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import MaskedRegression
import Testing

private let devices = OpenCLDevice.all().filter(\.isUsable)

/// Fits with a penalty a coordinate on every OpenCL device beside the host's, on every route and mask.
@Suite(.enabled(if: !devices.isEmpty, "no usable OpenCL device"))
struct WeightedDeviceTests {
  /// Columns times these: errors and predictors have them, nothing else changes.
  private static let units = [1e-6, 1, 1e6, 1e-3, 1e2, 1e4]

  struct Route: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var shape: (n: Int, d: Int)
    var mask: any FitMask = LeaveOneOutFitMask()
    var groups: SampleGroups?
    var hasGaps = false
  }

  private static func routes() throws -> [Route] {
    let d = 6
    let thirds = try SampleGroups(runs: 3, sampleCount: 30)
    return [
      Route(testDescription: "n > d", shape: (30, d)), Route(testDescription: "n < d", shape: (5, d)),
      Route(testDescription: "n = d", shape: (d, d)),
      Route(testDescription: "groups", shape: (30, d), groups: thirds),
      Route(
        testDescription: "roles", shape: (30, d),
        mask: RoleFitMask(try CoordinateRoles(targets: [1], covariates: [3], coordinateCount: d))),
      Route(
        testDescription: "partition", shape: (30, d),
        mask: SchemeFitMask(PartitionMasks([Partition(contiguous: 3, coordinateCount: d)]))),
      Route(testDescription: "gaps", shape: (30, d), mask: ObservedFitMask(), hasGaps: true),
    ]
  }

  private struct Found {
    var errors: [[Double]]
    var weights, predictor: [Double]
  }

  private func found<Device: Backend>(
    _ route: Route, _ weights: WeightChoice, ridges: [Double], units: [Double], on device: Device
  ) throws -> Found {
    let (n, d) = route.shape
    let values = unequalSamples(n: n, d: d, seed: 61).flatMap { $0 }.enumerated().map { e, value in
      route.hasGaps && e % 11 == 3 ? .nan : value * units[e % d]
    }
    var choice = weights
    if case .fixed(.given(let w)) = weights {
      choice = .fixed(.given(zip(w, units).map { $0 * $1 * $1 }))
    }
    let result = try FitRequest(
      mask: route.mask, ridge: .path(ridges), weights: choice, centered: true, groups: route.groups
    ).fit(values, sampleCount: n, on: device)
    let predictor = try result.fit.predictor(ridge: ridges[0])
    return Found(
      errors: result.search.path.map { zip($0.heldOut, units).map { $0 / ($1 * $1) } },
      weights: zip(try result.fit.penalty(ridge: ridges[0]), units).map { $0 / ($1 * $1) },
      predictor: predictor.indices.map { Double(predictor[$0]) * units[$0 % d] / units[$0 / d] })
  }

  private func expectClose(_ a: Found, _ b: Found, errors: Double, predictor: Double, _ place: String) {
    func check(_ x: [Double], _ y: [Double], _ tolerance: Double, _ what: String) {
      #expect(x.count == y.count)
      for (left, right) in zip(x, y) where !(left.isNaN && right.isNaN) {
        #expect(abs(left - right) <= tolerance * max(abs(right), what == "predictor" ? 1 : 0), "\(place): \(what)")
      }
    }
    for (x, y) in zip(a.errors, b.errors) { check(x, y, errors, "errors") }
    check(a.weights, b.weights, errors, "weights")
    check(a.predictor, b.predictor, predictor, "predictor")
  }

  /// Small weights of sums over the pairs observed would leave float32 no digits, which it says.
  private func choices(_ route: Route) -> [WeightChoice] {
    [.variance, .fixed(.given(route.hasGaps ? [0.3, 1, 2, 0.4, 7, 2] : [0.3, 1, 20, 4e-3, 700, 2])), .selfWeighted]
  }

  /// The host's numbers, in either precision; and with columns in other units the same.
  @Test(arguments: 0..<7) func agreesWithTheHost(index: Int) throws {
    let route = try Self.routes()[index]
    let ones = [Double](repeating: 1, count: route.shape.d)
    let ridges = [0.05, 0.4]
    for choice in choices(route) {
      let expected = try found(route, choice, ridges: ridges, units: ones, on: HostBackend<Double>())
      for device in devices {
        let place = "\(device.name), \(choice)"
        for units in [ones, Self.units] {
          if device.hasFloat64 {
            let own = try found(
              route, choice, ridges: ridges, units: units, on: try OpenCLBackend<Double>(device: device))
            expectClose(own, expected, errors: 1e-9, predictor: 1e-9, place)
          }
          let single = try found(
            route, choice, ridges: ridges, units: units, on: try OpenCLBackend<Float>(device: device))
          expectClose(single, expected, errors: 2e-3, predictor: 1e-4, place + ", float32")
        }
      }
    }
  }

  /// Other weights of a fit's own samples and Gram are those of a fit made with them, by the device itself.
  @Test(arguments: [(30, 6), (5, 6), (6, 6)], [false, true])
  func withOtherWeights(shape: (Int, Int), centered: Bool) throws {
    let (n, d) = shape
    let values = unequalSamples(n: n, d: d, seed: 62, units: Self.units).flatMap { $0 }
    let w = Self.units.enumerated().map { $1 * $1 * (0.2 + Double($0 * $0)) }
    func check<Device: Backend>(_ device: Device, tolerance: Double) throws {
      func fit(_ weights: RidgeWeights) throws -> DataFit<Device> {
        try DataFit(device: device, values: values, sampleCount: n, centered: centered, weights: weights)
      }
      let base = try fit(.variance)
      #expect(try fit(.uniform).errors(ridge: 0.3, weights: w) == nil)
      for ridge in [0.3, 0.02] {
        let expected = try fit(.given(w)).errors(ridge: ridge)
        // Twice: what one leaves on the device is no part of the next.
        for _ in 0..<2 {
          let known = try base.errors(ridge: ridge, weights: w)
          // In float32 digits may end, which a fit of its own has more of.
          guard Device.Element.precision == .float64 || known != nil else { continue }
          let errors = try #require(known)
          for (a, b) in [
            (errors.heldOut, expected.heldOut), (try #require(errors.training), try #require(expected.training)),
            (try #require(errors.gcv), try #require(expected.gcv)),
          ] {
            for k in 0..<d { #expect(abs(a[k] - b[k]) <= tolerance * b[k]) }
          }
        }
        let own = try base.errors(ridge: ridge).heldOut
        guard let alike = try base.errors(ridge: ridge, weights: base.penalty)?.heldOut else {
          #expect(Device.Element.precision == .float32)
          continue
        }
        for k in 0..<d { #expect(abs(own[k] - alike[k]) <= tolerance * own[k]) }
      }
    }
    try check(HostBackend<Double>(), tolerance: 1e-11)
    try check(HostBackend<Float>(), tolerance: 1e-3)
    for device in devices {
      if device.hasFloat64 { try check(try OpenCLBackend<Double>(device: device), tolerance: 1e-11) }
      try check(try OpenCLBackend<Float>(device: device), tolerance: 1e-3)
    }
  }
}
