import LacunaFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The fonts that figures are drawn with, which come with the program: a figure is the same on every machine.
///
/// Glyphs that they lack, of names in other scripts, are taken from the fonts of the machine.
struct FigureFonts {
  /// Regular, italic and bold, as the notation of labels has them.
  private struct Face {
    var file: String
    /// In an SVG, as gnuplot writes it.
    var attribute: String?
    var style: String
    /// The font in base 64.
    var data: String
  }

  private let family: String
  /// What fontconfig and browsers call fonts of that kind.
  private let kind: String
  private let faces: [Face]

  init(_ font: FigureStyle.Font) {
    kind = font.family
    let data: (regular: String, italic: String, bold: String)
    switch font {
    case .sans: (family, data) = ("Lacuna Sans", (Self.sansRegular, Self.sansItalic, Self.sansBold))
    case .serif: (family, data) = ("Lacuna Serif", (Self.serifRegular, Self.serifItalic, Self.serifBold))
    }
    faces = [
      Face(file: "regular.ttf", attribute: nil, style: "", data: data.regular),
      Face(
        file: "italic.ttf", attribute: "font-style=\"italic\"", style: "font-style:italic;", data: data.italic),
      Face(file: "bold.ttf", attribute: "font-weight=\"bold\"", style: "font-weight:bold;", data: data.bold),
    ]
  }

  /// Puts the fonts into the folder from where gnuplot draws, with a configuration in which they stand for those that scripts name.
  func write(to folder: String) throws(DataFileError) {
    for face in faces {
      try AtomicFile.write([UInt8](Data(base64Encoded: face.data) ?? Data()), to: "\(folder)/\(face.file)")
    }
    try AtomicFile.write(configuration, to: "\(folder)/\(Self.configurationFile)")
  }

  static let configurationFile = "fonts.conf"

  /// All text has the family, by whatever name gnuplot asks for it. The machine's own settings are not read; its caches are, and what has to be cached anew goes where the figure is made.
  private var configuration: String {
    """
    <?xml version="1.0"?>
    <!DOCTYPE fontconfig SYSTEM "fonts.dtd">
    <fontconfig>
    <dir prefix="cwd">.</dir>
    <dir>/usr/share/fonts</dir>
    <dir>/usr/local/share/fonts</dir>
    <dir>/System/Library/Fonts</dir>
    <dir prefix="xdg">fonts</dir>
    <cachedir prefix="cwd">.</cachedir>
    <cachedir>/var/cache/fontconfig</cachedir>
    <cachedir prefix="xdg">fontconfig</cachedir>
    <match target="pattern">
    <edit name="family" mode="prepend" binding="strong"><string>\(family)</string></edit>
    </match>
    <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
    </match>
    </fontconfig>

    """
  }

  /// Puts those of the fonts that an SVG takes into it.
  func embed(inSVG path: String) throws(DataFileError) {
    var svg = String(decoding: try readBytes(path), as: UTF8.self)
    guard let head = svg.firstRange(of: "<svg"), let end = svg[head.upperBound...].firstIndex(of: ">") else { return }
    var style = "\n<style>\n"
    for face in faces where face.attribute.map({ svg.contains($0) }) ?? true {
      style += "@font-face{font-family:\"\(family)\";\(face.style)src:url(data:font/ttf;base64,\(face.data))}\n"
    }
    style += "text,tspan{font-family:\"\(family)\",\(kind)}\n</style>"
    svg.insert(contentsOf: style, at: svg.index(after: end))
    try AtomicFile.write(svg, to: path)
  }
}
