/// Whether the work of a thread is to end before it is done, asked between pieces of work that are short.
package enum Interruption {
  /// Throws `CancellationError` where the work is to end; nil where nobody can want that.
  @TaskLocal private static var wanted: (@Sendable () throws -> Void)?

  /// Asks.
  /// - Throws: `CancellationError` where the work is to end.
  package static func check() throws { try wanted?() }

  /// Does work in which `check` asks a function; work that it hands to other threads asks nobody.
  package static func asking<Result>(
    _ wanted: @escaping @Sendable () throws -> Void, during work: () throws -> Result
  ) rethrows -> Result {
    try $wanted.withValue(wanted, operation: work)
  }
}
