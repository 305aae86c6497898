import LacunaAlgebra
import LacunaConformance
import Testing

/// Every law over every backend.
@Suite struct LawTests {
  @Test(arguments: Subject.all, Law.allCases) func holds(subject: Subject, law: Law) {
    var count = 0
    Conformance.verify(subject.backend, sizes: .full, laws: [law]) { result in
      count += 1
      if !result.passed { Issue.record("\(result)") }
    }
    #expect(count > 0)
  }
}
