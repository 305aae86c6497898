import Foundation
import LacunaFiles
import Testing

/// Damaged files throw or read; they never trap, and what reads is a whole table.
@Suite struct FuzzTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("every truncation of a NumPy file is refused with the byte it ends at")
  func truncated() throws {
    for name in ["<f8", "<f8 F", "<i8 v3"] {
      let base64 = try #require(numPyFiles.first { $0.name == name }?.base64)
      let whole = Array(try #require(Data(base64Encoded: base64)))
      for count in 0..<whole.count {
        let path = try folder.file("t.npy", Array(whole.prefix(count)))
        let error = failure { () throws(DataFileError) in try readNPY(path) }
        #expect(error?.category == .data, "\(count) bytes of \(name)")
      }
    }
  }

  @Test("random damage to NumPy files")
  func damagedNPY() throws {
    var generator = FixedGenerator(state: 2)
    for (name, base64) in numPyFiles {
      let whole = Array(try #require(Data(base64Encoded: base64)))
      for _ in 0..<40 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          // Mostly in the part of the header that says something.
          let place = Int.random(in: 0..<(Bool.random(using: &generator) ? 70 : bytes.count), using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
          case 2: bytes.remove(at: place)
          default: bytes.insert("(){},'<>-0189LTF".utf8.randomElement(using: &generator)!, at: place)
          }
        }
        check(try folder.file("d.npy", bytes), name)
      }
    }
  }

  @Test("random damage to text")
  func damagedCSV() throws {
    var generator = FixedGenerator(state: 3)
    let whole = Array("\u{FEFF}a,\"b\",c\r\n1,-2.5e3,\"4\"\r\n5,NA,1e-300\r\n7,,9007199254740993\r\n".utf8)
    for count in 0...whole.count { check(try folder.file("t.csv", Array(whole.prefix(count))), "first \(count)") }
    for _ in 0..<1000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: bytes.remove(at: place)
        default: bytes.insert(",;\t\"\r\n e.-+0\0".utf8.randomElement(using: &generator)!, at: place)
        }
      }
      check(try folder.file("d.csv", bytes), String(decoding: bytes, as: UTF8.self))
    }
  }

  private func check(_ path: String, _ what: String) {
    do throws(DataFileError) {
      let table = try readTable(path, TableReading(allowMissing: true))
      #expect(table.values.count == table.rows * table.columns && table.rows > 0 && table.columns > 0, "\(what)")
      #expect(!table.values.contains { $0.isInfinite }, "\(what)")
    } catch {
      #expect(error.category == .data && error.path == path, "\(what): \(error)")
    }
  }
}
