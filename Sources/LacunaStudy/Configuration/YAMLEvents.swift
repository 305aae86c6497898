import CYAML

/// The events of a YAML text, one after the other, as libyaml reads them: nothing is kept but what is being read.
final class YAMLEvents {
  /// What comes next in the text.
  enum Event {
    case streamEnd
    case documentStart
    /// `isPlain`: written without quotes and not as a block.
    case scalar(String, isPlain: Bool)
    case sequenceStart, sequenceEnd
    case mappingStart, mappingEnd
    case alias
    /// Where a stream or a document begins or ends, which says nothing.
    case boundary
  }

  /// Why the text is no YAML.
  struct Fault: Error {
    /// Counted from 1.
    var line: Int
    var problem: String
    /// Whether characters cannot be read, rather than what they say.
    var isEncoding: Bool
  }

  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ text: String) {
    bytes = .allocate(capacity: max(1, text.utf8.count))
    _ = bytes.initialize(from: text.utf8)
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, text.utf8.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    bytes.deallocate()
  }

  /// The next event and its line, counted from 1.
  func next() throws(Fault) -> (event: Event, line: Int) {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw fault }
    defer { yaml_event_delete(&event) }
    return (Self.event(event), Int(event.start_mark.line) + 1)
  }

  private var fault: Fault {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    if parser.pointee.error == YAML_READER_ERROR {
      let before = bytes.prefix(min(parser.pointee.problem_offset, bytes.count))
      return Fault(
        line: 1 + before.count { $0 == UInt8(ascii: "\n") }, problem: problem, isEncoding: true)
    }
    return Fault(line: Int(parser.pointee.problem_mark.line) + 1, problem: problem, isEncoding: false)
  }

  private static func event(_ event: yaml_event_t) -> Event {
    switch event.type {
    case YAML_STREAM_END_EVENT: return .streamEnd
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return .scalar(
        text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE || scalar.style == YAML_ANY_SCALAR_STYLE)
    case YAML_SEQUENCE_START_EVENT: return .sequenceStart
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT: return .mappingStart
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_ALIAS_EVENT: return .alias
    default: return .boundary
    }
  }
}
