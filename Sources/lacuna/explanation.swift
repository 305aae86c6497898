import LacunaAlgebra
import LacunaStudy

/// What `--explain` says: for each stage the exact routes, the time and storage each is expected to take a trial, the one
/// taken, and how many trials run side by side.
func explanation(_ stages: [Experiment.Stage], plans: [TrialPlan], device: String) -> String {
  var table = TextTable(["n", "d", "ridges", "route", "a trial", "storage", "trials at once", ""])
  for (stage, plan) in zip(stages, plans) {
    let shape = ["\(stage.sampleCount)", "\(stage.model.coordinateCount)", "\(stage.ridges.count)"]
    let width = "\(plan.arrangement.width)" + (plan.arrangement.singleThreaded ? ", a thread each" : "")
    for candidate in plan.candidates {
      let isTaken = candidate.route == plan.route
      table.append(
        shape + [
          candidate.route.rawValue, seconds(candidate.seconds), mebibytes(candidate.forecast.bytes),
          isTaken ? width : "", isTaken ? "← taken" : candidate.fits ? "" : "does not fit",
        ])
    }
    if plan.candidates.isEmpty {
      let mask = stage.point.configuration.mask.argument
      table.append(shape + [mask, "–", mebibytes(plan.forecast.bytes), width, "← the one way"])
    }
  }
  return "\(device)\n\n\(table.text)\n\n"
}

/// What the process held at most, beside what the plans made of it.
func memoryExplanation(_ plans: [TrialPlan], peak: Int) -> String {
  let forecast = plans.map(\.peakBytes).max() ?? 0
  return "memory of the process at its peak: \(mebibytes(peak)), forecast \(mebibytes(forecast))\n\n"
}

private func seconds(_ value: Double) -> String {
  value < 1 ? format(1000 * value, digits: 2) + " ms" : format(value, digits: 3) + " s"
}

private func mebibytes(_ bytes: Int) -> String { format(Double(bytes) / Double(1 << 20), digits: 3) + " MiB" }
