import LacunaFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Figure {
  /// Draws the figure: NAME.svg, NAME.pdf, NAME.png, the script NAME.gp that draws them and its data, NAME.dat.
  ///
  /// Everything is made aside first, so that each file appears whole. Data and script stay where gnuplot is missing or fails,
  /// without pictures. The script holds only relative paths: `gnuplot NAME.gp` in the folder draws again. The same figure gives
  /// the same bytes with the same gnuplot: the fonts are the program's own.
  ///
  /// - Parameter directory: there already.
  /// - Parameter name: of the files, without extension.
  /// - Throws: `nothingToDraw`, `emptySeries`, `invalidRange` for what cannot be drawn; `invalidName`;
  ///   `gnuplotMissing` and `gnuplotFailed` with what it said, after data and script are written; `file` where the folder takes
  ///   no files.
  public func write(to directory: String, name: String) throws(FigureError) {
    try write(to: directory, name: name, searchPath: nil)
  }

  /// The same with gnuplot looked for on a given search path.
  package func write(to directory: String, name: String, searchPath: String?) throws(FigureError) {
    guard let first = name.unicodeScalars.first, first != ".", !name.contains("/"), name.utf8.count <= 200,
      !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { throw .invalidName(name) }
    guard !panels.isEmpty else { throw .nothingToDraw(figure: name, panel: nil) }
    var prepared: [PreparedPanel] = []
    for (index, panel) in panels.enumerated() {
      prepared.append(try PreparedPanel(panel, figure: name, number: index + 1))
    }
    let aside = try Self.folder(in: directory)
    let log = "log"
    let sources = ["dat", "gp"].map { "\(name).\($0)" }
    let pictures = ["svg", "pdf", "png"].map { "\(name).\($0)" }
    defer { FolderTree.remove(aside) }
    let fonts = FigureFonts(font)
    do throws(DataFileError) {
      try AtomicFile.write(PlotData.text(prepared), to: "\(aside)/\(name).dat")
      try AtomicFile.write(Script(self, prepared, name: name).text, to: "\(aside)/\(name).gp")
    } catch {
      throw .file(error)
    }
    var failure: FigureError?
    if let gnuplot = Gnuplot(searchPath: searchPath) {
      do throws(DataFileError) { try fonts.write(to: aside) } catch { throw .file(error) }
      let status = gnuplot.run("./\(name).gp", in: aside, log: log)
      if status != 0 || !pictures.allSatisfy({ Self.isWhole("\(aside)/\($0)") }) {
        try Self.requireSpace(in: aside, for: directory)
        failure = .gnuplotFailed(figure: name, status: status, log: Self.contents(of: "\(aside)/\(log)"))
      }
    } else {
      failure = .gnuplotMissing
    }
    try Self.move(sources, from: aside, to: directory)
    if let failure {
      // Those of an earlier figure would belie the data beside them.
      for file in pictures { removeFile("\(directory)/\(file)") }
      throw failure
    }
    Self.removeDate(fromPDF: "\(aside)/\(name).pdf")
    do throws(DataFileError) { try fonts.embed(inSVG: "\(aside)/\(name).svg") } catch { throw .file(error) }
    try Self.move(pictures, from: aside, to: directory)
  }

  /// What keeps figures from being drawn on this machine, `gnuplotMissing`; nil where nothing is known to.
  public static var drawingObstacle: FigureError? { Gnuplot(searchPath: nil) == nil ? .gnuplotMissing : nil }

  private static func move(_ files: [String], from aside: String, to directory: String) throws(FigureError) {
    for file in files where !renameFile("\(aside)/\(file)", to: "\(directory)/\(file)") {
      throw .file(.cannotCreate(path: "\(directory)/\(file)", reason: String(cString: strerror(errno))))
    }
  }

  /// A folder of our own beside the target.
  private static func folder(in directory: String) throws(FigureError) -> String {
    var attempt = 0
    while true {
      let path = "\(directory)/.figure-\(getpid())-\(attempt)"
      if withSystemPath(path, { mkdir($0, 0o700) }) == 0 { return path }
      guard errno == EEXIST else {
        throw .file(.cannotCreate(path: directory, reason: String(cString: strerror(errno))))
      }
      attempt += 1
    }
  }

  /// Whether a picture ends as its format does: gnuplot's own status does not tell that the disk was full.
  private static func isWhole(_ path: String) -> Bool {
    guard let file = withSystemPath(path, { fopen($0, "r") }) else { return false }
    defer { fclose(file) }
    var end = [UInt8](repeating: 0, count: 16)
    guard fseek(file, -end.count, SEEK_END) == 0, fread(&end, 1, end.count, file) == end.count else { return false }
    let ends = ["</svg>", "%%EOF", "IEND\u{AE}B`\u{82}"].map { $0.unicodeScalars.map { UInt8($0.value) } }
    while end.last == 0x0A || end.last == 0x0D { end.removeLast() }
    return ends.contains { end.suffix($0.count).elementsEqual($0) }
  }

  /// - Throws: `file` where the disk has no room for a few pages: that is then why gnuplot failed.
  private static func requireSpace(in aside: String, for directory: String) throws(FigureError) {
    let path = "\(aside)/space"
    defer { removeFile(path) }
    do throws(DataFileError) {
      try AtomicFile.write([UInt8](repeating: 1, count: 1 << 14), to: path)
    } catch {
      let reason = error.description.split(separator: ": ").last ?? ""
      throw .file(.io(path: directory, reason: "figures cannot be written: \(reason)"))
    }
  }

  /// The first 4 KiB of a file as text; empty if it cannot be read.
  private static func contents(of path: String) -> String {
    guard let file = withSystemPath(path, { fopen($0, "r") }) else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Blanks the date of creation, an optional entry, so that the same figure is the same file.
  private static func removeDate(fromPDF path: String) {
    guard let file = withSystemPath(path, { fopen($0, "r+") }) else { return }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: max(0, ftell(file)))
    rewind(file)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return }
    let key = Array("/CreationDate (".utf8)
    var start = 0
    while start + key.count < bytes.count {
      if bytes[start] == key[0], bytes[start..<start + key.count].elementsEqual(key),
        let end = bytes[start...].firstIndex(of: UInt8(ascii: ")"))
      {
        let blank = [UInt8](repeating: 0x20, count: end + 1 - start)
        fseek(file, start, SEEK_SET)
        fwrite(blank, 1, blank.count, file)
        return
      }
      start += 1
    }
  }
}
