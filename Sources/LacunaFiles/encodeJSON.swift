#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One value as JSON with its keys in alphabetical order.
/// - Parameter keepsNonFinite: whether numbers that are not finite are written as words, for `decodeJSON`; else they are an error.
package func encodeJSON(_ value: some Encodable, pretty: Bool, keepsNonFinite: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  if keepsNonFinite {
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
  encoder.outputFormatting =
    pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
