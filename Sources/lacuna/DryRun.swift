import LacunaDevices
import LacunaStudy

/// What a study would run, and what that would take: `--dry-run`.
struct DryRun: Encodable {
  /// One of n samples at all its ridges.
  struct Point: Encodable {
    var parameters: [String: String]
    var n, d: Int
    var ridges: [Double]
    var trials: Int
    /// How a trial is computed; nil under masks that have one way.
    var route: String?
    var bytes: Int
  }

  struct Time: Encodable {
    var device: String
    var seconds: Double
  }

  /// Each with every default written out, as a result folder has them.
  var configurations: [String]
  var device, deviceReason: String
  var points: [Point]
  var trials, bytes: Int
  var seconds: [Time]
  private let summary, forecast: String

  init(_ study: Study, on selection: DeviceSelection) throws {
    let plans = try study.plans(on: selection.study(predictsAlways: true))
    let forecast = StudyForecast(study.stages, plans: plans, selection: selection)
    let experiment = study.experiment
    configurations = experiment.points.map { resolvedYAML($0.configuration) }
    summary = resolvedYAML(experiment.points)
    device = selection.backend.description
    deviceReason = selection.reason
    points = zip(study.stages, plans).map { stage, plan in
      Point(
        parameters: stage.problem.parameters, n: stage.sampleCount, d: stage.model.coordinateCount,
        ridges: stage.ridges, trials: stage.point.configuration.trials, route: plan.route?.rawValue,
        bytes: plan.forecast.bytes)
    }
    trials = forecast.trials
    bytes = forecast.bytes
    seconds = forecast.seconds.map { Time(device: $0.device, seconds: $0.seconds) }
    self.forecast = forecast.text
  }

  enum CodingKeys: String, CodingKey {
    case configurations, device, points, trials, bytes, seconds
    case deviceReason = "device_reason"
  }

  var text: String {
    let swept = Set(points.flatMap { $0.parameters.keys }).sorted()
    var table = TextTable(swept + ["n", "d", "ridges", "trials", "route", "a trial"])
    for point in points {
      let ridges = point.ridges.prefix(4).map(formatBriefly) + (point.ridges.count > 4 ? ["…"] : [])
      table.append(
        swept.map { point.parameters[$0] ?? "" } + [
          "\(point.n)", "\(point.d)", ridges.joined(separator: ", "), "\(point.trials)", point.route ?? "–",
          memoryText(point.bytes),
        ])
    }
    return """
      \(summary)
      \(table.text)

      \(device): \(deviceReason)
      \(forecast)
      nothing was run or written
      """
  }
}
