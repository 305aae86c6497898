import LacunaFiles

/// Why a configuration is refused: where, which key, the reason, and what to do about it.
///
/// Its description is one line, `study.yaml:7: data.corelation: unknown key; did you mean "correlation"?`.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where a value was written.
  public enum Location: Sendable, Equatable, CustomStringConvertible {
    /// A configuration file and its line, counted from 1.
    case file(String, line: Int)
    /// An override, `key=value` as the user typed it.
    case override(String)
    /// An option with its value, `--mask partition:1`.
    case option(String)

    public var description: String {
      switch self {
      case .file(let name, let line): "\(name):\(line)"
      case .override(let text): "override \"\(text)\""
      case .option(let text): text
      }
    }

    /// Whether it was typed on the command line.
    var isOverride: Bool {
      if case .file = self { return false }
      return true
    }
  }

  public var location: Location
  /// Dotted key, list items by their index from 0: `data.spikes.0.strength`; empty for a fault of the whole text.
  public var key: String
  public var reason: String
  public var remedy: String

  public init(location: Location, key: String, reason: String, remedy: String) {
    self.location = location
    self.key = key
    self.reason = reason
    self.remedy = remedy
  }

  /// True when the fault was typed on the command line (usage), false when it lies in a file (data).
  public var isUsage: Bool { location.isOverride }

  public var description: String {
    let place = key.isEmpty ? "\(location)" : "\(location): \(key)"
    // Keys, values and file names are a person's, or a file's, and may hold anything.
    return escaped(remedy.isEmpty ? "\(place): \(reason)" : "\(place): \(reason); \(remedy)")
  }
}
