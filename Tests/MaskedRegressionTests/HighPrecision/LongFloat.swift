/// A floating-point number of any length, for references only: simple, slow, and its own.
///
/// ± 0.m₁m₂… · 2^exponent, `digits` of 32 bits, the least first, the top bit of the last set; no digits for 0. Results are
/// truncated to the longer operand's length. `LongFloatTests` holds it against mpmath.
struct LongFloat {
  var isNegative = false
  var exponent = 0
  var digits: [UInt32] = []

  var isZero: Bool { digits.isEmpty }

  /// 0.
  init() {}

  /// A double, exactly.
  /// - Parameter length: digits of 32 bits, at least 2.
  init(_ value: Double, length: Int) {
    guard value != 0 else { return }
    isNegative = value < 0
    exponent = Int(value.exponent) + 1
    let significand = UInt64(value.magnitude.significand * 0x1p63)
    digits = [UInt32](repeating: 0, count: length)
    digits[length - 1] = UInt32(significand >> 32)
    digits[length - 2] = UInt32(truncatingIfNeeded: significand)
  }

  /// The nearest double or so; 0 or infinite out of range.
  var double: Double {
    guard let top = digits.last else { return 0 }
    let magnitude = Double(UInt64(top) << 32 | UInt64(digits[digits.count - 2])) * 0x1p-64
    return Double(
      sign: isNegative ? .minus : .plus, exponent: min(max(exponent, -3000), 3000), significand: magnitude)
  }

  static prefix func - (a: LongFloat) -> LongFloat {
    var result = a
    if !a.isZero { result.isNegative.toggle() }
    return result
  }

  static func - (a: LongFloat, b: LongFloat) -> LongFloat { a + -b }
  static func += (a: inout LongFloat, b: LongFloat) { a = a + b }
  static func -= (a: inout LongFloat, b: LongFloat) { a = a + -b }

  static func + (a: LongFloat, b: LongFloat) -> LongFloat {
    if a.isZero { return b }
    if b.isZero { return a }
    let length = max(a.digits.count, b.digits.count)
    let (large, small) = a.exponent >= b.exponent ? (a, b) : (b, a)
    // Two digits to guard the cut.
    var x = large.aligned(shift: 0, length: length + 2)
    let y = small.aligned(shift: large.exponent - small.exponent, length: length + 2)
    if a.isNegative == b.isNegative {
      var carry: UInt64 = 0
      for j in x.indices {
        carry += UInt64(x[j]) + UInt64(y[j])
        x[j] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      if carry > 0 { x.append(1) }
      return LongFloat(
        isNegative: large.isNegative, exponent: large.exponent + (carry > 0 ? 32 : 0), x, length: length)
    }
    let (isSwapped, top, bottom) = precedes(x, y) ? (true, y, x) : (false, x, y)
    var borrow: Int64 = 0
    var result = top
    for j in top.indices {
      borrow += Int64(top[j]) - Int64(bottom[j])
      result[j] = UInt32(truncatingIfNeeded: borrow)
      borrow >>= 32
    }
    return LongFloat(
      isNegative: isSwapped ? small.isNegative : large.isNegative, exponent: large.exponent, result, length: length)
  }

  static func * (a: LongFloat, b: LongFloat) -> LongFloat {
    if a.isZero || b.isZero { return LongFloat() }
    var product = [UInt32](repeating: 0, count: a.digits.count + b.digits.count)
    a.digits.withUnsafeBufferPointer { x in
      b.digits.withUnsafeBufferPointer { y in
        product.withUnsafeMutableBufferPointer { p in
          for i in 0..<x.count {
            var carry: UInt64 = 0
            for j in 0..<y.count {
              carry += UInt64(x[i]) * UInt64(y[j]) + UInt64(p[i + j])
              p[i + j] = UInt32(truncatingIfNeeded: carry)
              carry >>= 32
            }
            p[i + y.count] = UInt32(carry)
          }
        }
      }
    }
    return LongFloat(
      isNegative: a.isNegative != b.isNegative, exponent: a.exponent + b.exponent, product,
      length: max(a.digits.count, b.digits.count))
  }

  /// By Newton's iteration for 1/b.
  static func / (a: LongFloat, b: LongFloat) -> LongFloat {
    if a.isZero { return a }
    let length = max(a.digits.count, b.digits.count) + 1
    var divisor = b
    divisor.exponent = 0
    let one = LongFloat(1, length: length)
    var inverse = LongFloat(1 / divisor.double, length: length)
    var bits = 45
    while bits < 32 * length {
      inverse += inverse * (one - divisor * inverse)
      bits *= 2
    }
    inverse.exponent -= b.exponent
    let result = a * inverse
    return LongFloat(
      isNegative: result.isNegative, exponent: result.exponent, result.digits, length: length - 1)
  }

  /// Normalises the digits of a fraction and cuts them to a length.
  private init(isNegative: Bool, exponent: Int, _ digits: [UInt32], length: Int) {
    guard let top = digits.lastIndex(where: { $0 != 0 }) else { return }
    let shift = digits[top].leadingZeroBitCount
    self.isNegative = isNegative
    self.exponent = exponent - 32 * (digits.count - 1 - top) - shift
    self.digits = (0..<length).map { j in
      let source = top - (length - 1 - j)
      guard source >= 0 else { return 0 }
      let below = source > 0 ? UInt64(digits[source - 1]) : 0
      return UInt32(truncatingIfNeeded: ((UInt64(digits[source]) << 32 | below) << UInt64(shift)) >> 32)
    }
  }

  /// The digits shifted right by so many bits, in a length.
  private func aligned(shift: Int, length: Int) -> [UInt32] {
    let (words, bits) = (shift / 32, UInt64(shift % 32))
    let offset = digits.count - length + words
    func digit(_ j: Int) -> UInt64 { digits.indices.contains(j) ? UInt64(digits[j]) : 0 }
    return (0..<length).map { j in
      let source = j + offset
      return UInt32(truncatingIfNeeded: (digit(source + 1) << 32 | digit(source)) >> bits)
    }
  }

  private static func precedes(_ a: [UInt32], _ b: [UInt32]) -> Bool {
    for j in a.indices.reversed() where a[j] != b[j] { return a[j] < b[j] }
    return false
  }
}
