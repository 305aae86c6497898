import MaskedRegression

/// Interprets `model.mask`.
struct MaskReader {
  var field: ConfigurationField
  var coordinates: Int
  /// Where relative paths written in the file start, and those of overrides.
  var folder: String
  var current: String

  private static let forms = [
    ("partition", "{blocks: 8}"), ("bernoulli", "{keep: 0.5}"), ("random", "{keep: 0.5, masks: 16}"),
    ("shared", "{keep: 0.5, masks: 16}"), ("explicit", "{file: masks.csv}"),
  ]

  func read() throws(ConfigurationError) -> MaskConfiguration {
    let choice = try ConfigurationChoice(field, words: ["leave_one_out", "observed"], forms: Self.forms)
    switch choice.word {
    case "partition": return try readPartition(choice.value)
    case "bernoulli":
      let section = try ConfigurationSection(choice.value, keys: ["keep"])
      return .bernoulli(keep: try section.required("keep", example: "keep: 0.5").number(.probability))
    case "random":
      let section = try ConfigurationSection(choice.value, keys: ["keep", "visible", "masks", "loss"])
      var loss = MaskConfiguration.Loss.hidden
      if let field = section["loss"] {
        let words = MaskConfiguration.Loss.allCases.map(\.rawValue)
        loss = .init(rawValue: try ConfigurationChoice(field, words: words, forms: []).word) ?? loss
      }
      return .random(try readSize(section), masks: try readCount(section), loss: loss)
    case "shared":
      let section = try ConfigurationSection(choice.value, keys: ["keep", "visible", "masks", "file"])
      guard let file = section["file"] else {
        return .shared(try readSize(section), masks: try readCount(section))
      }
      for key in ["keep", "visible", "masks"] {
        if let other = section[key] {
          throw other.failure("the masks already come from a file", "remove one of the two")
        }
      }
      return .explicit(file: try path(file), weights: nil)
    case "explicit": return try readExplicit(choice.value)
    case "observed":
      throw field.failure(
        "simulated data have no missing cells", "use lacuna fit --mask observed on data that have, or random masks")
    default: return .leaveOneOut
    }
  }

  private func readSize(_ section: ConfigurationSection) throws(ConfigurationError) -> MaskConfiguration.Size {
    if let visible = section["visible"] {
      if let keep = section["keep"] {
        throw keep.failure("given beside visible", "keep one of keep (a probability) and visible (a count)")
      }
      let count = try visible.integer(in: 0...1_000_000_000, example: "\(max(coordinates / 2, 1))")
      guard 1..<coordinates ~= count else {
        throw visible.failure(
          "a mask that shows \(count) of \(coordinates) coordinates hides \(count == 0 ? "everything" : "nothing")",
          "write a number from 1 to \(coordinates - 1)")
      }
      return .visible(count)
    }
    return .keep(
      try section.required("keep", example: "keep: 0.5, or visible: \(max(coordinates / 2, 1))")
        .number(.probability))
  }

  private func readCount(_ section: ConfigurationSection) throws(ConfigurationError) -> Int {
    try section.required("masks", example: "masks: 16").integer(in: 1...1_000_000, example: "16")
  }

  private func readPartition(_ field: ConfigurationField) throws(ConfigurationError) -> MaskConfiguration {
    let section = try ConfigurationSection(field, keys: ["blocks", "order", "passes"])
    let blocks = try section.required("blocks", example: "blocks: 8")
    var random = false
    if let order = section["order"] {
      random = try ConfigurationChoice(order, words: ["contiguous", "random"], forms: []).word == "random"
    }
    let passes = try section["passes"]?.integer(in: 1...10_000, example: "4") ?? 1
    if case .list = blocks.node.content {
      for key in ["order", "passes"] {
        if let other = section[key] {
          throw other.failure("blocks written out have one order and one pass", "remove it, or give a number of blocks")
        }
      }
      return .partition(.list(try readBlocks(blocks)), passes: 1)
    }
    let count = try blocks.integer(in: 1...1_000_000_000, example: "8")
    guard count >= 2 else { throw blocks.failure("a single block hides everything", "write at least 2") }
    guard count <= coordinates else {
      throw blocks.failure(
        "\(count) blocks for \(coordinates) coordinates", "write a number from 2 to \(coordinates)")
    }
    guard random || passes == 1 else {
      throw (section["passes"] ?? blocks).failure(
        "contiguous blocks are the same in every pass", "write order: random, or one pass")
    }
    return .partition(random ? .random(count) : .contiguous(count), passes: passes)
  }

  private func readBlocks(_ field: ConfigurationField) throws(ConfigurationError) -> [[Int]] {
    var blocks: [[Int]] = []
    for item in try field.items("a list of blocks") {
      var block: [Int] = []
      for entry in try item.items("a list of coordinates") {
        block.append(try entry.integer(in: 1...coordinates, example: "1"))
      }
      blocks.append(block)
    }
    do throws(PartitionError) {
      _ = try Partition(blocks: blocks.map { $0.map { $0 - 1 } }, coordinateCount: coordinates)
    } catch {
      throw field.failure(error.description, "put each of the coordinates 1 to \(coordinates) into one block")
    }
    return blocks
  }

  private func readExplicit(_ field: ConfigurationField) throws(ConfigurationError) -> MaskConfiguration {
    if case .scalar = field.node.content, !field.node.isAbsent {
      return .explicit(file: try path(field), weights: nil)
    }
    let section = try ConfigurationSection(field, keys: ["file", "weights"])
    let file = try path(section.required("file", example: "file: masks.csv"))
    guard let weights = section["weights"] else { return .explicit(file: file, weights: nil) }
    var values: [Double] = []
    for item in try weights.items("a list of weights") { values.append(try item.number(.nonNegative)) }
    guard values.contains(where: { $0 > 0 }) else {
      throw weights.failure("every weight is 0", "give at least one mask a weight above 0")
    }
    return .explicit(file: file, weights: values)
  }

  private func path(_ field: ConfigurationField) throws(ConfigurationError) -> String {
    let text = try field.text("a file name", remedy: "write the path of a file")
    guard !text.isEmpty, !text.utf8.contains(0) else {
      throw field.failure("not a file name", "write the path of a file")
    }
    return absolutePath(text, from: field.node.location.isOverride ? current : folder)
  }
}
