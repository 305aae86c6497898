#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One value of JSON, as `encodeJSON` writes it.
/// - Parameter bytes: UTF-8.
/// - Parameter context: what the value's own decoding asks for.
/// - Throws: `DecodingError`.
package func decodeJSON<Value: Decodable>(
  _ type: Value.Type, from bytes: some Sequence<UInt8>, context: [CodingUserInfoKey: any Sendable] = [:]
) throws -> Value {
  let decoder = JSONDecoder()
  decoder.userInfo = context
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return try decoder.decode(type, from: Data(bytes))
}
