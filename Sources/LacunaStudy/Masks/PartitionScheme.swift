import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// `partition: {blocks, order, passes}`: blocks of coordinates hidden together, every coordinate once a pass.
struct PartitionScheme: MaskScheme {
  var blocks: MaskBlocks
  var passes: Int

  static let word = "partition"
  static let example: String? = "{blocks: 8}"
  static let shorthands = [
    MaskShorthand(keys: ["blocks"], implied: ["order": "contiguous"]),
    MaskShorthand(keys: ["blocks", "passes"], implied: ["order": "random"], note: "random blocks"),
  ]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    let section = try ConfigurationSection(field, keys: ["blocks", "order", "passes"])
    let blocks = try section.required("blocks", example: "blocks: 8")
    var isRandom = false
    if let order = section["order"] {
      isRandom = try ConfigurationChoice(order, words: ["contiguous", "random"], forms: []).word == "random"
    }
    let passes = try section["passes"]?.integer(in: 1...10_000, of: "passes", example: "4") ?? 1
    if case .list = blocks.node.content {
      for key in ["order", "passes"] {
        if let other = section[key] {
          throw other.failure("blocks written out have one order and one pass", "remove it, or give a number of blocks")
        }
      }
      return PartitionScheme(blocks: .list(try readBlocks(blocks, coordinates: context.coordinates)), passes: 1)
    }
    let count = try blocks.integer(in: 1...1_000_000_000, of: "blocks", example: "8")
    guard count >= 2 else { throw blocks.failure("a single block hides everything", "write at least 2") }
    if let d = context.coordinates, count > d {
      throw blocks.failure("\(count) blocks for \(d) coordinates", "write a number from 2 to \(d)")
    }
    guard isRandom || passes == 1 else {
      throw (section["passes"] ?? blocks).failure(
        "contiguous blocks are the same in every pass", "write order: random, or one pass")
    }
    return PartitionScheme(blocks: isRandom ? .random(count) : .contiguous(count), passes: passes)
  }

  private static func readBlocks(
    _ field: ConfigurationField, coordinates: Int?
  ) throws(ConfigurationError) -> [[Int]] {
    var blocks: [[Int]] = []
    for item in try field.items("a list of blocks") {
      var block: [Int] = []
      for entry in try item.items("a list of coordinates") {
        block.append(try entry.integer(in: 1...(coordinates ?? 1_000_000_000), example: "1"))
      }
      blocks.append(block)
    }
    guard let d = coordinates else { return blocks }
    do throws(PartitionError) {
      _ = try Partition(blocks: blocks.map { $0.map { $0 - 1 } }, coordinateCount: d)
    } catch {
      throw field.failure(error.description, "put each of the coordinates 1 to \(d) into one block")
    }
    return blocks
  }

  var entries: [(key: String, value: YAMLValue)] {
    switch blocks {
    case .contiguous(let count): [("blocks", .integer(count)), ("order", .word("contiguous"))]
    case .random(let count): [("blocks", .integer(count)), ("order", .word("random")), ("passes", .integer(passes))]
    case .list(let blocks): [("blocks", .list(blocks.map { .list($0.map { .integer($0) }) }))]
    }
  }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? {
    if let fixed = try fixedPartition(coordinateCount: d) { return { _ in PartitionMasks([fixed]) } }
    guard case .random(let count) = blocks else { return nil }
    return { [passes] stream in
      PartitionMasks(
        (0..<passes).map { Partition(random: count, coordinateCount: d, stream: stream, pass: $0) })
    }
  }

  /// The one partition of all trials; nil where it is drawn.
  private func fixedPartition(coordinateCount d: Int) throws -> Partition? {
    switch blocks {
    case .contiguous(let count): Partition(contiguous: count, coordinateCount: d)
    case .list(let blocks): try Partition(blocks: blocks.map { $0.map { $0 - 1 } }, coordinateCount: d)
    case .random: nil
    }
  }

  /// One pass over fixed blocks: the ridge formula of each context, where d is at most `MaskTheory.largestDense`, since it
  /// takes a dense eigensolve. None of drawn blocks.
  func theory(of model: CovarianceModel, on device: some Backend<Double>) throws -> MaskTheory.Evaluation? {
    let d = model.coordinateCount
    guard let partition = try fixedPartition(coordinateCount: d) else {
      return { _, _ in .absent("none is known of blocks that are drawn; contiguous or written-out ones have it") }
    }
    guard d <= MaskTheory.largestDense else { return { _, _ in .tooLarge(d, upTo: MaskTheory.largestDense) } }
    let covariance = try PartitionedCovariance(
      covariance: model.covariance(on: device), coordinateCount: d, backend: device)
    return { n, ridge in
      let errors = try covariance.equivalent(
        blocks: partition.blocks, sampleCount: n, ridge: ridge, toOrder1: true)
      // What a block predicts it predicts with the rest visible: the errors are those of the whole context.
      return MaskTheory(
        training: errors.trainingError, generalization: errors.generalizationError,
        fullContext: errors.generalizationError, variance: errors.predictorVariance,
        finiteSize: errors.finiteSize.map {
          MaskTheory.FiniteSize(
            training: $0.training, generalization: $0.generalization, fullContext: $0.generalization)
        })
    }
  }

  func visibleShare(coordinateCount d: Int) -> Double? {
    switch blocks {
    case .contiguous(let count), .random(let count): 1 - 1 / Double(count)
    case .list: nil
    }
  }

  func storedNumbers(order d: Double, block: Double) -> Double { 6.5 * d * d }
}

/// The blocks of a partition.
public enum MaskBlocks: Sendable, Equatable {
  /// So many runs of neighbours, 2 … d.
  case contiguous(Int)
  /// So many random blocks of (nearly) equal size, drawn for each trial and pass.
  case random(Int)
  /// Coordinates of each block, counted from 1, every one in exactly one block.
  case list([[Int]])
}

extension MaskConfiguration {
  /// Blocks of coordinates hidden together, every coordinate once a pass.
  /// - Parameter blocks: how they are formed.
  /// - Parameter passes: 1 unless the blocks are random.
  public static func partition(_ blocks: MaskBlocks, passes: Int = 1) -> MaskConfiguration {
    MaskConfiguration(PartitionScheme(blocks: blocks, passes: passes))
  }
}
