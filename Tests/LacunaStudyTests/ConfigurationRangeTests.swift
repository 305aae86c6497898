import LacunaStudy
import Testing

@Suite struct ConfigurationRangeTests {
  static let counts = [
    Refused(
      "data: {model: isotropic, coordinates: 1, samples: 9}\nmodel: {ridge: 1}", key: "data.coordinates",
      says: "from 2"),
    Refused(
      "data: {model: isotropic, coordinates: 9, samples: 0}\nmodel: {ridge: 1}", key: "data.samples",
      says: "from 1"),
    Refused(
      "data: {model: isotropic, coordinates: 9, samples: [5,\n -3]}\nmodel: {ridge: 1}", line: 2,
      key: "data.samples.1", says: "-3"),
    Refused(
      "data: {model: isotropic, coordinates: 9, samples: []}\nmodel: {ridge: 1}", key: "data.samples",
      says: "empty"),
    Refused(
      "data: {model: isotropic, coordinates: 9, samples: 1e30}\nmodel: {ridge: 1}", key: "data.samples",
      says: "1e30"),
    Refused(
      "data: {model: isotropic, coordinates: 9, aspect_ratio: [1, 0]}\nmodel: {ridge: 1}",
      key: "data.aspect_ratio.1", says: "above 0"),
    Refused(
      "data: {model: isotropic, coordinates: 9, aspect_ratio: 100}\nmodel: {ridge: 1}",
      key: "data.aspect_ratio", says: "samples"),
    Refused(
      "data: {model: isotropic, coordinates: 9, aspect_ratio: 1e-300}\nmodel: {ridge: 1}",
      key: "data.aspect_ratio", says: "samples"),
    Refused(study("model: isotropic") + "experiment: {trials: 0}\n", line: 3, key: "experiment.trials", says: "from 1"),
    Refused(study("model: isotropic") + "experiment: {seed: -1}\n", line: 3, key: "experiment.seed", says: "from 0"),
    Refused(
      study("model: isotropic") + "experiment: {seed: 18446744073709551616}\n", line: 3, key: "experiment.seed",
      says: "from 0"),
    Refused(study("model: isotropic") + "experiment: {name: a/b}\n", line: 3, key: "experiment.name", says: "slashes"),
    Refused(study("model: block, correlation: 0.1, blocks: 9"), key: "data.blocks", says: "from 1 to 8"),
    Refused(study("model: block, correlation: 0.1, blocks: 0"), key: "data.blocks", says: "from 1 to 8"),
    Refused(
      study("model: spiked, spikes: [{strength: 1, direction: {sparse: 9}}]"),
      key: "data.spikes.0.direction.sparse", says: "from 1 to 8"),
    Refused(study("model: spiked, spikes: []"), key: "data.spikes", says: "empty"),
  ]

  static let numbers = [
    Refused(study("model: isotropic", model: "ridge: -0.1"), line: 2, key: "model.ridge", says: "at least 0"),
    Refused(study("model: isotropic", model: "ridge: .inf"), line: 2, key: "model.ridge", says: "finite"),
    Refused(study("model: isotropic", model: "ridge: [1, .nan]"), line: 2, key: "model.ridge.1", says: "finite"),
    Refused(study("model: isotropic", model: "ridge: 1e999"), line: 2, key: "model.ridge", says: "finite"),
    Refused(study("model: isotropic", model: "ridge: []"), line: 2, key: "model.ridge", says: "empty"),
    Refused(
      study("model: isotropic", model: "ridge: {from: 0, to: 1, count: 3}"), line: 2, key: "model.ridge.from",
      says: "above 0"),
    Refused(
      study("model: isotropic", model: "ridge: {from: 2, to: 1, count: 3}"), line: 2, key: "model.ridge.to",
      says: "exchange"),
    Refused(
      study("model: isotropic", model: "ridge: {from: 1, to: 1, count: 3}"), line: 2, key: "model.ridge.to",
      says: "rise"),
    Refused(
      study("model: isotropic", model: "ridge: {from: 1, to: 2, count: 1}"), line: 2, key: "model.ridge.count",
      says: "from 2"),
    Refused(
      study("model: isotropic", model: "ridge: {from: 1, to: 2, count: 1e9}"), line: 2, key: "model.ridge.count",
      says: "10000"),
    Refused(study("model: ar1, correlation: 1"), key: "data.correlation", says: "between -1 and 1"),
    Refused(study("model: ar1, correlation: -1.0"), key: "data.correlation", says: "between -1 and 1"),
    Refused(study("model: block, correlation: -0.5, blocks: 2"), key: "data.correlation", says: "-1/3"),
    Refused(study("model: power_law, exponent: -1"), key: "data.exponent", says: "at least 0"),
    Refused(study("model: spiked, spikes: [{strength: .inf}]"), key: "data.spikes.0.strength", says: "finite"),
    Refused(study("model: isotropic, noise: {law: {student_t: 2}}"), key: "data.noise.law.student_t", says: "above 2"),
    Refused(study("model: isotropic, noise: {law: {sparse: 0}}"), key: "data.noise.law.sparse", says: "above 0"),
    Refused(study("model: isotropic, noise: {law: {sparse: 1.5}}"), key: "data.noise.law.sparse", says: "at most 1"),
    Refused(study("model: isotropic, noise: {variances: 0}"), key: "data.noise.variances", says: "above 0"),
    Refused(
      study("model: diagonal, noise: {variances: {geometric: [0, 1]}}"), key: "data.noise.variances.geometric.0",
      says: "above 0"),
    Refused(study("model: diagonal, noise: {variances: [1, 2, 3]}"), key: "data.noise.variances", says: "3", "8"),
    Refused(study("model: toeplitz, first_row: [0, 1]"), key: "data.first_row", says: "above 0"),
    Refused(study("model: toeplitz, first_row: [1,0,0,0,0,0,0,0,0]"), key: "data.first_row", says: "at most 8"),
    Refused(study("model: circulant, first_row: [1, 0.1, 0.1, 0, 0, 0.1]"), key: "data.first_row", says: "up to 4"),
    Refused(
      study("model: circulant, first_row: [1, 0.1, 0, 0, 0, 0, 0, 0.2]"), key: "data.first_row",
      says: "not symmetric", "lag 1"),
  ]

  @Test(arguments: counts) func countOutOfRange(_ refused: Refused) throws { try refused.check() }
  @Test(arguments: numbers) func numberOutOfRange(_ refused: Refused) throws { try refused.check() }

  @Test func acceptsTheEndsOfTheRanges() throws {
    let least = try configuration(
      "data: {model: isotropic, coordinates: 2, samples: 2}\nmodel: {ridge: 0}\nexperiment: {trials: 1, seed: 0}")
    #expect(least.data.coordinates == 2 && least.data.samples == [2] && least.trials == 1 && least.seed == 0)
    #expect(least.ridges == .list([0]))
    #expect(
      try configuration(study("model: block, correlation: -0.33, blocks: 2")).data.model
        == .block(blocks: 2, correlation: -0.33))
    #expect(
      try configuration(study("model: block, correlation: 0.5, blocks: 8")).data.model
        == .block(blocks: 8, correlation: 0.5))
  }
}
