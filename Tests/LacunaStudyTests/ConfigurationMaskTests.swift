import LacunaStudy
import Testing

/// `model.mask`: what it takes, writes back and refuses.
@Suite struct ConfigurationMaskTests {
  private static func masked(_ mask: String) -> String { study("model: isotropic", model: "ridge: 0.1, mask: \(mask)") }

  static let accepted: [(String, MaskConfiguration)] = [
    ("leave_one_out", .leaveOneOut),
    ("{bernoulli: {keep: 0.3}}", .bernoulli(keep: 0.3)),
    ("{partition: {blocks: 4}}", .partition(.contiguous(4), passes: 1)),
    ("{partition: {blocks: 4, order: contiguous, passes: 1}}", .partition(.contiguous(4), passes: 1)),
    ("{partition: {blocks: 3, order: random, passes: 5}}", .partition(.random(3), passes: 5)),
    (
      "{partition: {blocks: [[1, 3], [2, 4, 5, 6], [7, 8]]}}",
      .partition(.list([[1, 3], [2, 4, 5, 6], [7, 8]]), passes: 1)
    ),
    ("{random: {keep: 0.5, masks: 16}}", .random(.keep(0.5), masks: 16, loss: .hidden)),
    ("{random: {visible: 3, masks: 2, loss: all}}", .random(.visible(3), masks: 2, loss: .all)),
    ("{shared: {keep: 0.75, masks: 4}}", .shared(.keep(0.75), masks: 4)),
    ("{shared: {visible: 7, masks: 4}}", .shared(.visible(7), masks: 4)),
    ("{shared: {file: /tmp/m.csv}}", .explicit(file: "/tmp/m.csv", weights: nil)),
    ("{explicit: /tmp/m.csv}", .explicit(file: "/tmp/m.csv", weights: nil)),
    ("{explicit: {file: \"/tmp/a b.npy\", weights: [1, 0.5]}}", .explicit(file: "/tmp/a b.npy", weights: [1, 0.5])),
  ]

  @Test(arguments: accepted) func readsAndWritesBack(mask: String, expected: MaskConfiguration) throws {
    let read = try configuration(Self.masked(mask))
    #expect(read.mask == expected)
    #expect(try configuration(resolvedYAML(read)) == read)
    // The command line reads what it writes, and studies read that too.
    let argument = read.mask.argument
    #expect(try MaskConfiguration(argument: argument) == expected)
    #expect(try MaskConfiguration(argument: argument, coordinateCount: 8) == expected)
    #expect(try configuration(study("model: isotropic"), "model.mask=\(argument)").mask == expected)
  }

  static let short: [(String, MaskConfiguration)] = [
    ("leave-one-out", .leaveOneOut), ("leave_one_out", .leaveOneOut), ("bernoulli:0.3", .bernoulli(keep: 0.3)),
    ("bernoulli:1e-5", .bernoulli(keep: 1e-5)), ("partition:4", .partition(.contiguous(4))),
    ("partition:3:5", .partition(.random(3), passes: 5)), ("random:0.5:16", .random(.keep(0.5), masks: 16)),
    ("shared:0.75:4", .shared(.keep(0.75), masks: 4)), ("explicit:/tmp/m.csv", .explicit(file: "/tmp/m.csv")),
    ("explicit:/tmp/a:b 1.csv", .explicit(file: "/tmp/a:b 1.csv")), ("explicit:/12", .explicit(file: "/12")),
  ]

  /// One word stands for the same mask in a file, an override and an argument, and is how it is written.
  @Test(arguments: short) func readsOneWord(word: String, expected: MaskConfiguration) throws {
    #expect(try MaskConfiguration(argument: word) == expected)
    #expect(try configuration(Self.masked("\"\(word)\"")).mask == expected)
    #expect(try configuration(study("model: isotropic"), "model.mask=\(word)").mask == expected)
    #expect(try MaskConfiguration(argument: expected.argument).argument == expected.argument)
  }

  @Test func differentMasksDiffer() throws {
    let all = Self.accepted.map(\.1) + [.observed]
    for (i, a) in all.enumerated() {
      for (j, b) in all.enumerated() where (a == b) != (i == j) {
        #expect(a.yaml == b.yaml && a.argument == b.argument)
      }
    }
    #expect(MaskConfiguration.bernoulli(keep: 0.3) != .bernoulli(keep: 0.30000000000000004))
    #expect(try MaskConfiguration(argument: "observed") == .observed)
  }

  /// Faults of an argument are placed at the option; what depends on d is refused once d is known.
  @Test(
    arguments: [
      ("partition:9", 8, "partition.blocks", "9 blocks for 8"), ("partition:1", nil, "partition.blocks", "hides every"),
      ("bernoulli:1e-300", nil, "bernoulli.keep", "hides everything"),
      ("bernoulli:0.9999999999999", nil, "bernoulli.keep", "hides nothing"),
      ("random:0.5:0", nil, "random.masks", "masks are counted from 1 to 1000000"),
      ("{random: {visible: 8, masks: 2}}", 8, "random.visible", "hides nothing"),
      ("{partition: {blocks: [[1], [2]]}}", 3, "partition.blocks", "coordinate 3 is in no block"),
      ("{bernouli: {keep: 0.5}}", nil, "bernouli", "\"bernoulli\""), ("{random", nil, "", "YAML"),
      ("checkered:3", nil, "", "partition:BLOCKS:PASSES (random blocks)"), ("", nil, "", "observed (missing cells)"),
    ] as [(String, Int?, String, String)])
  func refusesArguments(argument: String, d: Int?, key: String, says: String) throws {
    if d != nil { _ = try MaskConfiguration(argument: argument) }
    do {
      Issue.record("accepted as \(try MaskConfiguration(argument: argument, coordinateCount: d))")
    } catch {
      #expect(error.location == .option("--mask \(argument)") && error.isUsage)
      #expect(error.key == key && error.description.contains(says), "\(error)")
    }
  }

