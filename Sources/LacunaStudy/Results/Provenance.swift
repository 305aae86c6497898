#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// When, where and by which command a study was run; what computed it, with the versions of library and driver, is `Summary.device`.
public struct Provenance: Sendable, Equatable, Encodable {
  /// When it began, in UTC, as ISO 8601 has it: `2025-11-04T09:30:00Z`.
  public var date: String
  /// The words of the command line, the program's name first.
  public var command: [String]
  /// The machine's name.
  public var host: String
  /// The operating system, its release, and the processor's architecture.
  public var system: String
  /// Processors that the system offers.
  public var processors: Int

  /// Of this machine and moment.
  /// - Parameter command: the words of the command line, the program's name first.
  public init(command: [String]) {
    self.command = command
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32, _ count: Int = 2) -> String {
      let text = "\(value)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    date =
      "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
      + "T\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))Z"
    var names = utsname()
    _ = uname(&names)
    host = Self.text(names.nodename)
    system = "\(Self.text(names.sysname)) \(Self.text(names.release)), \(Self.text(names.machine))"
    processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  private static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  enum CodingKeys: String, CodingKey {
    case date, command, host, system, processors
    case commandLine = "command_line"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(date, forKey: .date)
    try container.encode(command, forKey: .command)
    try container.encode(commandLine, forKey: .commandLine)
    try container.encode(host, forKey: .host)
    try container.encode(system, forKey: .system)
    try container.encode(processors, forKey: .processors)
  }

  /// The command line as a shell takes it.
  public var commandLine: String { command.shellLine }
}

extension [String] {
  /// The words of a command as a shell takes them.
  package var shellLine: String {
    map { word in
      let isPlain =
        !word.isEmpty
        && word.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
          default: "_-./:=,+@%".utf8.contains(byte)
          }
        }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
