/// 10⁰ … 10²², the powers of ten that float64 holds exactly.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

/// 5⁰ … 5²⁷, the powers of five that 64 bits hold.
private let powersOfFive: [UInt64] = (0...27).map { (0..<$0).reduce(1) { power, _ in power * 5 } }

/// The tables of `parseNumber` and the decimal mark, held through a loop over cells.
struct NumberParser: @unchecked Sendable {
  // Kept for the life of the program.
  private nonisolated(unsafe) static let tens = UnsafePointer(copy(powersOfTen))
  private nonisolated(unsafe) static let fives = UnsafePointer(copy(powersOfFive))
  let decimal: UInt8
  private let tens = Self.tens
  private let fives = Self.fives

  private static func copy<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
    let copy = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    copy.initialize(from: values, count: values.count)
    return copy
  }

  /// - Parameter decimal: the mark before the fraction, a point or a comma.
  init(decimal: UInt8 = UInt8(ascii: ".")) { self.decimal = decimal }

  /// Reads a decimal number, `[+-] digits [. digits] [e|d [+-] digits]`, at the start of `text`, whatever the locale.
  ///
  /// - Parameter text: ended by a byte that no number holds, with eight readable bytes after it.
  /// - Parameter value: the nearest float64 (infinite where it overflows).
  /// - Returns: where the number ends; nil where no number stands.
  @inline(__always)
  func parse(_ text: UnsafePointer<UInt8>, _ value: inout Double) -> UnsafePointer<UInt8>? {
    var p = text
    let negative = p.pointee == UInt8(ascii: "-")
    if negative || p.pointee == UInt8(ascii: "+") { p += 1 }
    var mantissa: UInt64 = 0
    let integerStart = p
    while true {
      let digit = p.pointee &- 0x30
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      p += 1
    }
    var digits = p - integerStart
    var exponent = 0
    if p.pointee == decimal {
      p += 1
      let fractionStart = p
      while let eight = eightDigits(p) {
        mantissa = mantissa &* 100_000_000 &+ eight
        p += 8
      }
      while true {
        let digit = p.pointee &- 0x30
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        p += 1
      }
      exponent = fractionStart - p
      digits -= exponent
    }
    guard digits > 0 else { return nil }
    let digitsEnd = p
    let letter = p.pointee | 0x20
    if letter == UInt8(ascii: "e") || letter == UInt8(ascii: "d") {
      guard let end = parseExponent(p + 1, &exponent) else { return nil }
      p = end
    }
    if digits > 19 {
      // Zeros at the start do not count.
      var first = integerStart
      while first < digitsEnd && (first.pointee == 0x30 || first.pointee == decimal) {
        if first.pointee == 0x30 { digits -= 1 }
        first += 1
      }
    }
    if digits <= 19 {
      // Both factors exact: one correctly rounded operation (Clinger, 1990, doi:10.1145/93542.93557).
      if mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22 {
        let magnitude = exponent < 0 ? Double(mantissa) / tens[-exponent] : Double(mantissa) * tens[exponent]
        value = negative ? -magnitude : magnitude
        return p
      }
      if exponent < 0 && exponent >= -27 {
        let magnitude = quotient(mantissa, power: -exponent)
        value = negative ? -magnitude : magnitude
        return p
      }
    }
    value = exactly(text, p)
    return p
  }

  private func parseExponent(_ text: UnsafePointer<UInt8>, _ exponent: inout Int) -> UnsafePointer<UInt8>? {
    var p = text
    let down = p.pointee == UInt8(ascii: "-")
    if down || p.pointee == UInt8(ascii: "+") { p += 1 }
    let start = p
    var written = 0
    while true {
      let digit = p.pointee &- 0x30
      guard digit < 10 else { break }
      written = min(written * 10 + Int(digit), 1 << 40)
      p += 1
    }
    guard p > start else { return nil }
    exponent += down ? -written : written
    return p
  }

  /// The value of eight digits that stand together, else nil.
  ///
  /// All eight at once, in pairs, fours and eights (Lemire, arXiv:2101.11408).
  @inline(__always)
  private func eightDigits(_ p: UnsafePointer<UInt8>) -> UInt64? {
    let word = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
    let high = word & 0xF0F0_F0F0_F0F0_F0F0
    let carried = (word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0
    guard high | carried >> 4 == 0x3333_3333_3333_3333 else { return nil }
    var digits = word &- 0x3030_3030_3030_3030
    digits = digits &* 10 &+ digits >> 8
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    return ((digits & mask) &* 0x000F_4240_0000_0064 &+ (digits >> 16 & mask) &* 0x0000_2710_0000_0001) >> 32
  }

  /// `mantissa · 10^(−power)`, correctly rounded: the long fractions that other programs write.
  ///
  /// With both numbers shifted until their top bits are set, m·2ˢ and 5ᵖ·2ᵗ, the quotient ⌊m·2ˢ⁺⁶³ / 5ᵖ·2ᵗ⌋ has 63 or 64
  /// bits, 10 or more beyond the 53 that stay; a remainder sets the last of them, so that rounding sees which side of a
  /// tie the number lies on. Then 10^(−p) = 5^(−p) · 2^(−p), and scaling by a power of 2 is exact in this range.
  /// - Parameter mantissa: any; 0 gives 0.
  /// - Parameter power: 0 … 27.
  private func quotient(_ mantissa: UInt64, power: Int) -> Double {
    let mantissaShift = mantissa.leadingZeroBitCount
    guard mantissaShift < 64 else { return 0 }
    let divisor = fives[power]
    let divisorShift = divisor.leadingZeroBitCount
    let shifted = mantissa << UInt64(mantissaShift)
    let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth((shifted >> 1, shifted << 63))
    let sticky = remainder == 0 ? quotient : quotient | 1
    // 2^e with −1086 < … < 64 above the subnormals' exponents: the scale is a normal number.
    let scale = Double(bitPattern: UInt64(1023 + divisorShift - mantissaShift - 63 - power) << 52)
    return Double(sticky) * scale
  }

  /// By the standard library, which rounds correctly; only its decimal point and `e` are known to it.
  @inline(never)
  private func exactly(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double {
    let bytes = UnsafeBufferPointer(start: start, count: end - start).map { byte in
      byte == decimal ? UInt8(ascii: ".") : byte | 0x20 == UInt8(ascii: "d") ? UInt8(ascii: "e") : byte
    }
    return Double(String(decoding: bytes, as: UTF8.self)) ?? .nan
  }

  /// The value of a text that is nothing but a number.
  func value(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    return (bytes + [UInt8](repeating: 0, count: LineChunk.padding)).withUnsafeBufferPointer { padded in
      var value = 0.0
      guard let end = parse(padded.baseAddress!, &value), end == padded.baseAddress! + bytes.count else { return nil }
      return value
    }
  }
}
