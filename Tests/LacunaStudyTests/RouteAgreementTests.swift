import LacunaAlgebra
import LacunaHost
import LacunaStudy
import Testing

/// The exact routes to the errors: the same numbers from each, and the choice between them.
@Suite struct RouteAgreementTests {
  private let host = HostBackend<Double>(threads: 1)

  private func stages(_ model: String, samples: String, ridges: String) throws -> (Experiment, [Experiment.Stage]) {
    let text = """
      experiment: {name: test, trials: 2}
      data: {\(model), coordinates: 80, samples: \(samples)}
      model: {ridge: \(ridges)}
      """
    let experiment = Experiment(try loadExperiments(text: text, source: "test.yaml"))
    return (experiment, try experiment.stages(device: host))
  }

  @Test(arguments: [
    "model: isotropic", "model: spiked, spikes: [{strength: 4.0}, {strength: -0.5, direction: {sparse: 5}}]",
    "model: diagonal, noise: {variances: 2.5}, spikes: [{strength: 3.0}]",
  ])
  func routesAgree(model: String) throws {
    let (experiment, stages) = try stages(model, samples: "[30, 60, 120, 300]", ridges: "[ridgeless, 0.001, 0.1, 3]")
    var seen: Set<ErrorRoute> = []
    for stage in stages {
      let expected = try experiment.simulate([stage], on: host, planner: TrialPlanner(forced: stage.routes[0])) { _ in }
      seen.formUnion(stage.routes)
      for route in stage.routes.dropFirst() {
        let planner = TrialPlanner(forced: route)
        #expect(planner.plan(stage, on: host).route == route)
        let results = try experiment.simulate([stage], on: host, planner: planner) { _ in }
        #expect(results.count == expected.count)
        for (a, b) in zip(results, expected) {
          for name in [QuantityName.trainingError, .generalizationError] {
            let (x, y) = (try #require(a[name]?.mean), try #require(b[name]?.mean))
            #expect(abs(x - y) <= 1e-10 * abs(y), "\(route), n = \(a.sampleCount), ridge \(a.ridge): \(x), \(y)")
          }
        }
      }
    }
    #expect(seen == Set(ErrorRoute.allCases))
  }

  /// Where Q itself is needed there is one route.
  @Test func otherCovariances() throws {
    let (_, stages) = try stages("model: ar1, correlation: 0.5", samples: "[30, 300]", ridges: "[0.1, 1]")
    #expect(stages.map(\.routes) == [[.sampleInverses], [.inverses]])
  }

  /// Rates that make one kind of work slow turn the choice, and memory has the last word.
  @Test func theChoice() throws {
    let text = "data: {model: isotropic, coordinates: 3000, samples: [1500, 6000]}\nmodel: {ridge: [0.1, 0.2, 0.3]}"
    let stages = try Experiment(try loadExperiments(text: text, source: "test.yaml")).stages(device: host)
    func choice(slow: Set<DeviceRates.Work>, memory: Int = .max) -> [ErrorRoute?] {
      let rates = DeviceRates { work, _ in slow.contains(work) ? 1e8 : 1e10 }
      let planner = TrialPlanner(rates: rates, memory: memory)
      return stages.map { planner.plan($0, on: host).route }
    }
    #expect(choice(slow: [.invert]) == [.sampleTridiagonal, .tridiagonal])
    #expect(choice(slow: [.invert, .tridiagonalize]) == [.sampleBand, .band])
    #expect(choice(slow: [.tridiagonalize, .bandForms]) == [.sampleInverses, .inverses])
    #expect(choice(slow: [.tridiagonalize, .reduceToBand, .eigendecompose]) == [.sampleInverses, .inverses])
    // Eigenvectors contain the work of the tridiagonal form: a rate that denies it is noise.
    let noisy = DeviceRates { work, _ in work == .eigendecompose ? 1e12 : 1e8 }
    let plan = TrialPlanner(rates: noisy, predictsAlways: true).plan(stages[1], on: host)
    #expect(plan.candidates.map(\.route) == [.inverses, .tridiagonal, .band, .eigenvectors])
    #expect(plan.route == .tridiagonal)
    let forecasts = ErrorRoute.allCases.filter { stages[1].routes.contains($0) }.map {
      (route: $0, bytes: stages[1].forecast(on: host, route: $0).bytes)
    }
    let least = try #require(forecasts.min { $0.bytes < $1.bytes })
    #expect(least.route == .tridiagonal)
    #expect(choice(slow: [.tridiagonalize], memory: least.bytes)[1] == .tridiagonal)
  }

  /// Between measured orders the rate lies on a straight line in logarithms; beyond them it stays.
  @Test func ratesBetweenOrders() {
    let rates = DeviceRates { _, order in Double(order) * 1e6 }
    for order in [128, 200, 512, 1000, 1024] {
      #expect(abs(rates.seconds(.multiply, order: order, operations: 1e6) * Double(order) - 1) < 1e-12)
    }
    #expect(rates.seconds(.fill, order: 10, operations: 128e6) == 1)
    #expect(rates.seconds(.fill, order: 9999, operations: 1024e6) == 1)
  }

  /// Every kind of work is measured as a rate that a machine can have.
  @Test(arguments: DeviceRates.Work.allCases) func measurements(work: DeviceRates.Work) throws {
    let rate = try DeviceRates.measure(work, order: 128, on: host)
    #expect(rate > 1e4 && rate < 1e13)
  }
}
