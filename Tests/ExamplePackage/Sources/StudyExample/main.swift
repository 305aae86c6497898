import LacunaDevices
import LacunaStudy

let text = """
  data: {model: ar1, correlation: 0.6, coordinates: 100, samples: [50, 200]}
  model: {ridge: 0.1}
  experiment: {trials: 5, seed: 1}
  """

// Models and theory first: what cannot be computed is refused here.
let registry = DeviceRegistry()
let study = try Study(configuration: text, name: "chain", host: registry.host.reference())

// Then the trials, on the device that multiplies fastest.
let device = try registry.select(.auto, precision: .float64)
let report = try study.run(on: StudyDevice(device.backend))
for point in report.results.points {
  guard let error = point[.generalizationError], let mean = error.mean else { continue }
  print("n = \(point.sampleCount): \(mean) ± \(error.standardError ?? .nan), theory \(error.comparison ?? .nan)")
}
for table in report.results.tables { print(table) }
