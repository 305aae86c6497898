import ArgumentParser
import LinearAlgebra
import MaskedRegression
import Simulation

/// `--mask` of `lacuna fit`: a scheme and its numbers, separated by colons.
enum MaskArgument: ExpressibleByArgument, Equatable {
  case leaveOneOut
  case observed
  case scheme(MaskConfiguration)

  static let syntax =
    "leave-one-out, bernoulli:KEEP, partition:BLOCKS, partition:BLOCKS:PASSES (random blocks), random:KEEP:MASKS, "
    + "shared:KEEP:MASKS, explicit:FILE (0 hidden, 1 visible), or observed (missing cells)."

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    func keep(_ text: String) -> Double? { Double(text).flatMap { $0 > 0 && $0 < 1 ? $0 : nil } }
    func count(_ text: String, from least: Int) -> Int? {
      Int(text).flatMap { (least...1_000_000).contains($0) ? $0 : nil }
    }
    switch (parts[0], parts.count) {
    case ("leave-one-out", 1): self = .leaveOneOut
    case ("observed", 1): self = .observed
    case ("bernoulli", 2):
      guard let keep = keep(parts[1]) else { return nil }
      self = .scheme(.bernoulli(keep: keep))
    case ("partition", 2):
      guard let blocks = count(parts[1], from: 2) else { return nil }
      self = .scheme(.partition(.contiguous(blocks), passes: 1))
    case ("partition", 3):
      guard let blocks = count(parts[1], from: 2), let passes = count(parts[2], from: 1) else { return nil }
      self = .scheme(.partition(.random(blocks), passes: passes))
    case ("random", 3), ("shared", 3):
      guard let keep = keep(parts[1]), let masks = count(parts[2], from: 1) else { return nil }
      self = .scheme(
        parts[0] == "random" ? .random(.keep(keep), masks: masks, loss: .hidden) : .shared(.keep(keep), masks: masks))
    case ("explicit", _) where parts.count > 1 && argument.count > "explicit:".count:
      self = .scheme(.explicit(file: String(argument.dropFirst("explicit:".count)), weights: nil))
    default: return nil
    }
  }

  var defaultValueDescription: String { "leave-one-out" }
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
