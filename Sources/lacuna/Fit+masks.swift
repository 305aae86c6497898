import LacunaAlgebra
import LacunaFiles
import LacunaStudy
import MaskedRegression
import RealModule

/// `lacuna fit` under masks other than leave-one-out.
extension Fit {
  /// A scheme of masks on complete data: the ridge of least error on held-out samples.
  func fitMasked<Device: Backend>(
    _ table: Table, drawMasks: MaskConfiguration.Drawing, on backend: Device, folder: ResultFolder?
  ) throws {
    guard table.rows >= 5 else {
      throw Failure("\(data): \(table.rows) samples; masks are fitted in five folds", status: ExitStatus.data)
    }
    let fit = try SchemeFit(
      device: backend, values: table.values, sampleCount: table.rows, centered: center,
      scheme: drawMasks(RandomStream(seed: seed, purpose: .masks, index: 0)))
    let ridges = ridge.path(automatic: coarsePath(mean(fit.variances)))
    let progress = Progress(total: ridges.count, label: "ridges", quiet: output.quiet)
    let path = try ridges.sorted().enumerated().map { index, ridge in
      let errors = try fit.errors(ridge: ridge)
      progress.advance(to: index + 1, of: ridges.count)
      return errors
    }
    let best = path.min { $0.meanHeldOut < $1.meanHeldOut }!
    let summary = MaskedFitSummary(
      mask: mask.argument, sampleCount: table.rows, coordinateCount: table.columns,
      best: .init(ridge: best.ridge, trainingError: best.meanTraining, heldOutError: best.meanHeldOut),
      path: path.map { .init(ridge: $0.ridge, trainingError: $0.meanTraining, heldOutError: $0.meanHeldOut) },
      centered: center, missingCells: 0, liftedEigenvalue: nil, device: backend.description,
      precision: Device.Element.precision.rawValue, version: lacunaVersion)
    noteEdge(best.ridge, in: path.map(\.ridge))
    try write(summary, folder: folder) { folder in
      try writeMatrix(
        try fit.predictor(ridge: best.ridge), shape: [table.columns, table.columns], to: folder.path + "/predictor.npy")
      try writeCSV(
        names: ["name", "training_error", "held_out_error"],
        rows: (0..<table.columns).map { k in
          [.text(table.names?[k] ?? "\(k + 1)"), .number(best.training[k]), .number(best.heldOut[k])]
        }, to: folder.path + "/coordinates.csv")
    }
  }

  /// Missing cells as the mask: the ridge of least error on observed cells hidden for the purpose, the gaps filled.
  func fitObserved<Device: Backend>(_ table: Table, on backend: Device, folder: ResultFolder?) throws {
    let regression = try ObservedRegression(
      device: backend, values: table.values, sampleCount: table.rows, centered: center)
    if let lowest = regression.liftedEigenvalue, !output.quiet {
      log.notice(
        "the Gram of jointly observed pairs has eigenvalues down to \(format(lowest, digits: 4)); those below 0 are lifted to 0"
      )
    }
    let squares = table.values.indices.filter { !table.values[$0].isNaN }.map { cell in
      let value = table.values[cell] - regression.means[cell % table.columns]
      return value * value
    }
    let ridges = ridge.path(automatic: coarsePath(mean(squares)))
    guard ridges.allSatisfy({ $0 > 0 }) else {
      throw Failure("--ridge 0: missing cells need a ridge above 0", status: ExitStatus.usage)
    }
    let progress = Progress(total: ridges.count, label: "ridges", quiet: output.quiet)
    let search = try chooseObservedRidge(
      device: backend, values: table.values, sampleCount: table.rows, centered: center, ridges: ridges,
      stream: RandomStream(seed: seed, purpose: .masks, index: 0)
    ) { progress.advance(to: $0, of: $1) }
    noteEdge(search.best.ridge, in: search.path.map(\.ridge))
    let summary = MaskedFitSummary(
      mask: "observed", sampleCount: table.rows, coordinateCount: table.columns,
      best: .init(ridge: search.best.ridge, trainingError: nil, heldOutError: search.best.error),
      path: search.path.map { .init(ridge: $0.ridge, trainingError: nil, heldOutError: $0.error) }, centered: center,
      missingCells: regression.missingCount, liftedEigenvalue: regression.liftedEigenvalue,
      device: backend.description, precision: Device.Element.precision.rawValue, version: lacunaVersion)
    try write(summary, folder: folder) { folder in
      try writeMatrix(
        try regression.predictor(ridge: search.best.ridge), shape: [table.columns, table.columns],
        to: folder.path + "/predictor.npy")
      try writeNPY(
        try regression.filled(table.values, ridge: search.best.ridge), shape: [table.rows, table.columns],
        to: folder.path + "/filled.npy")
    }
  }

  /// 17 ridges over 10⁻⁶ … 10² times the mean square.
  private func coarsePath(_ scale: Double) -> [Double] { geometricPath(from: 1e-6 * scale, to: 1e2 * scale, count: 17) }

  private func noteEdge(_ best: Double, in path: [Double]) {
    guard path.count > 1, best == path.first || best == path.last, !output.quiet else { return }
    log.notice("the least error is at an end of the ridge path; it may lie beyond \(format(best, digits: 4))")
  }

  private func write(
    _ summary: MaskedFitSummary, folder: ResultFolder?, _ files: (ResultFolder) throws -> Void
  ) throws {
    if let folder {
      try files(folder)
      try AtomicFile.write(try encodeJSON(summary, pretty: true) + "\n", to: folder.path + "/fit.json")
    }
    print(output.json ? try encodeJSON(summary, pretty: true) : summary.text)
    if let folder, !output.quiet { log.info("results in \(folder.path)") }
  }
}
