/// What a file is by its first bytes.
enum FileKind {
  case numpy, zip, gzip, matrixMarket, text
  case parquet, arrow, hdf5, matlab, pickle, excel, legacyExcel, openDocument, torch, rData, sqlite
  case bzip2, xz, zstandard, markup, json, pdf, utf16, stata, spss, largeFilePointer, binary

  /// - Parameter start: the first bytes, 128 or all there are.
  init(_ start: [UInt8]) {
    func starts(_ bytes: [UInt8]) -> Bool { start.starts(with: bytes) }
    func starts(_ text: String) -> Bool { start.starts(with: Array(text.utf8)) }
    self =
      switch true {
      case start.first == NPYHeader.magic[0] && (start.count < 2 || start[1] == UInt8(ascii: "N")): .numpy
      case starts([0x50, 0x4B, 3, 4]) || starts([0x50, 0x4B, 5, 6]): .zip
      case starts([0x1F, 0x8B]): .gzip
      case Self.isMatrixMarket(start): .matrixMarket
      case starts("PAR1"): .parquet
      case starts("ARROW1") || starts("FEA1"): .arrow
      case starts([0x89] + Array("HDF\r\n".utf8)): .hdf5
      // MATLAB's -v7.3 writes 512 bytes of text before the signature.
      case starts("MATLAB 7.3"): .hdf5
      case starts("MATLAB 5.0"): .matlab
      case start.count > 2 && start[0] == 0x80 && (2...5).contains(start[1]): .pickle
      case Self.isOldPickle(start): .pickle
      case starts([0xD0, 0xCF, 0x11, 0xE0]): .legacyExcel
      case starts("RDX2\n") || starts("RDX3\n") || starts("RDA2\n") || starts("RDA3\n"): .rData
      case starts("X\n\0\0\0") || starts("B\n\u{2}\0\0\0") || starts("B\n\u{3}\0\0\0"): .rData
      case starts("SQLite format 3"): .sqlite
      case starts("BZh"): .bzip2
      case starts([0xFD, 0x37, 0x7A, 0x58, 0x5A]): .xz
      case starts([0x28, 0xB5, 0x2F, 0xFD]): .zstandard
      case starts("%PDF"): .pdf
      case starts([0xFF, 0xFE]) || starts([0xFE, 0xFF]) || Self.isWideText(start): .utf16
      case starts("<stata_dta>") || Self.isOldStata(start): .stata
      case starts("version https://git-lfs"): .largeFilePointer
      case starts("$FL2") || starts("$FL3"): .spss
      case Self.isMarkup(start): .markup
      case starts("{") || starts("[{") || starts("[["): .json
      case start.count >= 16 && start.count(where: { $0 == 0 }) * 8 > start.count: .binary
      default: .text
      }
  }

  /// Whether the bytes begin a pickle of protocol 0 or 1, which has no signature: a list, a dictionary, a tuple of numbers,
  /// or an object by its module and name.
  private static func isOldPickle(_ start: [UInt8]) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func isWord(_ text: ArraySlice<UInt8>) -> Bool {
      !text.isEmpty && text.allSatisfy { isDigit($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x5F || $0 == 0x2E }
    }
    guard start.count > 3 else { return false }
    switch (start[0], start[1]) {
    case (UInt8(ascii: "]"), UInt8(ascii: "q")), (UInt8(ascii: "}"), UInt8(ascii: "q")): return start[2] == 0
    case (UInt8(ascii: "("), UInt8(ascii: "l")), (UInt8(ascii: "("), UInt8(ascii: "d")):
      return start[2] == UInt8(ascii: "p") && isDigit(start[3])
    case (UInt8(ascii: "("), UInt8(ascii: "I")), (UInt8(ascii: "("), UInt8(ascii: "F")):
      let number = start.dropFirst(2).prefix { $0 != 0x0A }
      return !number.isEmpty && number.allSatisfy { isDigit($0) || "+-.e".utf8.contains($0) }
    case (UInt8(ascii: "c"), _):
      let lines = start.dropFirst().split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
      guard lines.count == 3, isWord(lines[0]), isWord(lines[1]), let first = lines[2].first else { return false }
      let second = lines[2].dropFirst().first ?? 0
      return first == UInt8(ascii: "(") || (first == UInt8(ascii: "q") && second < 0x20)
        || (first == UInt8(ascii: "p") && isDigit(second))
    default: return false
    }
  }

