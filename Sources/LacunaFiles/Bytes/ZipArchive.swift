import CZlib

/// A zip archive's list of members, and their bytes.
///
/// Source: PKWARE APPNOTE 6.3.10, with ZIP64.
struct ZipArchive {
  struct Member {
    var name: String
    var method: Int
    var isEncrypted: Bool
    var checksum: UInt32
    var compressedSize, size: Int
    var headerOffset: Int
  }

  let file: any RandomAccess
  private(set) var members: [Member] = []

  /// Reads the central directory at the archive's end.
  /// - Throws: `malformed` if there is none, or it points outside the file.
  init(_ file: any RandomAccess) throws(DataFileError) {
    self.file = file
    let size = file.byteCount
    // The end record, 22 bytes, with a comment of up to 65 535 after it.
    let tailStart = max(0, size - 22 - 65_535)
    let tail = try file.bytes(tailStart..<size)
    guard
      let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
        tail[$0...].starts(with: [0x50, 0x4B, 5, 6])
      })
    else { throw damaged("the archive has no directory: it is cut short, or no zip archive") }
    var count = tail.number(end + 10, 2)
    var directorySize = tail.number(end + 12, 4)
    var directoryStart = tail.number(end + 16, 4)
    if end >= 20, tail[(end - 20)...].starts(with: [0x50, 0x4B, 6, 7]) {
      let place = tail.number(end - 12, 8)
      guard place >= 0, place <= size - 56 else { throw damaged("its ZIP64 directory lies outside the file") }
      let record = try file.bytes(place..<(place + 56))
      guard record.starts(with: [0x50, 0x4B, 6, 6]) else {
        throw damaged("its ZIP64 directory is not where it should be")
      }
      count = record.number(32, 8)
      directorySize = record.number(40, 8)
      directoryStart = record.number(48, 8)
    }
    guard directoryStart >= 0, directorySize >= 0, directoryStart <= size, directorySize <= size - directoryStart else {
      throw damaged("its directory lies outside the file")
    }
    let directory = try file.bytes(directoryStart..<(directoryStart + directorySize))
    try readDirectory(directory, count: count)
  }

  private mutating func readDirectory(_ directory: [UInt8], count: Int) throws(DataFileError) {
    var position = 0
    while members.count < count {
      guard position + 46 <= directory.count, directory[position...].starts(with: [0x50, 0x4B, 1, 2]) else {
        throw damaged("its directory lists \(count) members and holds \(members.count)")
      }
      let nameLength = directory.number(position + 28, 2)
      let extraLength = directory.number(position + 30, 2)
      let next = position + 46 + nameLength + extraLength + directory.number(position + 32, 2)
      guard next <= directory.count else { throw damaged("its directory is cut short") }
      let nameStart = position + 46
      var member = Member(
        name: PathText.text(directory[nameStart..<(nameStart + nameLength)]),
        method: directory.number(position + 10, 2),
        isEncrypted: directory.number(position + 8, 2) & 1 == 1,
        checksum: UInt32(directory.number(position + 16, 4)), compressedSize: directory.number(position + 20, 4),
        size: directory.number(position + 24, 4), headerOffset: directory.number(position + 42, 4))
      var extra = nameStart + nameLength
      let extraEnd = extra + extraLength
      while extra + 4 <= extraEnd {
        let length = directory.number(extra + 2, 2)
        if directory.number(extra, 2) == 1 {
          var field = extra + 4
          for part in [\Member.size, \Member.compressedSize, \Member.headerOffset]
          where member[keyPath: part] == 0xFFFF_FFFF && field + 8 <= min(extra + 4 + length, extraEnd) {
            member[keyPath: part] = directory.number(field, 8)
            field += 8
          }
        }
        extra += 4 + length
      }
      members.append(member)
      position = next
    }
  }

  /// The bytes of a member, held against its size and checksum when they have all been read.
  /// - Throws: `malformed` for an encrypted one, another method than deflate, or a place outside the file.
  func open(_ member: Member) throws(DataFileError) -> ByteStream {
    guard !member.isEncrypted else {
      throw damaged("\(quoted(member.name)) is encrypted", "save it without a password")
    }
    let start = member.headerOffset
    guard start >= 0, start <= file.byteCount - 30 else {
      throw damaged("\(quoted(member.name)) lies outside the file")
    }
    let header = try file.bytes(start..<(start + 30))
    guard header.starts(with: [0x50, 0x4B, 3, 4]) else {
      throw damaged("\(quoted(member.name)) is not where it should be")
    }
    let dataStart = start + 30 + header.number(26, 2) + header.number(28, 2)
    guard member.compressedSize >= 0, member.size >= 0, dataStart <= file.byteCount,
      member.compressedSize <= file.byteCount - dataStart
    else { throw damaged("\(quoted(member.name)) lies outside the file") }
    let raw = RangeStream(file, dataStart..<(dataStart + member.compressedSize))
    switch member.method {
    case 0: return CheckedStream(raw, member)
    case 8: return CheckedStream(try InflateStream(raw, .none), member)
    default:
      throw damaged(
        "\(quoted(member.name)) is compressed by method \(member.method)", "save it with numpy.savez_compressed")
    }
  }

  private func damaged(_ reason: String, _ remedy: String = "copy or write it again") -> DataFileError {
    .malformed(path: file.path, position: .file, reason: reason, remedy: remedy)
  }
}

extension Array where Element == UInt8 {
  /// A little-endian number; negative where 8 bytes hold more than an Int does.
  func number(_ start: Int, _ width: Int) -> Int {
    var value: UInt64 = 0
    for i in (0..<width).reversed() { value = value << 8 | UInt64(self[start + i]) }
    return Int(truncatingIfNeeded: value)
  }
}

/// A stretch of a file as a stream.
private final class RangeStream: ByteStream {
  private let file: any RandomAccess
  private var rest: Range<Int>

  init(_ file: any RandomAccess, _ range: Range<Int>) {
    self.file = file
    rest = range
    super.init(path: file.path)
  }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    let count = min(buffer.count, rest.count)
    try file.fill(.init(rebasing: buffer[..<count]), from: rest.lowerBound)
    rest = (rest.lowerBound + count)..<rest.upperBound
    return count
  }
}

/// A member's bytes, counted and summed.
private final class CheckedStream: ByteStream {
  private let source: ByteStream
  private let member: ZipArchive.Member
  private var count = 0
  private var checksum: UInt = 0

  init(_ source: ByteStream, _ member: ZipArchive.Member) {
    self.source = source
    self.member = member
    super.init(path: source.path)
  }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) throws(DataFileError) -> Int {
    let room = min(buffer.count, 1 << 30)
    let came = try source.read(into: .init(rebasing: buffer[..<room]))
    count += came
    if came > 0 {
      checksum = crc32(checksum, buffer.baseAddress!.assumingMemoryBound(to: UInt8.self), UInt32(came))
    }
    guard came > 0 ? count <= member.size : count == member.size && UInt32(checksum) == member.checksum else {
      throw .malformed(
        path: path, position: .file, reason: "\(quoted(member.name)) is not what the archive's directory says of it",
        remedy: "copy or write it again")
    }
    return came
  }
}
