import LacunaAlgebra
import LacunaStudy
import Testing

@Suite struct ConfigurationRoundTripTests {
  static let models = [
    study("model: isotropic, noise: {variances: 1e-5}"),
    study("model: spiked, spikes: [{strength: 0.1}, {strength: -1e-20, direction: {sparse: 3}}]"),
    study("model: spiked, spikes: [{strength: 3, direction: {file: 'it''s \"u\" \\.csv'}}], noise: {law: rademacher}"),
    study("model: diagonal, noise: {law: {sparse: 0.1}, variances: {geometric: [0.2, 3e20]}}"),
    study("model: diagonal, noise: {variances: [1, 2, 3, 4, 5, 6, 7, 0.30000000000000004]}"),
    study("model: diagonal, noise: {variances: {file: v.csv}}, spikes: []"),
    study("model: diagonal, noise: {variances: {linear: [1, 2]}}, spikes: [{strength: 1}]"),
    study("model: ar1, correlation: 0.7, noise: {law: {student_t: 2.5}}"),
    study("model: toeplitz, first_row: [1, 0.25]"), study("model: toeplitz, first_row: {file: row.csv}"),
    study("model: circulant, first_row: [2, 0.5, -1e-9]"), study("model: block, blocks: 3, correlation: 0.1"),
    study("model: power_law, exponent: 0"), study("model: file, file: \"dir/Σ #1.npy\""),
    study("model: isotropic", model: "ridge: auto"),
    study("model: isotropic", model: "ridge: [ridgeless, 0.3]"),
    study("model: isotropic", model: "ridge: 1, pca: {rank: bulk_edge}"),
    study("model: isotropic", model: "ridge: 1, pca: {rank: [3, 0]}") + "measure: [pca]",
    study("model: isotropic", model: "ridge: {from: 1e-7, to: 3, count: 17}"),
    study("model: isotropic") + "experiment: {name: \"null\", trials: 3, seed: 18446744073709551615}",
    study("model: isotropic") + "experiment: {name: \"a: 'b' \\\\ # {é}\"}",
  ]

  @Test(arguments: models) func readsBackWhatItWrites(text: String) throws {
    let first = try configuration(text)
    let written = resolvedYAML(first, comments: ["lacuna 1.0", "two\nlines: {"])
    #expect(written.hasPrefix("# lacuna 1.0\n# two lines: {\n"))
    let again = try loadExperiments(text: written, source: "/elsewhere/config.yaml")
    #expect(again.count == 1 && again[0].configuration == first)
  }

  @Test func coversEveryModel() throws {
    let covered = try Set(Self.models.map { try configuration($0).data.model.word })
    #expect(covered == Set(DataConfiguration.Model.words))
  }

  @Test(arguments: ExampleLibrary.names) func readsBackEachExample(name: String) throws {
    let text = try #require(ExampleLibrary.text(named: name))
    let points = try loadExperiments(text: text, source: "example:\(name)")
    #expect(points.count == 1)
    #expect(points[0].configuration.name == name)
    let again = try loadExperiments(text: resolvedYAML(points), source: "config.yaml")
    #expect(again.map(\.configuration) == points.map(\.configuration))
    let summary = try #require(ExampleLibrary.summary(named: name))
    #expect(summary.count > 20 && summary.count < 120 && text.hasPrefix("# \(summary)\n"))
  }

  @Test func saysWhichKeysWereSwept() throws {
    let points = try load(study("model: ar1, correlation: 0.5"), "data.correlation=0.3,0.7", "experiment.seed=1,2")
    let written = resolvedYAML(points)
    #expect(written.contains("data.correlation=0.3,0.7 experiment.seed=1,2"))
    #expect(try configuration(written) == points[0].configuration)
  }

  @Test func namesItsExamples() {
    #expect(
      ExampleLibrary.names.first == "learning-curve" && Set(ExampleLibrary.names).count == ExampleLibrary.names.count)
    #expect(ExampleLibrary.names.allSatisfy { ExampleLibrary.text(named: $0) != nil })
    #expect(ExampleLibrary.text(named: "nothing") == nil && ExampleLibrary.summary(named: "nothing") == nil)
    #expect(ExampleLibrary.nearestName(to: "learning_curv") == "learning-curve")
    #expect(ExampleLibrary.nearestName(to: "zzz") == nil)
  }

  /// The overrides that the examples' comments suggest must work.
  @Test(arguments: [
    ("learning-curve", ["data.samples=500,1000,2000,4000"], 1),
    ("learning-curve", ["data.spikes.0.strength=1,3,10"], 3),
    ("learning-curve", ["model.ridge=auto"], 1), ("ridge-path", ["model.ridge.from=1.0e-4", "model.ridge.to=100"], 1),
    ("correlated", ["data.correlation=0.3,0.5,0.7,0.9"], 4), ("correlated", ["model.ridge=0.01,0.1"], 1),
    ("correlated", ["data.model=block", "data.blocks=20"], 1), ("unequal-noise", ["data.spikes.0.strength=0.3,1,3"], 3),
    ("unequal-noise", ["data.spikes.0.direction={sparse: 20}"], 1), ("unequal-noise", ["data.noise.variances=1"], 1),
    ("heavy-tails", ["data.noise.law=gaussian,rademacher,{student_t: 5},{sparse: 0.1}"], 4),
    ("heavy-tails", ["data.noise.law.student_t=2.5,3,5,10"], 4),
    ("masking-ratio", ["model.mask.bernoulli.keep=0.2,0.4,0.6,0.8,0.95"], 5),
    ("masking-ratio", ["model.mask={random: {keep: 0.5, masks: 1}}", "model.ridge=0.05"], 1),
    ("masking-ratio", ["model.mask.random.keep=0.5", "model.mask.random.masks=1,4,16,64"], 4),
    ("partition", ["model.mask.partition.blocks=2,5,20,100"], 4),
    ("partition", ["model.mask.partition.order=random", "model.mask.partition.passes=1,4,16"], 3),
    ("partition", ["model.mask={random: {visible: 180, masks: 10}}"], 1),
  ])
  func takesTheOverridesItSuggests(name: String, overrides: [String], count: Int) throws {
    let text = try #require(ExampleLibrary.text(named: name))
    for override in overrides { #expect(text.contains(override)) }
    let points = try loadExperiments(text: text, source: "example:\(name)", overrides: overrides)
    #expect(points.count == count)
  }
}
