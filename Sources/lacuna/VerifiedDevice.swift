import LacunaAlgebra
import LacunaConformance
import LacunaStudy

/// What the laws of `Backend` measured on one device, an operation a line: `lacuna devices --verify`.
struct VerifiedDevice: Encodable {
  struct Operation: Encodable {
    var operation: String
    var cases, failures: Int
    /// Of the case that is nearest to its bound or furthest beyond; residual / (norm · size · ε), nil where there is none.
    var residual: Double?
    var bound: Double
    var example: String
    /// What it threw, or did where it should have thrown.
    var failure: String?

    init(_ summary: LawSummary) {
      operation = summary.operation
      cases = summary.caseCount
      failures = summary.failures
      residual = summary.worst.residual.isFinite ? summary.worst.residual : nil
      bound = summary.worst.bound
      example = summary.worst.example
      failure = summary.worst.failure
    }
  }

  var device: String
  var precision: Precision
  var passed: Bool
  var operations: [Operation]

  init(_ backend: any Backend, precision: Precision) {
    var results: [LawResult] = []
    Conformance.verify(backend) { results.append($0) }
    device = backend.description
    self.precision = precision
    passed = results.allSatisfy(\.passed)
    operations = LawSummary.byOperation(results).map(Operation.init)
  }

  var text: String {
    var table = TextTable(["operation", "cases", "failed", "residual/(norm·size·ε)", "bound", "nearest to it"])
    for line in operations {
      table.append([
        line.operation, "\(line.cases)", "\(line.failures)", line.residual.map { format($0, digits: 3) } ?? "∞",
        format(line.bound, digits: 3), line.failure.map { "\(line.example): \($0)" } ?? line.example,
      ])
    }
    let verdict = passed ? "all laws hold" : "laws are broken: do not trust results of this device"
    return "\(device), \(precision.rawValue)\n\n\(table.text(within: terminalWidth(), groups: [1]))\n\n\(verdict)"
  }
}