  /// Whether the banner stands there, in whichever case and behind a byte order mark.
  private static func isMatrixMarket(_ start: [UInt8]) -> Bool {
    let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start[3...] : start[...]
    return text.prefix(14).map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } == Array("%%matrixmarket".utf8)
  }

  /// Whether a declaration or one of the usual first tags stands there; `<NA>` is a cell, and a column may be named like a tag.
  private static func isMarkup(_ start: [UInt8]) -> Bool {
    let text = String(decoding: start.prefix(8), as: UTF8.self).lowercased()
    return ["<!", "<?", "<html", "<head", "<h1", "<table", "<div", "<body", "<svg", "<meta", "<title", "<pre"].contains(
      where: text.hasPrefix)
  }

  /// Whether the release, 105 to 115, the byte order and the kind of a data set stand there.
  private static func isOldStata(_ start: [UInt8]) -> Bool {
    start.count > 3 && (105...115).contains(start[0]) && (1...2).contains(start[1]) && start[2] == 1 && start[3] == 0
  }

  /// Whether every second byte is 0, as in Latin text of two bytes a character without a byte order mark.
  private static func isWideText(_ start: [UInt8]) -> Bool {
    let count = min(start.count, 64) & ~1
    guard count >= 4 else { return false }
    return [0, 1].contains { zero in (0..<count).allSatisfy { (start[$0] == 0) == ($0 & 1 == zero) } }
  }

  /// Says what the file is, and how to get a table out of it.
  func refusal(path: String) -> DataFileError {
    let (what, remedy) = words
    return .malformed(path: path, position: .file, reason: "this is \(what)", remedy: remedy)
  }

  /// Whether it is read here.
  var isRead: Bool {
    switch self {
    case .numpy, .zip, .gzip, .matrixMarket, .text: true
    default: false
    }
  }

  private var words: (String, String) {
    let pandas = "in pandas .to_csv(\"data.csv\", index=False)"
    return switch self {
    case .parquet: ("a Parquet file", "write it as .csv or .npy: pandas.read_parquet, then \(pandas)")
    case .arrow: ("an Arrow or Feather file", "write it as .csv or .npy: pandas.read_feather, then \(pandas)")
    case .hdf5:
      (
        "an HDF5 file (MATLAB's -v7.3 too)",
        "write the one array as .npy: numpy.save(\"data.npy\", h5py.File(…)[NAME][()])"
      )
    case .matlab:
      ("a MATLAB file", "write the one matrix with writematrix, or numpy.save of scipy.io.loadmat(…)[NAME]")
    case .pickle: ("a Python pickle, which can run code and is not read", "write it as .npy or .csv")
    case .excel: ("an Excel workbook", "save the sheet as CSV UTF-8, or pandas.read_excel, then \(pandas)")
    case .legacyExcel:
      ("an old Office file (Excel .xls?)", "save the sheet as CSV UTF-8, or pandas.read_excel, then \(pandas)")
    case .openDocument: ("an OpenDocument file", "save the sheet as CSV")
    case .torch: ("a PyTorch file", "write it as .npy: numpy.save(\"data.npy\", tensor.numpy())")
    case .rData: ("an R data file", "write it in R with write.csv(x, \"data.csv\", row.names = FALSE)")
    case .sqlite: ("an SQLite database", "write the one table as .csv: sqlite3 -header -csv FILE \"select …\"")
    case .bzip2: ("compressed by bzip2", "bunzip2 it; gzip is read as it is")
    case .xz: ("compressed by xz", "unxz it; gzip is read as it is")
    case .zstandard: ("compressed by Zstandard", "unzstd it; gzip is read as it is")
    case .markup: ("a page of HTML or XML", "download the file itself; a login page may have come in its place")
    case .json: ("JSON", "write it as .csv: pandas.read_json, then \(pandas)")
    case .pdf: ("a PDF document", "the table must be text, .npy or .mtx")
    case .utf16: ("text in UTF-16 or UTF-32", "save it in UTF-8")
    case .stata: ("a Stata file", "write it as .csv: export delimited, or pandas.read_stata, then \(pandas)")
    case .spss: ("an SPSS file", "write it as .csv: pandas.read_spss, then \(pandas)")
    case .binary: ("no text, and no format that is known here", "text, .npy, .npz and .mtx are read, each also as .gz")
    case .largeFilePointer: ("Git LFS's pointer to a file, not the file", "git lfs pull brings it")
    case .numpy, .zip, .gzip, .matrixMarket, .text: ("a table", "")
    }
  }
}
