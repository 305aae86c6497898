/// What one law measured on one case.
public struct LawResult: Sendable {
  /// The operation of the protocol.
  public let operation: String
  /// The law and the case: shapes, the kind of matrix.
  public let example: String
  /// The error in units of norm · size · ε, or the number of entries that differ where bits must agree; infinite where it is
  /// not a number or the operation failed.
  public let residual: Double
  /// What the residual may be at most.
  public let bound: Double
  /// What the operation threw, or did where it should have thrown; nil where there is a residual.
  public let failure: String?

  public var passed: Bool { residual <= bound }

  package init(operation: String, example: String, residual: Double, bound: Double, failure: String? = nil) {
    self.operation = operation
    self.example = example
    self.residual = residual.isNaN ? .infinity : residual
    self.bound = bound
    self.failure = failure
  }
}

extension LawResult: CustomStringConvertible {
  public var description: String {
    "\(operation), \(example): \(failure ?? "\(residual), at most \(bound)")"
  }
}

/// All results of one operation, as one line of a table.
public struct LawSummary: Sendable {
  public let operation: String
  public private(set) var caseCount = 0
  public private(set) var failures = 0
  /// The result with the largest residual relative to its bound.
  public private(set) var worst: LawResult

  public var passed: Bool { failures == 0 }

  /// A line for each operation, in the order in which they first appear.
  public static func byOperation(_ results: [LawResult]) -> [LawSummary] {
    var lines: [LawSummary] = []
    for result in results {
      let index = lines.firstIndex { $0.operation == result.operation } ?? lines.endIndex
      if index == lines.endIndex { lines.append(LawSummary(operation: result.operation, worst: result)) }
      lines[index].add(result)
    }
    return lines
  }

  private init(operation: String, worst: LawResult) {
    self.operation = operation
    self.worst = worst
  }

  private mutating func add(_ result: LawResult) {
    caseCount += 1
    if !result.passed { failures += 1 }
    let isWorse =
      result.passed == worst.passed
      ? result.residual * max(worst.bound, 1) > worst.residual * max(result.bound, 1) : worst.passed
    if isWorse { worst = result }
  }
}
