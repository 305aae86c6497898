#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// File names as text, without loss: a name is bytes, and need not be UTF-8.
///
/// A byte b ≥ 0x80 that belongs to no well-formed UTF-8 stands as the private scalar U+10FF00 + b; so do the four bytes
/// of such a scalar, should a name hold one. All functions here that take a path turn it back.
public enum PathText {
  /// The text that stands for these bytes.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while let first = rest.first {
      // A scalar is at most four bytes: the first length that decodes alone.
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let candidate = rest.prefix(length)
      if let scalar = String(validating: candidate, as: UTF8.self)?.unicodeScalars.first, Self.byte(scalar) == nil {
        scalars.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        scalars.append(Unicode.Scalar(0x10FF00 + UInt32(first)) ?? "?")
        rest = rest.dropFirst()
      }
    }
    return String(scalars)
  }

  /// The bytes of a path.
  public static func bytes(_ path: String) -> [UInt8] {
    guard path.unicodeScalars.contains(where: { byte($0) != nil }) else { return Array(path.utf8) }
    var bytes: [UInt8] = []
    for scalar in path.unicodeScalars {
      if let byte = byte(scalar) { bytes.append(byte) } else { bytes += Array(String(scalar).utf8) }
    }
    return bytes
  }

  /// The byte that a scalar stands for; nil for a scalar that is itself.
  static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    (0x10FF80...0x10FFFF).contains(scalar.value) ? UInt8(scalar.value & 0xFF) : nil
  }

  /// The program's arguments without its name, bytes that are no UTF-8 kept.
  public static var arguments: [String] {
    (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
      guard let argument = CommandLine.unsafeArgv[index] else { return nil }
      return String(validatingCString: argument)
        ?? text(UnsafeBufferPointer(start: argument, count: length(argument)).map { UInt8(bitPattern: $0) })
    }
  }

  /// An environment variable that holds a path; nil where it is not set or empty.
  public static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value[0] != 0 else { return nil }
    return text(UnsafeBufferPointer(start: value, count: length(value)).map { UInt8(bitPattern: $0) })
  }

  /// The folder that the process runs in, absolute; `.` where it cannot be told.
  public static var currentFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return text(UnsafeBufferPointer(start: path, count: length(path)).map { UInt8(bitPattern: $0) })
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }
}

/// Hands a path to the system as the C string of its bytes.
package func withSystemPath<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  let bytes = PathText.bytes(path).map { CChar(bitPattern: $0) } + [0]
  return bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
}
