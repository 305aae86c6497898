import Foundation
import LacunaAlgebra
import LacunaStudy
import Testing

@Suite struct ConfigurationTests {
  @Test func readsEveryKeyOfTheDocumentedExample() throws {
    let text = """
      experiment: {name: learning-curve, trials: 20, seed: 18446744073709551615}
      data:
        model: spiked
        coordinates: 1000
        samples: [500, 1000, 2000]
        spikes: [{strength: 3.0, direction: delocalized}, {strength: -0.1, direction: {sparse: 7}}]
        noise: {law: gaussian, variances: {geometric: [0.2, 3.0]}}
      model: {mask: leave_one_out, ridge: {from: 1.0e-3, to: 10, count: 5}}
      measure: [errors]
      """
    let found = try configuration(text)
    #expect(found.name == "learning-curve")
    #expect(found.trials == 20)
    #expect(found.seed == .max)
    #expect(found.data.coordinates == 1000)
    #expect(found.data.samples == [500, 1000, 2000])
    #expect(
      found.data.spikes == [
        .init(strength: 3, direction: .delocalized), .init(strength: -0.1, direction: .sparse(7)),
      ])
    #expect(found.data.law == .gaussian)
    #expect(found.data.model == .spiked(found.data.spikes, variances: .geometric(0.2, 3)))
    #expect(found.mask == .leaveOneOut)
    #expect(found.measures == ["errors"])
    guard case .list(let ridges) = found.ridges else {
      Issue.record("a path must come expanded")
      return
    }
    #expect(ridges.count == 5)
    for (ridge, expected) in zip(ridges, [1e-3, 1e-2, 1e-1, 1, 10]) { #expect(abs(ridge / expected - 1) < 1e-14) }
    #expect(ridges.first == 1e-3 && ridges.last == 10)
  }

  @Test func fillsInTheDefaults() throws {
    let found = try configuration(study("model: isotropic"))
    let data = DataConfiguration(model: .isotropic, coordinates: 8, samples: [20])
    #expect(found == ExperimentConfiguration(name: "study", data: data, ridges: .list([0.1])))
    #expect(found.trials == 10 && found.seed == 1)
    #expect(found.data.law == .gaussian && found.data.spikes.isEmpty)
    let spiked = try configuration(study("model: spiked, spikes: [{strength: 2}]"))
    #expect(spiked.data.spikes == [.init(strength: 2, direction: .delocalized)])
  }

  @Test(arguments: [
    ("dir/sub/big.study.yaml", "big.study"), ("example:learning-curve", "learning-curve"), ("s.yml", "s"),
    ("a:b.yaml", "a:b"),
  ])
  func namesTheExperimentAfterItsFile(source: String, name: String) throws {
    let points = try loadExperiments(text: study("model: isotropic"), source: source)
    #expect(points[0].configuration.name == name)
  }

  @Test func readsTheKeysOfEachModel() throws {
    let models: [(String, DataConfiguration.Model)] = [
      ("model: isotropic, noise: {variances: 3}", .isotropic(variance: 3)),
      ("model: ar1, correlation: -0.5", .ar1(correlation: -0.5)),
      ("model: block, correlation: 0.3, blocks: 2", .block(blocks: 2, correlation: 0.3)),
      ("model: power_law, exponent: 1", .powerLaw(exponent: 1)), ("model: file, file: /s.npy", .file("/s.npy")),
      ("model: toeplitz, first_row: [1, 0.5]", .toeplitz(.list([1, 0.5]))),
      ("model: circulant, first_row: {file: /r.csv}", .circulant(.file("/r.csv"))),
      ("model: diagonal, noise: {variances: [1, 2, 3, 4, 5, 6, 7, 8]}", .diagonal(.list([1, 2, 3, 4, 5, 6, 7, 8]))),
      ("model: diagonal, noise: {variances: {linear: [3, 1]}}", .diagonal(.linear(3, 1))),
    ]
    for (i, (text, model)) in models.enumerated() {
      let read = try configuration(study(text)).data.model
      #expect(models.indices.allSatisfy { (read == models[$0].1) == ($0 == i) }, "\(model)")
    }
  }

