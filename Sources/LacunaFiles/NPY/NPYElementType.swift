/// The element types of `.npy` files that have a value on the real line.
enum NPYElementType: Sendable {
  case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64

  /// From the letter and the width of a descriptor, `f8` in `<f8`; nil for what is no plain number.
  init?(kind: UInt8, width: Int) {
    switch (kind, width) {
    case (UInt8(ascii: "b"), 1): self = .bool
    case (UInt8(ascii: "i"), 1): self = .int8
    case (UInt8(ascii: "i"), 2): self = .int16
    case (UInt8(ascii: "i"), 4): self = .int32
    case (UInt8(ascii: "i"), 8): self = .int64
    case (UInt8(ascii: "u"), 1): self = .uint8
    case (UInt8(ascii: "u"), 2): self = .uint16
    case (UInt8(ascii: "u"), 4): self = .uint32
    case (UInt8(ascii: "u"), 8): self = .uint64
    case (UInt8(ascii: "f"), 2): self = .float16
    case (UInt8(ascii: "f"), 4): self = .float32
    case (UInt8(ascii: "f"), 8): self = .float64
    default: return nil
    }
  }

  /// Bytes an element.
  var width: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Converts packed elements to float64 (64-bit integers round to nearest).
  ///
  /// - Parameter source: `count · width` bytes, at any alignment.
  /// - Parameter swapped: the bytes are in the order that this machine does not use.
  /// - Parameter target: element i is written at `target[i · stride]`.
  func convert(
    _ source: UnsafeRawPointer, count: Int, swapped: Bool, to target: UnsafeMutablePointer<Double>, stride: Int
  ) {
    func run<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type, _ value: (Bits) -> Double) {
      let size = MemoryLayout<Bits>.size
      if swapped {
        for i in 0..<count {
          target[i * stride] = value(source.loadUnaligned(fromByteOffset: i * size, as: type).byteSwapped)
        }
      } else {
        for i in 0..<count { target[i * stride] = value(source.loadUnaligned(fromByteOffset: i * size, as: type)) }
      }
    }
    switch self {
    case .bool: run(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: run(Int8.self) { Double($0) }
    case .int16: run(Int16.self) { Double($0) }
    case .int32: run(Int32.self) { Double($0) }
    case .int64: run(Int64.self) { Double($0) }
    case .uint8: run(UInt8.self) { Double($0) }
    case .uint16: run(UInt16.self) { Double($0) }
    case .uint32: run(UInt32.self) { Double($0) }
    case .uint64: run(UInt64.self) { Double($0) }
    case .float16: run(UInt16.self, Self.half)
    case .float32: run(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64: run(UInt64.self) { Double(bitPattern: $0) }
    }
  }

  /// The value of IEEE 754's binary16, exact: (−1)ˢ · 2^(e − 15) · (1 + m/1024), at e = 0 (−1)ˢ · 2⁻¹⁴ · m/1024.
  ///
  /// By its bits, since `Float16` is not on every processor.
  private static func half(_ bits: UInt16) -> Double {
    let (exponent, mantissa) = (Int(bits >> 10 & 0x1F), Double(bits & 0x3FF))
    let magnitude: Double =
      switch exponent {
      case 0: mantissa * 0x1p-24
      case 31: mantissa == 0 ? .infinity : .nan
      default: (1024 + mantissa) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }
}
