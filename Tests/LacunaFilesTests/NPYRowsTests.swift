import Foundation
import LacunaFiles
import Testing

/// Rows of a `.npy` file that is read in blocks, against the reader that takes it whole.
@Suite struct NPYRowsTests {
  private let folder: TemporaryFolder
  private let rows = 403
  private let columns = 7

  init() throws { folder = try TemporaryFolder() }

  private func value(_ i: Int, _ k: Int) -> Double { Double((i * 31 + k * 17) % 97) - 40 }

  /// - Parameter descriptor: `f8`, `f4` or `i2`.
  private func write(_ name: String, _ descriptor: String, swapped: Bool, fortran: Bool, cell: (Int, Int) -> Double)
    throws -> String
  {
    var data: [UInt8] = []
    let (outer, inner) = fortran ? (columns, rows) : (rows, columns)
    for a in 0..<outer {
      for b in 0..<inner {
        let number = fortran ? cell(b, a) : cell(a, b)
        var bytes =
          switch descriptor {
          case "f8": littleEndianBytes(number.bitPattern)
          case "f4": littleEndianBytes(Float(number).bitPattern)
          default: littleEndianBytes(UInt16(bitPattern: Int16(number)))
          }
        if swapped { bytes.reverse() }
        data += bytes
      }
    }
    let header =
      "{'descr': '\(swapped ? ">" : "<")\(descriptor)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(rows), \(columns))}"
    return try folder.file(name, handMade(header, data: data))
  }

  private func read(_ file: NPYRows, _ range: Range<Int>) throws(DataFileError) -> [Double] {
    var values = [Double](repeating: 0, count: range.count * columns)
    var failure: DataFileError?
    values.withUnsafeMutableBufferPointer { values in
      do throws(DataFileError) { try file.read(range, into: values.baseAddress!) } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  @Test(arguments: ["f8", "f4", "i2"], [false, true])
  func asWhole(descriptor: String, swapped: Bool) throws {
    for fortran in [false, true] {
      let path = try write("a.npy", descriptor, swapped: swapped, fortran: fortran, cell: value)
      let file = try #require(try NPYRows.opened(path))
      #expect(file.rows == rows && file.columns == columns)
      let whole = try readNPY(path).values
      for range in [0..<1, 17..<300, 399..<403, 0..<403, 5..<6] {
        #expect(try read(file, range) == Array(whole[range.lowerBound * columns..<range.upperBound * columns]))
      }
    }
  }

  /// The words are those of the reader that takes the file whole.
  @Test(arguments: [false, true]) func cellThatIsNotFinite(fortran: Bool) throws {
    let path = try write("b.npy", "f4", swapped: true, fortran: fortran) {
      $0 == 301 && $1 == 2 ? .nan : value($0, $1)
    }
    let file = try #require(try NPYRows.opened(path))
    _ = try read(file, 0..<300)
    let wanted = #expect(throws: DataFileError.self) {
      try readTable(path, TableReading(namesOptions: true))
    }
    let found = #expect(throws: DataFileError.self) { try read(file, 300..<403) }
    #expect("\(try #require(found))" == "\(try #require(wanted))")
  }

  @Test func shorterThanItsHeader() throws {
    let path = try write("c.npy", "f8", swapped: false, fortran: false, cell: value)
    let file = try #require(try NPYRows.opened(path))
    _ = try read(file, 400..<403)
    // While it is open.
    let size = 128 + 8 * (rows * columns - 20)
    #expect(truncate(path, off_t(size)) == 0)
    _ = try read(file, 0..<10)
    let error = #expect(throws: DataFileError.self) { try read(file, 400..<403) }
    #expect("\(try #require(error))".contains("the file ends here"))
    let cut = #expect(throws: DataFileError.self) { try NPYRows.opened(path) }
    #expect("\(try #require(cut))".contains("cut short"))
  }

  @Test func otherFormats() throws {
    #expect(try NPYRows.opened(folder.file("d.csv", "1,2\n3,4\n")) == nil)
  }
}