  @Test(arguments: [
    ("gaussian", EntryLaw.gaussian), ("rademacher", .rademacher),
    ("{student_t: 2.5}", .studentT(degreesOfFreedom: 2.5)),
    ("{sparse: 1}", .sparse(density: 1)),
  ])
  func readsTheLaws(text: String, law: EntryLaw) throws {
    #expect(try configuration(study("model: isotropic, noise: {law: \(text)}")).data.law == law)
  }

  @Test(arguments: [
    ("3", 3.0), ("3.0", 3), ("1.0e-3", 1e-3), ("1e-3", 1e-3), ("1E3", 1e3), ("+0.5", 0.5), ("0", 0), ("5.", 5),
    (".5", 0.5),
  ])
  func readsNumbersHoweverWritten(text: String, value: Double) throws {
    #expect(try configuration(study("model: isotropic", model: "ridge: \(text)")).ridges == .list([value]))
  }

  @Test func readsWholeNumbersWrittenAsDecimals() throws {
    let text = "data: {model: isotropic, coordinates: 1e3, samples: [2000.0]}\nmodel: {ridge: [0.1, 1]}"
    let found = try configuration(text)
    #expect(found.data.coordinates == 1000 && found.data.samples == [2000])
    #expect(found.ridges == .list([0.1, 1]))
    #expect(try configuration(study("model: isotropic", model: "ridge: ridgeless")).ridges == .list([0]))
    #expect(try configuration(study("model: isotropic", model: "ridge: [ridgeless, 2]")).ridges == .list([0, 2]))
  }

  @Test func turnsAspectRatiosIntoSampleCounts() throws {
    let text = "data: {model: isotropic, coordinates: 100, aspect_ratio: [2, 1, 0.5, 0.3]}\nmodel: {ridge: auto}"
    let found = try configuration(text)
    #expect(found.data.samples == [50, 100, 200, 333])
    #expect(found.ridges == .auto)
  }

  @Test func startsPathsAtTheFolderOfTheFileOrOfTheOverride() throws {
    let text = study("model: file, file: ./sigma.npy")
    let written = try loadExperiments(text: text, source: "/studies/a.yaml")
    #expect(written[0].configuration.data.model == .file("/studies/sigma.npy"))
    let elsewhere = try loadExperiments(text: text, source: "a.yaml", folder: "/data/")
    #expect(elsewhere[0].configuration.data.model == .file("/data/sigma.npy"))
    let typed = try loadExperiments(text: text, source: "/studies/a.yaml", overrides: ["data.file=b.npy"])
    let path = FileManager.default.currentDirectoryPath + "/b.npy"
    #expect(typed[0].configuration.data.model == .file(path))
    let absolute = try loadExperiments(text: text, source: "a.yaml", overrides: ["data.file=/x/b.npy"])
    #expect(absolute[0].configuration.data.model == .file("/x/b.npy"))
  }

  @Test func mirrorsTheLagsOfACirculant() {
    typealias Row = DataConfiguration.FirstRow
    #expect(Row.expanded([1, 0.5], coordinates: 5, circulant: false) == [1, 0.5, 0, 0, 0])
    #expect(Row.expanded([1, 0.5], coordinates: 5, circulant: true) == [1, 0.5, 0, 0, 0.5])
    #expect(Row.expanded([1, 0.5, 0.2], coordinates: 4, circulant: true) == [1, 0.5, 0.2, 0.5])
    #expect(Row.expanded([1, 2, 3, 4], coordinates: 5, circulant: true) == nil)
    #expect(Row.expanded([1, 2, 3], coordinates: 2, circulant: false) == nil)
    #expect(Row.expanded([], coordinates: 2, circulant: false) == nil)
  }
}
