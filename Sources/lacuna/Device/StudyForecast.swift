import LinearAlgebra
import Simulation

/// What a study takes before it runs: the memory of its largest trial, and the time on each device by its rate.
///
/// Trials are multiplications almost alone, so the work of a trial, in operations of a multiply, over the rate of a multiply
/// predicts its time, within a factor of about two.
struct StudyForecast {
  /// Bytes of the largest trial.
  let bytes: Int
  let trials: Int
  /// Devices and their seconds for all trials: the chosen one, and the host where that is another.
  let seconds: [(device: String, seconds: Double)]

  /// Measures the rates that are not kept yet: a few multiplications each.
  init(_ stages: [Experiment.Stage], selection: DeviceSelection, precision: Precision) {
    let forecasts = stages.map { ($0.forecast(precision: precision), $0.point.configuration.trials) }
    bytes = forecasts.map(\.0.bytes).max() ?? 0
    trials = forecasts.reduce(0) { $0 + $1.1 }
    let work = forecasts.reduce(0) { $0 + $1.0.work * Double($1.1) }
    var rates = RateCache()
    var devices: [(any Backend, String)] = [(selection.backend, selection.rateKey)]
    if selection.host.rateKey != selection.rateKey { devices.append((selection.host.backend, selection.host.rateKey)) }
    seconds = devices.compactMap { backend, key in
      rates.rate(of: key) { try multiplyRate(backend) }.map { (backend.description, work / ($0 * 1e9)) }
    }
    rates.save()
  }

  var text: String {
    let times = seconds.map { "\(duration($0.seconds)) on \($0.device)" }.joined(separator: ", ")
    return "forecast: \(trials) trials, \(gibibytes(bytes))" + (times.isEmpty ? "" : ", about \(times)")
  }
}

/// A time for a person.
private func duration(_ seconds: Double) -> String {
  switch seconds {
  case ..<1: "less than a second"
  case ..<90: "\(Int(seconds.rounded())) s"
  case ..<5400: "\(Int((seconds / 60).rounded())) min"
  default: "\(format(seconds / 3600, digits: 2)) h"
  }
}
