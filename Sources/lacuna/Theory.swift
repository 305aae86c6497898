import ArgumentParser
import LacunaFigures
import LacunaFiles
import LacunaStudy

struct Theory: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the same points from theory alone.",
    discussion: """
      Deterministic equivalents for n, d → ∞ at fixed d/n: no data are drawn. d = 1000000 takes about a second,
      of a Toeplitz covariance d = 100000, where its correlations die out exponentially; where they last, it takes d² \
      operations.

      --page writes the theory as one live page for a browser, with sliders for n/d, ridge, spike, noise, correlation and \
      masks; it needs no CONFIG and no connection.

      Examples:
        lacuna theory example:ridge-path
        lacuna theory example:learning-curve data.coordinates=1000000 \\
          data.samples=500000,2000000 --json
        lacuna theory --page theory.html
      """)

  @OptionGroup var study: StudyArguments

  @Option(help: ArgumentHelp("Write the live page of the theory to a file.", valueName: "file"), completion: .file())
  var page: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tables: ResultTableOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard page == nil else {
      if study.config != nil { throw ValidationError("--page takes no CONFIG: its sliders are the configuration") }
      return
    }
    try study.requireConfig()
  }

  func run() throws {
    try reportingFailures {
      if let page {
        try AtomicFile.write(TheoryPage.html, to: page)
        if !output.quiet { log.info("the page is \(escaped(page)); open it in a browser") }
        return
      }
      let loaded = try study.load()
      let folder = try output.folder()
      let interrupt = Interrupt(folder)
      defer { interrupt.end() }
      let notice = FigureNotice(wanted: folder != nil)
      let report = try loaded.study(host: threads.host()).theory()
      try conclude(
        report, folder: folder.map { ResultFolder($0) }, terminal: output.terminal, tables: tables,
        style: figures.style, notice: notice)
    }
  }
}
