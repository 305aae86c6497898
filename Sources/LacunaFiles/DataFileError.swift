/// What can go wrong with a file of data: it is not there, it is malformed, it cannot be made, or the disk failed.
public enum DataFileError: Error, Sendable, Equatable {
  /// The file does not exist, may not be read or is not a file.
  case noInput(path: String, reason: String)
  /// The content is not what the format allows; `remedy` says what would make it so (empty where nothing can).
  case malformed(path: String, position: Position, reason: String, remedy: String)
  /// The output cannot be made: its folder is missing or closed to us, or something that is no file is in the way.
  case cannotCreate(path: String, reason: String)
  /// Reading or writing failed half way.
  case io(path: String, reason: String)

  /// Where in a file. Lines, fields, rows and columns are counted from 1, bytes from 0.
  public enum Position: Sendable, Equatable {
    case file
    case byte(Int)
    case line(Int)
    /// A field of a line of text, with its column's name where there is a header.
    case field(line: Int, column: Int, name: String?)
    /// A cell of a binary matrix and the byte that it starts at.
    case cell(row: Int, column: Int, byte: Int)
  }

  /// The kind of failure.
  public enum Category: Sendable { case data, noInput, cannotCreate, io }

  public var category: Category {
    switch self {
    case .noInput: .noInput
    case .malformed: .data
    case .cannotCreate: .cannotCreate
    case .io: .io
    }
  }

  public var path: String {
    switch self {
    case .noInput(let path, _), .malformed(let path, _, _, _), .cannotCreate(let path, _), .io(let path, _): path
    }
  }
}

extension DataFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noInput(let path, let reason): "cannot read \(escaped(path)): \(reason)"
    case .malformed(let path, let position, let reason, let remedy):
      "\(escaped(path))\(position): \(reason)" + (remedy.isEmpty ? "" : "; \(remedy)")
    case .cannotCreate(let path, let reason): "cannot create \(escaped(path)): \(reason)"
    case .io(let path, let reason): "\(escaped(path)): \(reason)"
    }
  }
}

extension DataFileError.Position: CustomStringConvertible {
  /// Reads on from a path: empty, or a comma and the place.
  public var description: String {
    switch self {
    case .file: ""
    case .byte(let byte): ", byte \(byte)"
    case .line(let line): ", line \(line)"
    case .field(let line, let column, let name):
      ", line \(line), column \(column)" + (name.map { " (\(escaped(String($0.prefix(40)))))" } ?? "")
    case .cell(let row, let column, let byte): ", row \(row), column \(column) (byte \(byte))"
    }
  }
}
