import LacunaAlgebra
import LacunaStudy
import Testing

@Suite struct ConfigurationOverrideTests {
  let spiked = study("model: spiked, spikes: [{strength: 1}, {strength: 2, direction: {sparse: 3}}]")

  @Test func setsAValueInPlaceOfTheFiles() throws {
    let found = try configuration(
      spiked, "experiment.seed=7", "data.coordinates=16", "data.spikes.1.strength=5", "data.noise.law={student_t: 3}")
    #expect(found.seed == 7 && found.data.coordinates == 16)
    #expect(found.data.spikes == [.init(strength: 1), .init(strength: 5, direction: .sparse(3))])
    #expect(found.data.law == .studentT(degreesOfFreedom: 3))
  }

  @Test func setsListsByCommas() throws {
    let found = try load(spiked, "data.samples=5,10,20", "model.ridge=0.1,1e-3", "measure=errors")
    #expect(found.count == 1 && found[0].swept.isEmpty)
    #expect(found[0].configuration.data.samples == [5, 10, 20])
    #expect(found[0].configuration.ridges == .list([0.1, 1e-3]))
    #expect(try configuration(spiked, "data.samples=7").data.samples == [7])
    #expect(try configuration(spiked, "data.samples=[7, 8]").data.samples == [7, 8])
    #expect(try configuration(spiked, "model.ridge=auto").ridges == .auto)
    #expect(
      try configuration(study("model: diagonal"), "data.noise.variances.linear=0.5,2").data.model
        == .diagonal(.linear(0.5, 2)))
  }

  @Test func changesOneEndOfAPath() throws {
    let text = study("model: isotropic", model: "ridge: {from: 0.1, to: 10, count: 20}")
    let found = try configuration(text, "model.ridge.count=3", "model.ridge.from=1e-3")
    #expect(found.ridges == .list(RidgeConfiguration.logPath(from: 1e-3, to: 10, count: 3)))
  }

  @Test func replacesOneFormByAnother() throws {
    let graded = study("model: diagonal, noise: {law: {student_t: 5}, variances: {geometric: [0.2, 3]}}")
    let found = try configuration(graded, "data.noise.law.sparse=0.5", "data.noise.variances.linear=1,2")
    #expect(found.data.law == .sparse(density: 0.5) && found.data.model == .diagonal(.linear(1, 2)))
    let direction = try configuration(spiked, "data.spikes.1.direction.file=/u.csv")
    #expect(direction.data.spikes[1].direction == .file("/u.csv"))
    let list = study("model: diagonal, noise: {variances: [1, 2, 3, 4, 5, 6, 7, 8]}")
    #expect(try configuration(list, "data.noise.variances.linear=1,2").data.model == .diagonal(.linear(1, 2)))
    #expect(try configuration(spiked, "data.aspect_ratio=1,2").data.samples == [8, 4])
  }

  @Test func sweepsAnyOtherKey() throws {
    let text = study("model: ar1, correlation: 0.5")
    let points = try load(text, "data.correlation=0.3, 0.7", "model.ridge=1,2", "experiment.seed=1,2,3")
    #expect(
      points.map { $0.swept.map { "\($0.key)=\($0.value)" }.joined(separator: " ") } == [
        "data.correlation=0.3 experiment.seed=1", "data.correlation=0.3 experiment.seed=2",
        "data.correlation=0.3 experiment.seed=3", "data.correlation=0.7 experiment.seed=1",
        "data.correlation=0.7 experiment.seed=2", "data.correlation=0.7 experiment.seed=3",
      ])
    #expect(points.map(\.configuration.data.model) == [0.3, 0.3, 0.3, 0.7, 0.7, 0.7].map { .ar1(correlation: $0) })
    #expect(points.map(\.configuration.seed) == [1, 2, 3, 1, 2, 3])
    #expect(points.allSatisfy { $0.configuration.ridges == .list([1, 2]) })
  }

  @Test func sweepsItemsAndForms() throws {
    let strengths = try load(spiked, "data.spikes.0.strength=0.5,1,2")
    #expect(strengths.map { $0.configuration.data.spikes[0].strength } == [0.5, 1, 2])
    #expect(strengths.allSatisfy { $0.configuration.data.spikes[1].strength == 2 })
    let laws = try load(spiked, "data.noise.law=gaussian,{student_t: 5},{sparse: 0.1}")
    #expect(
      laws.map(\.configuration.data.law) == [
        .gaussian, .studentT(degreesOfFreedom: 5), .sparse(density: 0.1),
      ])
    #expect(laws.map { $0.swept[0].value } == ["gaussian", "{student_t: 5}", "{sparse: 0.1}"])
    let models = try load(study("model: isotropic"), "data.model=isotropic,diagonal")
    #expect(models.map(\.configuration.data.model) == [.isotropic, .diagonal()])
  }

  static let refused = [
    Refused(study("model: isotropic"), ["data.samples"], key: "", says: "no \"=\"", "key=value"),
    Refused(study("model: isotropic"), ["=3"], key: "", says: "no key"),
    Refused(study("model: isotropic"), ["data..samples=3"], key: "", says: "empty part"),
    Refused(study("model: isotropic"), ["data.samples="], key: "data.samples", says: "empty value"),
    Refused(study("model: isotropic"), ["experiment.seed=1,,2"], key: "experiment.seed", says: "empty value"),
    Refused(study("model: isotropic"), ["data.noise.law={student_t: 5"], key: "data.noise.law", says: "YAML"),
    Refused(study("model: isotropic"), ["data.coordinats=9"], key: "data.coordinats", says: "\"coordinates\""),
    Refused(study("model: isotropic"), ["data.coordinates=1"], key: "data.coordinates", says: "from 2"),
    Refused(study("model: isotropic"), ["data.coordinates=ten"], key: "data.coordinates", says: "ten"),
    Refused(study("model: isotropic"), ["data.samples=5,0"], key: "data.samples.1", says: "from 1"),
    Refused(study("model: isotropic"), ["model.ridge=auto,1"], key: "model.ridge.0", says: "auto alone"),
    Refused(study("model: isotropic"), ["data.correlation=0.3"], key: "data.correlation", says: "ar1 or block"),
    Refused(study("model: ar1, correlation: 0.5"), ["data.correlation=0.3,1.5"], key: "data.correlation", says: "1.5"),
    Refused(
      study("model: spiked, spikes: [{strength: 1}]"), ["data.spikes.1.strength=3"], key: "data.spikes.1",
      says: "1 item"),
    Refused(
      study("model: spiked, spikes: [{strength: 1}]"), ["data.spikes.strength=3"], key: "data.spikes.strength",
      says: "data.spikes.0"),
    Refused(
      study("model: isotropic"), ["experiment.seed=1", "experiment.seed=2"], key: "experiment.seed", says: "twice"),
    Refused(
      study("model: isotropic"), ["data.aspect_ratio=1", "data.samples=5"], key: "data.samples", says: "keep one"),
    Refused(study("model: isotropic"), ["experiment.trials=null"], key: "experiment.trials", says: "nothing"),
    Refused(study("model: isotropic"), ["data.model.x=1"], key: "data.model.x", says: "isotropic"),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) throws { try refused.check() }

  @Test func refusesASweepWithoutEnd() throws {
    let many = (1...200).map(String.init).joined(separator: ",")
    let error = try refusal(study("model: isotropic"), ["experiment.seed=\(many)", "experiment.trials=\(many)"])
    #expect(error.isUsage && error.key == "experiment.trials" && error.reason.contains("10000"))
  }
}
