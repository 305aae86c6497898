import CZlib

/// An `.npz` archive written array by array, that appears whole on `commit()` and else not at all.
///
/// Members are stored as they are, their sizes in ZIP64, so that the same arrays are the same bytes. Read by `numpy.load`.
/// Source: PKWARE APPNOTE 6.3.10.
package final class NPZWriter {
  private struct Member {
    var name: [UInt8]
    var start: Int
    var size = 0
    var checksum: UInt = 0
    var remaining: Int

    /// The header before its bytes, or the entry of the directory.
    func header(isEntry: Bool) -> [UInt8] {
      var bytes: [UInt8] = isEntry ? [0x50, 0x4B, 1, 2] : [0x50, 0x4B, 3, 4]
      if isEntry { bytes += little(45, 2) }
      // Version 4.5 for ZIP64, names in UTF-8, stored, and the first day that there is.
      bytes += little(45, 2) + little(1 << 11, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
      bytes += little(Int(checksum), 4) + little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4)
      bytes += little(name.count, 2) + little(isEntry ? 28 : 20, 2)
      if isEntry { bytes += little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0xFFFF_FFFF, 4) }
      bytes += name + little(1, 2) + little(isEntry ? 24 : 16, 2) + little(size, 8) + little(size, 8)
      if isEntry { bytes += little(start, 8) }
      return bytes
    }
  }

  private let file: AtomicFile
  private var members: [Member] = []
  private var position = 0

  /// - Throws: `cannotCreate` if the file cannot be made there.
  package init(_ path: String) throws(DataFileError) { file = try AtomicFile(path) }

  /// Starts an array; its elements follow by `append`.
  /// - Parameter name: without `.npy`.
  /// - Parameter type: of its elements.
  /// - Parameter shape: sizes ≥ 1; row-major order.
  package func begin<Element: NPYElement>(_ name: String, of type: Element.Type, shape: [Int]) throws(DataFileError) {
    precondition(members.last.map { $0.remaining == 0 } ?? true, "an array is not whole")
    let member = Member(
      name: Array((name + ".npy").utf8), start: position,
      remaining: shape.reduce(MemoryLayout<Element>.size, *))
    members.append(member)
    let header = member.header(isEntry: false)
    try file.append(header)
    position += header.count
    try take(NPYHeader.bytes(of: type, shape: shape))
  }

  /// Writes the elements that come next, no more in all than the shape holds.
  package func append<Element: NPYElement>(_ elements: [Element]) throws(DataFileError) {
    let last = members.count - 1
    members[last].remaining -= elements.count * MemoryLayout<Element>.size
    precondition(members[last].remaining >= 0, "more elements than the shape holds")
    try take(elements)
    guard members[last].remaining == 0 else { return }
    try file.replace(members[last].header(isEntry: false), at: members[last].start)
  }

  /// A whole array.
  package func write<Element: NPYElement>(_ name: String, _ elements: [Element], shape: [Int]) throws(DataFileError) {
    try begin(name, of: Element.self, shape: shape)
    try append(elements)
  }

  /// Puts the file in its place.
  package func commit() throws(DataFileError) {
    precondition(members.last.map { $0.remaining == 0 } ?? true, "an array is not whole")
    var directory: [UInt8] = []
    for member in members { directory += member.header(isEntry: true) }
    let end = position + directory.count
    try file.append(directory)
    var record: [UInt8] =
      [0x50, 0x4B, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 4) + little(0, 4)
    record += little(members.count, 8) + little(members.count, 8) + little(directory.count, 8) + little(position, 8)
    record += [0x50, 0x4B, 6, 7] + little(0, 4) + little(end, 8) + little(1, 4)
    record += [0x50, 0x4B, 5, 6] + little(0, 4) + little(0xFFFF, 2) + little(0xFFFF, 2)
    record += little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4) + little(0, 2)
    try file.append(record)
    try file.commit()
  }

  private func take<Element: BitwiseCopyable>(_ elements: [Element]) throws(DataFileError) {
    let last = members.count - 1
    try file.append(elements)
    let count = elements.count * MemoryLayout<Element>.size
    members[last].size += count
    position += count
    elements.withUnsafeBytes { bytes in
      var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
      while let start = rest.baseAddress, !rest.isEmpty {
        let part = min(rest.count, 1 << 30)
        members[last].checksum = crc32(
          members[last].checksum, start.assumingMemoryBound(to: UInt8.self), UInt32(part))
        rest = UnsafeRawBufferPointer(rebasing: rest[part...])
      }
    }
  }
}

private func little(_ value: Int, _ width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
