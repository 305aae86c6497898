/// Failures that tests force: each hook sees a call before the driver does and may answer in its stead.
package struct Faults: Sendable {
  /// Bytes asked for → a status other than 0 refuses the allocation.
  package var allocation: @Sendable (Int) -> Int32 = { _ in 0 }
  /// Source of a program → the source that is built.
  package var source: @Sendable (String) -> String = { $0 }
  /// Kernel name → a status other than 0 fails the launch.
  package var launch: @Sendable (String) -> Int32 = { _ in 0 }
  /// Kernel name → whether the launch is left out while all seems well.
  package var loss: @Sendable (String) -> Bool = { _ in false }
  /// Bytes that go to the device or come from it → a status other than 0 fails the call.
  package var transfer: @Sendable (Int) -> Int32 = { _ in 0 }
  /// A product computed by the self-test → the value it sees.
  package var selfTest: (@Sendable (Double) -> Double)?

  package init() {}

  /// No failures: what every backend outside the tests runs with.
  package static let none = Faults()
}
