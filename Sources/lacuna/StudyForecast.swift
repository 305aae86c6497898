import LacunaAlgebra
import LacunaDevices
import LacunaStudy

/// What a study takes before it runs: the memory of its largest stage, and the time on each device.
///
/// One multiply is measured on each device and kept; the other work of a trial is taken to be as much faster or slower than
/// nominal as that. The time comes out within a factor of about two.
struct StudyForecast {
  /// Bytes of the trials that run at the same time.
  let bytes: Int
  let trials: Int
  /// Devices and their seconds for all trials: the chosen one, and the host where that is another.
  let seconds: [(device: String, seconds: Double)]

  init(_ stages: [Experiment.Stage], plans: [TrialPlan], selection: DeviceSelection) {
    bytes = plans.map { $0.forecast.bytes * $0.arrangement.width }.max() ?? 0
    trials = stages.reduce(0) { $0 + $1.point.configuration.trials }
    seconds = selection.multiplyRates().map { device, rate in
      let rates = DeviceRates.nominal(multiply: rate)
      let all = zip(stages, plans).reduce(0) { sum, pair in
        sum + Double(pair.0.point.configuration.trials) * pair.0.seconds(route: pair.1.route, rates: rates)
      }
      return (device, all)
    }
  }

  /// For a person: `12 s on host: …`; empty where no rate is known.
  var times: String { seconds.map { "\(duration($0.seconds)) on \($0.device)" }.joined(separator: ", ") }

  var text: String {
    "forecast: \(trials) trials, \(memoryText(bytes))" + (times.isEmpty ? "" : ", about \(times)")
  }
}

/// A time for a person.
func duration(_ seconds: Double) -> String {
  switch seconds {
  case ..<1: "less than a second"
  case ..<90: "\(Int(seconds.rounded())) s"
  case ..<5400: "\(Int((seconds / 60).rounded())) min"
  default: "\(format(seconds / 3600, digits: 2)) h"
  }
}
