/// `model.mask` as YAML: reading it back gives an equal value.
func maskYAML(_ mask: MaskConfiguration) -> String {
  func size(_ size: MaskConfiguration.Size) -> String {
    switch size {
    case .keep(let keep): "keep: \(number(keep))"
    case .visible(let count): "visible: \(count)"
    }
  }
  switch mask {
  case .leaveOneOut: return "leave_one_out"
  case .observed: return "observed"
  case .bernoulli(let keep): return "{bernoulli: {keep: \(number(keep))}}"
  case .random(let visible, let masks, let loss):
    return "{random: {\(size(visible)), masks: \(masks), loss: \(loss.rawValue)}}"
  case .shared(let visible, let masks): return "{shared: {\(size(visible)), masks: \(masks)}}"
  case .explicit(let file, let weights):
    return "{explicit: {file: \(quoted(file))\(weights.map { ", weights: \(numbers($0))" } ?? "")}}"
  case .partition(.contiguous(let count), _): return "{partition: {blocks: \(count), order: contiguous}}"
  case .partition(.random(let count), let passes):
    return "{partition: {blocks: \(count), order: random, passes: \(passes)}}"
  case .partition(.list(let blocks), _):
    let lists = blocks.map { "[\($0.map(String.init).joined(separator: ", "))]" }
    return "{partition: {blocks: [\(lists.joined(separator: ", "))]}}"
  }
}
