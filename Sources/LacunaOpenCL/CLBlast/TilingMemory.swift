/// Where measured tilings are kept from run to run, and what is said of them: the caller's, as is the folder for it.
public struct TilingMemory: Sendable {
  /// The text kept for a device, driver and precision; nil where there is none.
  public var load: @Sendable (_ key: String) -> String?
  public var save: @Sendable (_ key: String, _ text: String) -> Void
  /// Told why something kept is not used.
  public var note: @Sendable (String) -> Void

  public init(
    load: @escaping @Sendable (_ key: String) -> String?,
    save: @escaping @Sendable (_ key: String, _ text: String) -> Void,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.load = load
    self.save = save
    self.note = note
  }

  /// Nothing is kept: each process measures anew.
  public static let none = TilingMemory(load: { _ in nil }, save: { _, _ in }, note: { _ in })
}
