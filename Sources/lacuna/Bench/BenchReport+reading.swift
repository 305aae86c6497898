import LacunaFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension BenchReport {
  /// The report in a file that `bench --export FILE.json` saved.
  ///
  /// - Throws: `DataFileError`: `noInput`; `malformed`, with the key, for what is no such report, names no device, holds no
  ///   result, or a size or time that none can be.
  init(reading path: String) throws {
    let remedy = "save one with lacuna bench --export FILE.json"
    let bytes = try readSmallFile(path, atMost: 64 << 20, remedy: remedy)
    func refusal(_ reason: String) -> DataFileError {
      .malformed(path: path, position: .file, reason: "it is no report of lacuna bench: \(reason)", remedy: remedy)
    }
    do {
      self = try JSONDecoder().decode(BenchReport.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw refusal(error.placed)
    } catch {
      throw refusal("it is not JSON")
    }
    guard !devices.isEmpty else { throw refusal("devices names none") }
    guard !results.isEmpty else { throw refusal("results holds none") }
    for (index, result) in results.enumerated() {
      if let fault = result.fault { throw refusal("results[\(index)].\(fault)") }
    }
  }
}

extension BenchResult {
  /// The first key whose number is none that was measured, and why.
  fileprivate var fault: String? {
    guard (1...1 << 53).contains(size) else { return "size is \(size), no number of coordinates" }
    // Any clock and any patience: their ratios are finite.
    for (key, time) in [("median", median), ("minimum", minimum)] {
      if let time, !(1e-15...1e15).contains(time) { return "\(key) is \(time), no time in seconds" }
    }
    if let time = times?.first(where: { !(0...1e15).contains($0) }) { return "times has \(time), no time in seconds" }
    if let uncertainty, !(0...1e6).contains(uncertainty) {
      return "uncertainty is \(uncertainty), no relative width of an interval"
    }
    return nil
  }
}

extension DecodingError {
  /// Which key is at fault, and how.
  fileprivate var placed: String {
    func key(_ path: [any CodingKey]) -> String {
      path.reduce("") { text, key in
        if let index = key.intValue { return text + "[\(index)]" }
        return text + (text.isEmpty ? "" : ".") + escaped(key.stringValue)
      }
    }
    switch self {
    case .keyNotFound(let missing, let context): return "\(key(context.codingPath + [missing])) is missing"
    case .typeMismatch(_, let context) where context.codingPath.isEmpty: return "it is no JSON object"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      // The decoder names no key of a number that is not whole.
      return context.codingPath.isEmpty
        ? "it is not JSON, or a size, a number of runs or of bytes is not whole"
        : "\(key(context.codingPath)) holds something else"
    @unknown default: return "it is not JSON"
    }
  }
}
