import LacunaStudy
import Testing

@Suite struct ConfigurationRefusalTests {
  @Test func writesOneLineWithPlaceKeyAndRemedy() throws {
    let text = "data:\n  model: ar1\n  coordinates: 8\n  samples: 20\n  corelation: 0.5\nmodel: {ridge: 1}"
    let error = try refusal(text)
    #expect("\(error)" == "study.yaml:5: data.corelation: unknown key; did you mean \"correlation\"?")
    let typed = try refusal(study("model: isotropic"), ["data.corelation=0.3"])
    #expect(
      "\(typed)"
        == "override \"data.corelation=0.3\": data.corelation: unknown key; did you mean \"correlation\"?")
  }

  static let unknownKeys = [
    Refused("dta: {}\nmodel: {ridge: 1}", key: "dta", says: "\"data\""),
    Refused("model: {ridge: 1}\ndata: {modle: ar1}", line: 2, key: "data.modle", says: "\"model\""),
    Refused(study("model: isotropic") + "mesure: [errors]\n", line: 3, key: "mesure", says: "\"measure\""),
    Refused(study("model: isotropic, xyzzy: 1"), key: "data.xyzzy", says: "valid: model, coordinates"),
    Refused(study("model: isotropic, ridge: 1"), key: "data.ridge", says: "belongs under model"),
    Refused(study("model: isotropic, law: gaussian"), key: "data.law", says: "belongs under data.noise"),
    Refused(study("model: isotropic") + "trials: 3\n", line: 3, key: "trials", says: "belongs under experiment"),
    Refused(study("model: isotropic, noise: {varience: 1}"), key: "data.noise.varience", says: "variances"),
    Refused(study("model: isotropic, noise: {law: {studentt: 5}}"), key: "data.noise.law.studentt", says: "student_t"),
    Refused(study("model: spiked, spikes: [{strenght: 1}]"), key: "data.spikes.0.strenght", says: "\"strength\""),
    Refused(study("model: isotropic", model: "ridge: {form: 1}"), line: 2, key: "model.ridge.form", says: "\"from\""),
    Refused(study("model: isotropic") + "experiment: {sed: 1}\n", line: 3, key: "experiment.sed", says: "\"seed\""),
    Refused(study("model: isotropic, aspect-ratio: 1"), key: "data.aspect-ratio", says: "\"aspect_ratio\""),
  ]

  static let unknownValues = [
    Refused(
      study("model: isotropic", model: "ridge: 1, pca: {rank: bets}"), line: 2, key: "model.pca.rank", says: "\"best\""),
    Refused(study("model: isotropc"), key: "data.model", says: "isotropc", "\"isotropic\""),
    Refused(study("model: AR1"), key: "data.model", says: "\"ar1\""),
    Refused(study("model: banana"), key: "data.model", says: "isotropic or spiked or", "power_law"),
    Refused(
      study("model: isotropic", model: "ridge: 1, mask: leave_1_out"), line: 2, key: "model.mask",
      says: "\"leave_one_out\""),
    Refused(
      study("model: isotropic") + "measure: [errors, spectra]\n", line: 3, key: "measure.1", says: "\"spectrum\""),
    Refused(
      study("model: isotropic") + "measure: [errors, recovery]\n", line: 3, key: "measure.1", says: "data.spikes"),
    Refused(study("model: isotropic") + "measure: [errors, errors]\n", line: 3, key: "measure.1", says: "twice"),
    Refused(study("model: isotropic, noise: {law: gausian}"), key: "data.noise.law", says: "\"gaussian\""),
    Refused(study("model: isotropic, noise: {law: student_t}"), key: "data.noise.law", says: "{student_t: 5}"),
    Refused(study("model: isotropic, noise: {law: {gaussian: 1}}"), key: "data.noise.law", says: "no value"),
    Refused(
      study("model: isotropic, noise: {law: {sparse: 1, student_t: 3}}"), key: "data.noise.law", says: "several forms"),
    Refused(
      study("model: spiked, spikes: [{strength: 1, direction: delocalised}]"), key: "data.spikes.0.direction",
      says: "\"delocalized\""),
    Refused(study("model: isotropic", model: "ridge: atuo"), line: 2, key: "model.ridge", says: "auto"),
  ]

  static let wrongTypes = [
    Refused(
      study("model: isotropic") + "experiment: {trials: many}\n", line: 3, key: "experiment.trials", says: "many"),
    Refused(
      study("model: isotropic") + "experiment: {trials: 2.5}\n", line: 3, key: "experiment.trials", says: "whole"),
    Refused(
      study("model: isotropic") + "experiment: {trials: \"3\"}\n", line: 3, key: "experiment.trials", says: "text"),
    Refused(
      study("model: isotropic") + "experiment:\n  trials:\n  seed: 1", line: 4, key: "experiment.trials",
      says: "nothing"),
    Refused(study("model: isotropic") + "experiment: 3\n", line: 3, key: "experiment", says: "section", "trials"),
    Refused(study("model: isotropic") + "experiment: {name: [a]}\n", line: 3, key: "experiment.name", says: "a list"),
    Refused(study("model: [isotropic]"), key: "data.model", says: "a list"),
    Refused(study("model: ar1, correlation: strong"), key: "data.correlation", says: "number", "0.7"),
    Refused(study("model: ar1, correlation: [0.1, 0.2]"), key: "data.correlation", says: "a list"),
    Refused(study("model: isotropic, noise: gaussian"), key: "data.noise", says: "section", "law, variances"),
    Refused(study("model: spiked, spikes: [3.0]"), key: "data.spikes.0", says: "section", "strength"),
    Refused(study("model: toeplitz, first_row: [1, x]"), key: "data.first_row.1", says: "number"),
    Refused(study("model: toeplitz, first_row: 1"), key: "data.first_row", says: "{file:"),
    Refused(
      study("model: diagonal, noise: {variances: {linear: 3}}"), key: "data.noise.variances.linear",
      says: "[first, last]"
    ),
    Refused(study("model: diagonal, noise: {variances: big}"), key: "data.noise.variances", says: "{linear: [0.5, 2]}"),
    Refused(
      "data: {model: isotropic, coordinates: 8, samples: [10, 2k]}\nmodel: {ridge: 1}", key: "data.samples.1",
      says: "2k", "800"),
    Refused(study("model: isotropic", model: "ridge: ridgles"), line: 2, key: "model.ridge", says: "ridgeless"),
    Refused(
      "data: {model: isotropic, coordinates: 8, samples: [10, 7]}\nmodel: {ridge: [1, 0]}", line: 2,
      key: "model.ridge.1",
      says: "7 samples", "ridgeless"),
    Refused(study("model: isotropic", model: "ridge: [auto, 1]"), line: 2, key: "model.ridge.0", says: "auto alone"),
    Refused("[1, 2]", key: "", says: "section", "experiment, data"),
    Refused("", key: "", says: "section"),
    Refused("# only a comment\n", key: "", says: "section"),
  ]

  static let missing = [
    Refused("model: {ridge: 1}", key: "data", says: "missing", "model: isotropic"),
    Refused("data: {model: isotropic, coordinates: 8, samples: 9}", key: "model", says: "ridge: 0.1"),
    Refused("\ndata:\n  coordinates: 8\nmodel: {ridge: 1}", line: 2, key: "data.model", says: "add"),
    Refused("data: {model: isotropic, samples: 9}\nmodel: {ridge: 1}", key: "data.coordinates", says: "add"),
    Refused("data: {model: isotropic, coordinates: 9}\nmodel: {ridge: 1}", key: "data.samples", says: "aspect_ratio"),
    Refused(study("model: isotropic", model: "mask: leave_one_out"), line: 2, key: "model.ridge", says: "auto"),
    Refused(
      study("model: isotropic", model: "ridge: {from: 1, to: 2}"), line: 2, key: "model.ridge.count", says: "add"),
    Refused(study("model: spiked"), key: "data.spikes", says: "strength"),
    Refused(study("model: spiked, spikes: [{direction: delocalized}]"), key: "data.spikes.0.strength", says: "add"),
    Refused(study("model: ar1"), key: "data.correlation", says: "correlation: 0.7"),
    Refused(study("model: block, correlation: 0.3"), key: "data.blocks", says: "add"),
    Refused(study("model: block, blocks: 2"), key: "data.correlation", says: "add"),
    Refused(study("model: toeplitz"), key: "data.first_row", says: "add"),
    Refused(study("model: power_law"), key: "data.exponent", says: "add"),
    Refused(study("model: file"), key: "data.file", says: "add"),
  ]

  static let foreignKeys = [
    Refused(study("model: isotropic, correlation: 0.5"), key: "data.correlation", says: "isotropic", "ar1 or block"),
    Refused(study("model: ar1, correlation: 0.5, blocks: 2"), key: "data.blocks", says: "choose block"),
    Refused(
      study("model: ar1, correlation: 0.5, spikes: [{strength: 1}]"), key: "data.spikes", says: "spiked or diagonal"),
    Refused(study("model: isotropic, first_row: [1]"), key: "data.first_row", says: "toeplitz or circulant"),
    Refused(study("model: isotropic, exponent: 1"), key: "data.exponent", says: "power_law"),
    Refused(study("model: isotropic, file: a.npy"), key: "data.file", says: "choose file"),
    Refused(
      study("model: power_law, exponent: 1, noise: {variances: 2}"), key: "data.noise.variances", says: "diagonal"),
    Refused(
      study("model: isotropic, noise: {variances: {linear: [1, 2]}}"), key: "data.noise.variances", says: "diagonal"),
    Refused(study("model: isotropic, aspect_ratio: 1"), key: "data.samples", says: "aspect_ratio", "keep one"),
  ]

  @Test(arguments: unknownKeys) func unknownKey(_ refused: Refused) throws { try refused.check() }
  @Test(arguments: unknownValues) func unknownValue(_ refused: Refused) throws { try refused.check() }
  @Test(arguments: wrongTypes) func wrongType(_ refused: Refused) throws { try refused.check() }
  @Test(arguments: missing) func missingKey(_ refused: Refused) throws { try refused.check() }
  @Test(arguments: foreignKeys) func keyOfAnotherModel(_ refused: Refused) throws { try refused.check() }

}
