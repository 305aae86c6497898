import LacunaStudy
import Testing

/// A valid configuration with the given lines as its data section's further keys; data starts on line 1.
func study(_ data: String, model: String = "ridge: 0.1") -> String {
  "data: {coordinates: 8, samples: 20, \(data)}\nmodel: {\(model)}\n"
}

func load(_ text: String, _ overrides: String...) throws -> [ExperimentPoint] {
  try loadExperiments(text: text, source: "study.yaml", overrides: overrides)
}

/// The one configuration of a text without sweeps.
func configuration(_ text: String, _ overrides: String...) throws -> ExperimentConfiguration {
  let points = try loadExperiments(text: text, source: "study.yaml", overrides: overrides)
  try #require(points.count == 1)
  return points[0].configuration
}

/// The error a text and overrides are refused with; records an issue when they are accepted.
func refusal(
  _ text: String, _ overrides: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) throws -> ConfigurationError {
  do {
    let points = try loadExperiments(text: text, source: "study.yaml", overrides: overrides)
    let found = "accepted as \(points.map(\.configuration))"
    throw Accepted(found: found)
  } catch let error as ConfigurationError {
    return error
  }
}

struct Accepted: Error { var found: String }

/// A text that must be refused, and what the refusal must say.
struct Refused: Sendable, CustomTestStringConvertible {
  var text: String
  var overrides: [String]
  var line: Int
  var key: String
  var says: [String]

  init(_ text: String, _ overrides: [String] = [], line: Int = 1, key: String, says: String...) {
    self.text = text
    self.overrides = overrides
    self.line = line
    self.key = key
    self.says = says
  }

  var testDescription: String { "\(key): \(says.first ?? "")" }

  /// Checks place, key and words; an override is expected as the place where there are overrides.
  func check() throws {
    let error = try refusal(text, overrides)
    if let override = overrides.last {
      #expect(error.location == .override(override))
      #expect(error.isUsage)
    } else {
      #expect(error.location == .file("study.yaml", line: line))
      #expect(!error.isUsage)
    }
    #expect(error.key == key)
    #expect(!error.reason.isEmpty && !error.remedy.isEmpty)
    #expect(!error.description.contains("\n"))
    for words in says { #expect(error.description.contains(words), "\(error)") }
  }
}
