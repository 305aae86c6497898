import ArgumentParser
import LacunaFigures

/// `--figure-font`.
struct FigureFontOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The font of figures: sans or serif.", valueName: "font"))
  var figureFont = FigureStyle.Font.sans
}

/// How figures look: `--figure-width` and `--figure-font`.
struct FigureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How wide figures are: column, 9 cm with panels above one another; page, panels of 9 cm side by side; or a number of "
        + "centimetres. (default: page)", valueName: "width"),
    completion: .list(["column", "page"]),
    transform: { text in
      guard let width = FigureStyle.Width(text) else {
        throw ValidationError("write column, page, or centimetres from 6 to 60")
      }
      return width
    })
  var figureWidth = FigureStyle.Width.page

  @OptionGroup var font: FigureFontOptions

  var style: FigureStyle { FigureStyle(width: figureWidth, font: font.figureFont) }
}

extension FigureStyle.Font: ExpressibleByArgument {}
