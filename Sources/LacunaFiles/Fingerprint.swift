/// A short number that bytes have in common with hardly any others: 64 bits, not meant against anybody's intent.
///
/// FNV-1a: h ← (h ⊕ byte) · 1099511628211 from h = 14695981039346656037, modulo 2⁶⁴.
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, *The FNV Non-Cryptographic Hash Algorithm*, draft-eastlake-fnv.
package struct Fingerprint: Sendable, Equatable {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init(of bytes: some Sequence<UInt8>) { add(bytes) }

  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
