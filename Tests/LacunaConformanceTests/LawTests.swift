import LacunaAlgebra
import LacunaConformance
import Testing

/// Every law over every backend.
@Suite struct LawTests {
  @Test(arguments: Subject.all, Law.allCases) func holds(subject: Subject, law: Law) {
    var results: [LawResult] = []
    Conformance.verify(subject.backend, sizes: .full, laws: [law]) { results.append($0) }
    for result in results where !result.passed { Issue.record("\(result)") }
    // Only copies side by side need a device that takes more than one at a time.
    #expect(!results.isEmpty || law == .sharing && subject.backend.concurrency == 1)
  }

  /// Plain loops and the defaults: what is composed of the core obeys all laws.
  @Test(arguments: Law.allCases) func theCoreSuffices(law: Law) {
    for backend in [ReferenceBackend<Double>(), ReferenceBackend<Float>()] as [any Backend] {
      Conformance.verify(backend, sizes: .small, laws: [law]) { result in
        if !result.passed { Issue.record("\(backend.description): \(result)") }
      }
    }
  }

  /// An error of 10⁻⁶ in one entry of one operation's result is found, and found there.
  @Test(arguments: FaultyBackend.operations) func aWrongOperationIsFound(operation: String, law: Law) {
    var failed: [String] = []
    Conformance.verify(FaultyBackend(fault: operation), sizes: .small, laws: [law]) { result in
      if !result.passed { failed.append(result.operation) }
    }
    #expect(failed.contains(operation))
  }

  /// Nothing else about the faulty backend is wrong, and its list names every operation that the laws report.
  @Test func withoutAFaultNothingIsFound() {
    var results: [LawResult] = []
    Conformance.verify(FaultyBackend(fault: "none"), sizes: .small) { results.append($0) }
    for result in results where !result.passed { Issue.record("\(result)") }
    let reported = Set(results.map(\.operation)).subtracting(["views", "solvePositiveDefinite"])
    #expect(reported == Set(FaultyBackend.operations.map(\.name)))
  }

  @Test func aSummaryNamesTheWorst() {
    let results = [
      LawResult(operation: "multiply", example: "a", residual: 1, bound: 2),
      LawResult(operation: "fill", example: "b", residual: 0, bound: 0),
      LawResult(operation: "multiply", example: "c", residual: 3, bound: 2),
      LawResult(operation: "multiply", example: "d", residual: 20, bound: 30),
    ]
    let lines = LawSummary.byOperation(results)
    #expect(lines.map(\.operation) == ["multiply", "fill"])
    #expect(lines[0].caseCount == 3 && lines[0].failures == 1 && lines[0].worst.example == "c" && !lines[0].passed)
    #expect(lines[1].passed && lines[1].caseCount == 1)
  }
}
