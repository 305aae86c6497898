import ArgumentParser
import LacunaStudy

extension MaskConfiguration {
  /// `--mask` of `lacuna fit`.
  /// - Throws: `ValidationError` with the reason; the parser puts the option and its value before it.
  static func parse(_ text: String) throws -> MaskConfiguration {
    do {
      return try MaskConfiguration(argument: text)
    } catch {
      throw ValidationError("\(error.reason); \(error.remedy)")
    }
  }
}
