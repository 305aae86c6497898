import ArgumentParser
import LacunaStudy
import MaskedRegression

/// `--ridge` of `lacuna fit`: a number, `ridgeless` for the limit λ → 0, `auto`, or a geometric path `FROM:TO:COUNT`.
enum RidgeArgument: Equatable {
  case auto
  case ridgeless
  case values([Double])

  /// - Throws: `ValidationError` with the reason; the parser puts the option and its value before it.
  init(option text: String) throws {
    if let word = Self.words[text] {
      self = word
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      guard let value = Double(text) else {
        let nearest = nearestWord(to: text, among: Self.words.keys.sorted()).map { "did you mean \($0)? " } ?? ""
        throw ValidationError("it is no number; \(nearest)write \(Self.syntax)")
      }
      guard value.isFinite, value >= 0 else { throw ValidationError("a ridge is finite and 0 or more") }
      self = .values([value])
    case 3:
      guard let from = Double(parts[0]), let to = Double(parts[1]), let count = Int(parts[2]) else {
        throw ValidationError("FROM and TO are numbers and COUNT an integer, as in 1e-3:10:20")
      }
      guard from > 0, to > from, to.isFinite else { throw ValidationError("a path rises from FROM above 0 to TO") }
      guard (2...10000).contains(count) else { throw ValidationError("COUNT is from 2 to 10000") }
      self = .values(geometricPath(from: from, to: to, count: count))
    default: throw ValidationError("write \(Self.syntax)")
    }
  }

  static let syntax = "a number, ridgeless, auto, or a geometric path FROM:TO:COUNT"

  private static let words = ["auto": RidgeArgument.auto, "ridgeless": .ridgeless]

  var choice: RidgeChoice {
    switch self {
    case .auto: .automatic
    case .ridgeless: .ridgeless
    case .values(let values): .path(values)
    }
  }
}
