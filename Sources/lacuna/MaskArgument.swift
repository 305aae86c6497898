import ArgumentParser
import LacunaAlgebra
import LacunaStudy
import MaskedRegression

/// `--mask` of `lacuna fit`: a scheme and its numbers, separated by colons.
enum MaskArgument: Equatable {
  case leaveOneOut
  case observed
  case scheme(MaskConfiguration)

  static let syntax =
    "leave-one-out, bernoulli:KEEP, partition:BLOCKS, partition:BLOCKS:PASSES (random blocks), random:KEEP:MASKS, "
    + "shared:KEEP:MASKS, explicit:FILE (0 hidden, 1 visible), or observed (missing cells)."

  /// - Throws: `ValidationError` with the reason; the parser puts the option and its value before it.
  init(argument: String) throws {
    let parts = argument.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    func keep(_ text: String) throws -> Double {
      guard let value = Double(text) else {
        throw ValidationError("\"\(text)\" is no probability to keep a coordinate")
      }
      guard value > 0, value < 1 else {
        let fault = value <= 0 ? "hides everything" : "hides nothing"
        throw ValidationError("keeping with probability \(text) \(fault); write a number between 0 and 1")
      }
      return value
    }
    func count(_ text: String, _ what: String, from least: Int) throws -> Int {
      guard let value = Int(text), (least...1_000_000).contains(value) else {
        let single = what == "blocks" && text == "1" ? "a single block hides everything; " : ""
        throw ValidationError("\(single)\(what) are counted from \(least) to 1000000, not \"\(text)\"")
      }
      return value
    }
    switch (parts[0], parts.count) {
    case ("leave-one-out", 1): self = .leaveOneOut
    case ("observed", 1): self = .observed
    case ("bernoulli", 2):
      self = .scheme(.bernoulli(keep: try keep(parts[1])))
    case ("partition", 2):
      self = .scheme(.partition(.contiguous(try count(parts[1], "blocks", from: 2)), passes: 1))
    case ("partition", 3):
      self = .scheme(
        .partition(.random(try count(parts[1], "blocks", from: 2)), passes: try count(parts[2], "passes", from: 1)))
    case ("random", 3):
      self = .scheme(.random(.keep(try keep(parts[1])), masks: try count(parts[2], "masks", from: 1), loss: .hidden))
    case ("shared", 3):
      self = .scheme(.shared(.keep(try keep(parts[1])), masks: try count(parts[2], "masks", from: 1)))
    case ("explicit", _) where parts.count > 1 && argument.count > "explicit:".count:
      self = .scheme(.explicit(file: String(argument.dropFirst("explicit:".count)), weights: nil))
    default:
      throw ValidationError("known are \(Self.syntax)")
    }
  }
}

extension MaskConfiguration {
  /// The scheme as `MaskArgument` reads it.
  var briefDescription: String {
    switch self {
    case .leaveOneOut: "leave-one-out"
    case .observed: "observed"
    case .bernoulli(let keep): "bernoulli:\(keep)"
    case .partition(.contiguous(let blocks), _): "partition:\(blocks)"
    case .partition(.random(let blocks), let passes): "partition:\(blocks):\(passes)"
    case .partition(.list(let blocks), _): "partition of \(blocks.count) blocks"
    case .random(.keep(let keep), let masks, _): "random:\(keep):\(masks)"
    case .random(.visible(let visible), let masks, _): "\(masks) random masks of \(visible) visible"
    case .shared(.keep(let keep), let masks): "shared:\(keep):\(masks)"
    case .shared(.visible(let visible), let masks): "\(masks) shared masks of \(visible) visible"
    case .explicit(let file, _): "explicit:\(file)"
    }
  }
}
