import ArgumentParser
import LacunaAlgebra
import LacunaDevices
import LacunaFigures
import LacunaFiles
import LacunaStudy

struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the figures that tell the story, simulation over theory, and a page that shows them.",
    discussion: """
      FIGURE is one or more of: \(Reproduction.all.map(\.name).joined(separator: ", ")). Without one all are drawn, \
      with index.html, one self-contained page.

      Examples:
        lacuna reproduce --output figures
        lacuna reproduce transition beyond-pca-noise --output figures
        lacuna reproduce --scale 300 --output draft

      The folder gets each figure as SVG, PDF and PNG with the gnuplot script and its data, and data/FIGURE with the \
      configuration and results of its study. Where a run ends early, the figures finished by then are kept.
      """)

  @Argument(
    help: ArgumentHelp("Figures to draw; none: all of them and index.html.", valueName: "figure"),
    completion: .list(Reproduction.all.map(\.name)))
  var figures: [String] = []

  @Option(help: ArgumentHelp("Coordinates d of every study, 50 or more; n follows.", valueName: "d"))
  var scale = 1000

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var device: DeviceOptions
  @Flag(help: "Run nothing and write nothing: print what the figures would take.")
  var dryRun = false

  @OptionGroup var font: FigureFontOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard scale >= 50 else { throw ValidationError("--scale \(scale): at least 50 coordinates make a figure") }
    for name in figures where Reproduction.named(name) == nil {
      let names = Reproduction.all.map(\.name)
      let nearest = nearestWord(to: name, among: names).map { "did you mean \"\($0)\"? " } ?? ""
      throw ValidationError("no figure is called \"\(name)\"; \(nearest)there are \(names.joined(separator: ", "))")
    }
    guard output.output != nil || dryRun else { throw ValidationError("--output DIR is needed: where the figures go") }
  }

  func run() throws {
    try reportingFailures {
      let wanted = figures.isEmpty ? Reproduction.all : Reproduction.all.filter { figures.contains($0.name) }
      if dryRun { return try forecast(wanted) }
      guard let folder = try output.folder() else { return }
      let finishing = FinishedFigures(folder)
      let interrupt = Interrupt(folder) { finishing.keep() }
      defer { interrupt.end() }
      let path = folder.staging
      let narrow = try folder.makeFolder("narrow")
      var finished: [ReproducedFigure] = []
      let notice = FigureNotice(wanted: true)
      let selection = try device.select()
      do {
        for (index, reproduction) in wanted.enumerated() {
          if !output.quiet { log.info("\(index + 1)/\(wanted.count) \(reproduction.name)") }
          finishing.begin(reproduction.name)
          let figure = try simulate(reproduction, on: selection, folder: folder)
          for (width, folder) in [(FigureStyle.Width.page, path), (.column, narrow)] {
            let styled = figure.figure.styled(FigureStyle(width: width, font: font.figureFont))
            try notice.excusing { try styled.write(to: folder, name: reproduction.name) }
          }
          finishing.finish()
          finished.append(figure)
        }
        if figures.isEmpty {
          let page = try reproductionPage(finished, scale: scale, folder: path, isDrawn: !notice.foresaw)
          try AtomicFile.write(page, to: path + "/index.html")
          try AtomicFile.write(TheoryPage.html, to: path + "/theory.html")
        }
      } catch {
        Interrupt.yieldIfEnding()
        if let kept = finishing.keep() { log.notice("\(kept)") }
        throw error
      }
      try folder.publish()
      if output.json {
        print(try encodeJSON(ReproductionSummary(finished, scale: scale), pretty: true))
      } else {
        for figure in finished { StandardOutput.show(figure.text + "\n") }
      }
      if !output.quiet { log.info("figures in \(folder.path)") }
    }
  }

  private func study(of reproduction: Reproduction) throws -> Study {
    try LoadedExperiment(
      source: "example:\(reproduction.example)",
      overrides: reproduction.overrides(scale) + ["experiment.name=\(reproduction.name)"], seed: seeding.seed
    ).study(host: device.host())
  }

  /// What each figure would take.
  private func forecast(_ wanted: [Reproduction]) throws {
    let selection = try device.select()
    let plans = try wanted.map { (name: $0.name, plan: try DryRun(study(of: $0), on: selection)) }
    if output.json {
      print(try encodeJSON(Dictionary(uniqueKeysWithValues: plans.map { ($0.name, $0.plan) }), pretty: true))
      return
    }
    var table = TextTable(["figure", "points", "trials", "memory", "seconds"])
    for (name, plan) in plans {
      table.append([
        name, "\(plan.points.reduce(0) { $0 + $1.ridges.count })", "\(plan.trials)", memoryText(plan.bytes),
        plan.seconds.first.map { format($0.seconds, digits: 2) } ?? "–",
      ])
    }
    let seconds = plans.compactMap { $0.plan.seconds.first?.seconds }.reduce(0, +)
    print(
      "\(table.text)\n\n\(selection.backend.description), \(selection.reason): about \(format(seconds, digits: 2)) s in all; "
        + "nothing was run or written")
  }

  /// Runs the study of one figure.
  private func simulate(
    _ reproduction: Reproduction, on selection: DeviceSelection, folder: OutputFolder
  ) throws -> ReproducedFigure {
    let study = try study(of: reproduction)
    let results = try ResultFolder("data/\(reproduction.name)", within: folder)
    let progress = Progress(total: study.experiment.trialCount, label: "trials", quiet: output.quiet)
    let report = try study.run(on: selection.study(), folder: results) { progress.advance() }
    try report.prepare(in: results)
    return ReproducedFigure(
      reproduction: reproduction, figure: try reproduction.draw(report.results),
      comparisons: try reproduction.compare(report.results), seconds: report.summary.computation.runtimeSeconds)
  }
}
