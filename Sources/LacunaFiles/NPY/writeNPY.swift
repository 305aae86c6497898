/// An element that a `.npy` file can be written with.
public protocol NPYElement: BitwiseCopyable, Sendable {
  /// NumPy's descriptor without the byte order, `f8`.
  static var npyDescriptor: String { get }
}

extension UInt8: NPYElement {
  public static var npyDescriptor: String { "u1" }
}

extension Double: NPYElement {
  public static var npyDescriptor: String { "f8" }
}

extension Float: NPYElement {
  public static var npyDescriptor: String { "f4" }
}

/// A `.npy` file written piece by piece, in C order, that appears whole on `commit()` and else not at all.
///
/// For arrays that are never whole in memory. Format version 1.0, in this machine's byte order.
public final class NPYWriter<Element: NPYElement> {
  public let shape: [Int]
  private let file: AtomicFile
  private var remaining: Int

  /// - Parameter shape: sizes ≥ 0; row-major order.
  /// - Throws: `cannotCreate` if the file cannot be made there.
  public init(_ path: String, shape: [Int]) throws(DataFileError) {
    precondition(shape.allSatisfy { $0 >= 0 }, "sizes are not negative")
    self.shape = shape
    self.remaining = shape.reduce(1, *)
    self.file = try AtomicFile(path)
    try file.append(NPYHeader.bytes(of: Element.self, shape: shape))
  }

  /// Writes the elements that come next.
  /// - Precondition: no more in all than the shape holds.
  /// - Throws: `io` if the disk is full or fails.
  public func append(_ elements: [Element]) throws(DataFileError) {
    precondition(elements.count <= remaining, "more elements than the shape \(shape) holds")
    remaining -= elements.count
    try file.append(elements)
  }

  /// Puts the file in its place.
  /// - Precondition: as many elements were appended as the shape holds.
  /// - Throws: `io` or `cannotCreate`, as `AtomicFile.commit`.
  public func commit() throws(DataFileError) {
    precondition(remaining == 0, "\(remaining) elements of the shape \(shape) are missing")
    try file.commit()
  }
}

extension NPYHeader {
  /// What stands before the elements, C order, format version 1.0: a multiple of 64 bytes that ends in a line feed.
  static func bytes<Element: NPYElement>(of type: Element.Type, shape: [Int]) -> [UInt8] {
    #if _endian(big)
      let order = MemoryLayout<Element>.size == 1 ? "|" : ">"
    #else
      let order = MemoryLayout<Element>.size == 1 ? "|" : "<"
    #endif
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let dictionary = "{'descr': '\(order)\(Element.npyDescriptor)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let unpadded = magic.count + 4 + dictionary.utf8.count + 1
    let padding = (64 - unpadded % 64) % 64
    let length = dictionary.utf8.count + padding + 1
    precondition(length <= UInt16.max, "the shape has too many sizes")
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array((dictionary + String(repeating: " ", count: padding) + "\n").utf8)
  }
}

/// Writes an array as `.npy`, whole or not at all.
///
/// - Parameter values: the elements in row-major order, as many as the shape holds.
/// - Throws: `cannotCreate` if the file cannot be made there, `io` if the disk is full or fails.
package func writeNPY<Element: NPYElement>(
  _ values: [Element], shape: [Int], to path: String
) throws(DataFileError) {
  let writer = try NPYWriter<Element>(path, shape: shape)
  try writer.append(values)
  try writer.commit()
}
