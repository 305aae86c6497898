import LacunaAlgebra

/// One backend under the laws: runs cases and reports what they measure.
struct LawChecker<B: Backend> {
  let backend: B
  let sizes: LawSizes
  let report: (LawResult) -> Void

  var epsilon: Double { backend.epsilon }

  func record(_ operation: String, _ example: String, residual: Double, bound: Double) {
    report(LawResult(operation: operation, example: example, residual: residual, bound: bound))
  }

  /// Bits that must agree: entries that differ, of which there may be none.
  func record<Values: Sequence<T>, T: Equatable>(
    _ operation: String, _ example: String, _ found: Values, equals expected: [T]
  ) {
    let found = Array(found)
    let differences = zip(found, expected).count { $0 != $1 }
    record(
      operation, example, residual: found.count == expected.count ? Double(differences) : .infinity, bound: 0)
  }

  /// A condition that holds or not.
  func record(_ operation: String, _ example: String, holds: Bool) {
    record(operation, example, residual: holds ? 0 : 1, bound: 0)
  }

  /// Runs a case of one operation; what it throws is a failure of that operation.
  func attempt(_ operation: String, _ example: String, _ body: () throws -> Void) {
    do { try body() } catch { fail(operation, example, "\(error)") }
  }

  /// Measures a residual.
  func measure(_ operation: String, _ example: String, bound: Double, _ body: () throws -> Double) {
    attempt(operation, example) { record(operation, example, residual: try body(), bound: bound) }
  }

  /// Runs what must be refused.
  func refuses(_ operation: String, _ example: String, with isRight: (BackendError) -> Bool, _ body: () throws -> Void)
  {
    do {
      try body()
      fail(operation, example, "was not refused")
    } catch {
      if let error = error as? BackendError, isRight(error) {
        record(operation, example, residual: 0, bound: 0)
      } else {
        fail(operation, example, "\(error)")
      }
    }
  }

  /// Runs what must be refused with just this error.
  func refuses(_ operation: String, _ example: String, with expected: BackendError, _ body: () throws -> Void) {
    func isRight(_ error: BackendError) -> Bool { error == expected }
    refuses(operation, example, with: isRight, body)
  }

  private func fail(_ operation: String, _ example: String, _ what: String) {
    report(LawResult(operation: operation, example: example, residual: .infinity, bound: 0, failure: what))
  }
}

/// The largest of many errors, each in its own unit.
struct WorstResidual {
  private(set) var value = 0.0

  mutating func add(_ error: Double, unit: Double) {
    let residual = error == 0 ? 0 : error / unit
    if !(residual <= value) { value = residual.isNaN ? .infinity : residual }
  }
}

extension Double {
  /// An error in a unit: 0 where there is none, infinite where it is not a number.
  static func ratio(_ error: Double, _ unit: Double) -> Double {
    var worst = WorstResidual()
    worst.add(error, unit: unit)
    return worst.value
  }
}
