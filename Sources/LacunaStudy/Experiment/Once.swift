import Synchronization

/// Values by name, each made once by whoever asks first.
final class Once: Sendable {
  private let values = Mutex<[String: any Sendable]>([:])

  func once<Value: Sendable>(_ name: String, make: () throws -> Value) throws -> Value {
    if let known = values.withLock({ $0[name] }) as? Value { return known }
    let value = try make()
    values.withLock { $0[name] = value }
    return value
  }
}
