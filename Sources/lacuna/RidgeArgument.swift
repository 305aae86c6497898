import ArgumentParser
import MaskedRegression

/// `--ridge` of `lacuna fit`: a number, `ridgeless` for the limit λ → 0, `auto`, or a geometric path `FROM:TO:COUNT`.
enum RidgeArgument: ExpressibleByArgument, Equatable {
  case auto
  case ridgeless
  case values([Double])

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
      return
    }
    if argument == "ridgeless" {
      self = .ridgeless
      return
    }
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 1, let value = Double(argument), value >= 0, value.isFinite {
      self = .values([value])
    } else if parts.count == 3, let from = Double(parts[0]), let to = Double(parts[1]), let count = Int(parts[2]),
      from > 0, to > from, to.isFinite, (2...10000).contains(count)
    {
      self = .values(geometricPath(from: from, to: to, count: count))
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "auto" }

  var choice: RidgeChoice {
    switch self {
    case .auto: .automatic
    case .ridgeless: .ridgeless
    case .values(let values): .path(values)
    }
  }
}
