/// Everything that a file holds.
/// - Throws: `noInput` if it is missing or closed to us, `io` if the disk fails.
package func readBytes(_ path: String) throws(DataFileError) -> [UInt8] {
  let file = try InputFile(path)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(file.byteCount)
  var buffer = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let read = buffer.withUnsafeMutableBytes { room in
      Result { () throws(DataFileError) in try file.read(into: room) }
    }
    let count = try read.get()
    guard count > 0 else { return bytes }
    bytes += buffer[..<count]
  }
}
