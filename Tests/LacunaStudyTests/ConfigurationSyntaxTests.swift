import LacunaStudy
import Testing

@Suite struct ConfigurationSyntaxTests {
  @Test(arguments: [
    ("data:\n  model: isotropic\n samples: 3\n", 3), ("data: {model: isotropic\n", 1), ("data:\n\tmodel: ar1\n", 2),
    ("a: b: c\n", 1), ("data: {}\n]\n", 2), ("data: \"open\n\n", 2),
  ])
  func namesTheLineOfASyntaxError(text: String, line: Int) throws {
    let error = try refusal(text)
    guard case .file("study.yaml", let found) = error.location else {
      Issue.record("not a place in the file: \(error)")
      return
    }
    #expect(abs(found - line) <= 1, "\(error)")
    #expect(error.reason.contains("YAML"))
    #expect(!error.isUsage)
  }

  @Test func refusesAKeyGivenTwice() throws {
    let error = try refusal("data:\n  samples: 3\n  model: ar1\n  samples: 4\nmodel: {ridge: 1}\n")
    #expect(error.key.hasSuffix("samples"))
    #expect(error.reason.contains("more than once"))
    #expect(error.location == .file("study.yaml", line: 2) || error.location == .file("study.yaml", line: 4))
  }

  @Test func refusesSeveralDocuments() throws {
    let error = try refusal(study("model: isotropic") + "---\na: 1\n")
    #expect(error.location == .file("study.yaml", line: 3))
    #expect(error.reason.contains("one YAML document"))
  }

  @Test func refusesAliasesBeforeTheyCanGrow() throws {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let error = try refusal(text)
    #expect(error.location == .file("study.yaml", line: 2))
    #expect(error.reason.contains("alias"))
    let hidden = try refusal("a: &a [x, x]\nb: 'it''s #' \n# '\nc: {*a : 1, \"k # \" :*a}\n")
    #expect(hidden.location == .file("study.yaml", line: 4))
  }

  @Test func readsTextWithAmpersandsAndStars() throws {
    let text = study("model: isotropic") + "experiment: {name: \"signal & noise, 2 * 3\"}  # a *b* &c\n"
    #expect(try configuration(text).name == "signal & noise, 2 * 3")
  }

  @Test func refusesDeepNesting() throws {
    let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    #expect(try refusal("data: \(deep)\n").reason.contains("32 levels"))
    let deeper = String(repeating: "[", count: 200_000)
    #expect(try refusal("data: \(deeper)\n").location == .file("study.yaml", line: 1))
  }

  @Test func refusesHugeTexts() throws {
    let text = study("model: isotropic") + "# " + String(repeating: "x", count: 5 << 20)
    #expect(try refusal(text).reason.contains("4 MiB"))
  }

  @Test func refusesCharactersThatYAMLForbids() throws {
    let error = try refusal("data:\n  model: a\u{0}b\n")
    guard case .file("study.yaml", let line) = error.location else {
      Issue.record("not a place in the file: \(error)")
      return
    }
    #expect(line == 2 || line == 1)
    #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 32 })
  }

  @Test func readsWindowsLineEnds() throws {
    let text =
      "data:\r\n  model: ar1\r\n  correlation: 0.5\r\n  coordinates: 4\r\n  samples: 3\r\nmodel: {ridge: 1}\r\n"
    #expect(try configuration(text).data.model == .ar1(correlation: 0.5))
    let error = try refusal(text.replacing("0.5", with: "5"))
    #expect(error.location == .file("study.yaml", line: 3))
  }
}
