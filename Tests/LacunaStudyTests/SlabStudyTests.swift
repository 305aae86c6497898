import LacunaAlgebra
import LacunaHost
import LacunaOpenCL
import LacunaStudy
import Testing

private let devices = OpenCLDevice.all().filter(\.isUsable)

/// Studies whose matrices are larger than a buffer: the numbers of the host, and a plan that knows what takes one buffer.
@Suite struct SlabStudyTests {
  private let host = HostBackend<Double>()

  /// Buffers of 1400 numbers: 20 rows of 70.
  private func device<Element: OpenCLScalar>(_ device: OpenCLDevice, _ element: Element.Type) throws -> StudyDevice {
    // The self-test's matrices are those of the device as it is.
    _ = try OpenCLBackend<Element>(device: device)
    var routes = Routes(device)
    routes.largestBuffer = 1400 * Element.precision.byteCount
    return StudyDevice(
      try OpenCLBackend<Element>(device: device, routes: routes),
      planner: TrialPlanner(largestAllocation: routes.largestBuffer))
  }

  private func expectAgreement(_ points: [ExperimentPoint]) throws {
    let study = try Study(name: "slabs", points: points, host: host)
    let expected = try study.run(on: StudyDevice(host)).results.points
    for device in devices {
      var runs = [(try study.run(on: self.device(device, Float.self)), 1e-4)]
      if device.hasFloat64 { runs.append((try study.run(on: self.device(device, Double.self)), 1e-9)) }
      for (report, tolerance) in runs {
        #expect(report.results.points.count == expected.count && report.summary.computation.deviceFallback == nil)
        for (a, b) in zip(report.results.points, expected) {
          for name in [QuantityName.trainingError, .generalizationError] {
            let (x, y) = (try #require(a[name]?.mean), try #require(b[name]?.mean))
            #expect(abs(x - y) <= tolerance * abs(y), "n = \(a.sampleCount), ridge \(a.ridge): \(x) and \(y)")
          }
        }
      }
    }
  }

  @Test(.enabled(if: !devices.isEmpty, "no usable OpenCL device"), arguments: DataModel.all)
  func modelsAgree(model: DataModel) throws {
    try expectAgreement([
      try model.configuration(coordinates: 70, samples: [35, 150], ridges: "[0.05, 1.0]", trials: 2, seed: 3)
    ])
  }

  @Test(
    .enabled(if: !devices.isEmpty, "no usable OpenCL device"),
    arguments: [
      "{bernoulli: {keep: 0.5}}", "{random: {keep: 0.5, masks: 3}}", "{random: {visible: 30, masks: 2}}",
      "{shared: {keep: 0.7, masks: 4}}", "{partition: {blocks: 5}}",
    ])
  func masksAgree(mask: String) throws {
    let text = """
      experiment: {name: test, trials: 2}
      data: {model: ar1, correlation: 0.6, coordinates: 70, samples: 150}
      model: {ridge: [0.1, 1.0], mask: \(mask)}
      """
    try expectAgreement(try loadExperiments(text: text, source: "test.yaml"))
  }

  /// With buffers for an order of 2000: no reduction of more, whatever it would save; and where eigenvalues are asked for, the refusal
  /// says that order.
  @Test func thePlan() throws {
    let planner = TrialPlanner(
      rates: DeviceRates { work, _ in work == .invert ? 1e8 : 1e10 }, largestAllocation: 8 * 2000 * 2000)
    func stages(_ d: Int, measure: String) throws -> [Experiment.Stage] {
      let text = """
        data: {model: isotropic, coordinates: \(d), samples: [\(d / 2), \(2 * d)]}
        model: {ridge: [0.1, 0.2, 0.3]}
        measure: [\(measure)]
        """
      return try Experiment(try loadExperiments(text: text, source: "test.yaml")).stages(device: host)
    }
    #expect(
      try stages(2000, measure: "errors").map { planner.plan($0, on: host).route } == [
        .sampleTridiagonal, .tridiagonal,
      ])
    #expect(
      try stages(3000, measure: "errors").map { planner.plan($0, on: host).route } == [.sampleTridiagonal, .inverses])
    #expect(
      try stages(5000, measure: "errors").map { planner.plan($0, on: host).route } == [.sampleInverses, .inverses])
    let device = StudyDevice(host, planner: planner)
    let spectrum = try stages(3000, measure: "spectrum")[1]
    let error = #expect(throws: BackendError.self) { _ = try device.plan(spectrum) }
    guard case .outOfMemory(_, _, let description)? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(description.contains("it holds d up to 2000 "))
    #expect(throws: Never.self) { _ = try device.plan(try stages(2000, measure: "spectrum")[1]) }
  }
}