  @Test func overridesAndSweeps() throws {
    let points = try load(Self.masked("{random: {keep: 0.5, masks: 4}}"), "model.mask.random.masks=1,4,16")
    #expect(points.map(\.configuration.mask) == [1, 4, 16].map { .random(.keep(0.5), masks: $0, loss: .hidden) })
    // One form replaces another.
    let other = try configuration(Self.masked("{random: {keep: 0.5, masks: 4}}"), "model.mask.bernoulli.keep=0.2")
    #expect(other.mask == .bernoulli(keep: 0.2))
    #expect(
      try configuration(study("model: isotropic"), "model.mask.partition.blocks=2").mask
        == .partition(.contiguous(2), passes: 1))
  }

  static let refused = [
    Refused(masked("loo"), line: 2, key: "model.mask", says: "leave_one_out"),
    Refused(masked("bernoulli"), line: 2, key: "model.mask", says: "{bernoulli: {keep: 0.5}}"),
    Refused(masked("observed"), line: 2, key: "model.mask", says: "no missing cells"),
    Refused(masked("{bernouli: {keep: 0.5}}"), line: 2, key: "model.mask.bernouli", says: "\"bernoulli\""),
    Refused(masked("{bernoulli: {}}"), line: 2, key: "model.mask.bernoulli.keep", says: "missing"),
    Refused(masked("{bernoulli: {keep: 1}}"), line: 2, key: "model.mask.bernoulli.keep", says: "between 0 and 1"),
    Refused(masked("{bernoulli: {keep: 0}}"), line: 2, key: "model.mask.bernoulli.keep", says: "between 0 and 1"),
    Refused(masked("{bernoulli: {keep: -0.1}}"), line: 2, key: "model.mask.bernoulli.keep", says: "out of range"),
    Refused(masked("{random: {keep: 0.5}}"), line: 2, key: "model.mask.random.masks", says: "masks: 16"),
    Refused(masked("{random: {masks: 4}}"), line: 2, key: "model.mask.random.keep", says: "visible: 4"),
    Refused(
      masked("{random: {keep: 0.5, visible: 3, masks: 4}}"), line: 2, key: "model.mask.random.keep", says: "keep one"),
    Refused(
      masked("{random: {visible: 8, masks: 4}}"), line: 2, key: "model.mask.random.visible", says: "hides nothing",
      "1 to 7"),
    Refused(
      masked("{random: {visible: 0, masks: 4}}"), line: 2, key: "model.mask.random.visible", says: "hides everything"),
    Refused(masked("{random: {keep: 0.5, masks: 0}}"), line: 2, key: "model.mask.random.masks", says: "out of range"),
    Refused(
      masked("{random: {keep: 0.5, masks: 4, loss: hiden}}"), line: 2, key: "model.mask.random.loss", says: "\"hidden\""
    ),
    Refused(masked("{shared: {file: a.csv, masks: 4}}"), line: 2, key: "model.mask.shared.masks", says: "from a file"),
    Refused(masked("{partition: {blocks: 1}}"), line: 2, key: "model.mask.partition.blocks", says: "hides everything"),
    Refused(masked("{partition: {blocks: 9}}"), line: 2, key: "model.mask.partition.blocks", says: "9 blocks for 8"),
    Refused(masked("{partition: {}}"), line: 2, key: "model.mask.partition.blocks", says: "blocks: 8"),
    Refused(
      masked("{partition: {blocks: 2, passes: 3}}"), line: 2, key: "model.mask.partition.passes", says: "order: random"),
    Refused(
      masked("{partition: {blocks: [[1, 2], [2, 3, 4, 5, 6, 7, 8]]}}"), line: 2, key: "model.mask.partition.blocks",
      says: "coordinate 2 is in two blocks"),
    Refused(
      masked("{partition: {blocks: [[1, 2], [3, 4, 5, 6, 7]]}}"), line: 2, key: "model.mask.partition.blocks",
      says: "coordinate 8 is in no block"),
    Refused(
      masked("{partition: {blocks: [[1, 2], [3, 4, 5, 6, 7, 9]]}}"), line: 2, key: "model.mask.partition.blocks.1.5",
      says: "out of range"),
    Refused(
      masked("{partition: {blocks: [[1, 2, 3, 4, 5, 6, 7, 8]]}}"), line: 2, key: "model.mask.partition.blocks",
      says: "hides everything"),
    Refused(
      masked("{partition: {blocks: [[1], [2, 3, 4, 5, 6, 7, 8]], passes: 2}}"), line: 2,
      key: "model.mask.partition.passes", says: "written out"),
    Refused(masked("{explicit: {weights: [1]}}"), line: 2, key: "model.mask.explicit.file", says: "missing"),
    Refused(
      masked("{explicit: {file: a.csv, weights: [0, 0]}}"), line: 2, key: "model.mask.explicit.weights",
      says: "every weight"),
    Refused(
      masked("{explicit: {file: a.csv, weights: [1, -1]}}"), line: 2, key: "model.mask.explicit.weights.1",
      says: "at least 0"),
    Refused(
      study("model: isotropic", model: "ridge: auto, mask: {bernoulli: {keep: 0.5}}"), line: 2, key: "model.ridge",
      says: "leave_one_out"),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) throws { try refused.check() }
}
