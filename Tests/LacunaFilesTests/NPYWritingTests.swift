import LacunaFiles
import Testing

@Suite struct NPYWritingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("what is written reads back bit for bit")
  func roundTrip() throws {
    let values: [Double] = [0, -0.0, 1 / 3, .pi * 1e300, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
    let path = folder.path + "/r.npy"
    for shape in [[6], [2, 3], [6, 1], [1, 6]] {
      try writeNPY(values, shape: shape, to: path)
      let table = try readNPY(path)
      #expect(table.shape == shape)
      #expect(table.values.map(\.bitPattern) == values.map(\.bitPattern))
    }
    let floats: [Float] = [0.1, -2, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    try writeNPY(floats, shape: [2, 2], to: path)
    #expect(try readNPY(path).values == floats.map(Double.init))
  }

  @Test("the header is what NumPy writes, byte for byte")
  func header() throws {
    let path = folder.path + "/h.npy"
    try writeNPY([0, 1, 2, 100, 7, 5] as [Double], shape: [2, 3], to: path)
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"
    let expected = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
    let written = try bytes(of: path)
    #expect(Array(written.prefix(expected.count)) == expected)
    #expect(written[expected.count..<127].allSatisfy { $0 == 0x20 } && written[127] == 0x0A)
    #expect(written.count == 128 + 48)
  }

  @Test("piece by piece beyond the buffer")
  func pieces() throws {
    let path = folder.path + "/p.npy"
    let (rows, columns) = (300, 513)
    let writer = try NPYWriter<Float>(path, shape: [rows, columns])
    for row in 0..<rows { try writer.append((0..<columns).map { Float(row * columns + $0) }) }
    #expect(folder.contents.contains("p.npy") == false)
    try writer.commit()
    #expect(folder.contents == ["p.npy"])
    #expect(try readNPY(path).values == (0..<rows * columns).map(Double.init))
  }

  @Test("a larger array than the buffer in one piece")
  func large() throws {
    let path = folder.path + "/l.npy"
    let values = (0..<100_000).map { Double($0) * 0.1 }
    try writeNPY(values, shape: [1000, 100], to: path)
    #expect(try readNPY(path).values == values)
  }
}
