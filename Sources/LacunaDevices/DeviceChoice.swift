/// Which device to compute on, as `--device` names it.
public enum DeviceChoice: Equatable, Sendable, CustomStringConvertible {
  /// The fastest by a short measurement; failures fall back to the host.
  case auto
  /// The first usable device of a provider, by its word: GPUs before processors.
  case provider(String)
  /// A device by its provider's word and its index there.
  case device(String, Int)
  /// A device by part of its name.
  case named(String)

  /// - Returns: nil for an empty text, and where a provider's word is followed by what is no index.
  public init?(_ text: String, providers: [any DeviceProvider] = DeviceRegistry.providers) {
    let lower = text.lowercased()
    if lower.isEmpty { return nil }
    if lower == "auto" {
      self = .auto
      return
    }
    for word in [HostProvider().word] + providers.map(\.word) {
      if lower == word {
        self = .provider(word)
        return
      }
      guard lower.hasPrefix(word + ":") else { continue }
      guard let index = Int(lower.dropFirst(word.count + 1)), index >= 0 else { return nil }
      self = .device(word, index)
      return
    }
    self = .named(text)
  }

  public var description: String {
    switch self {
    case .auto: "auto"
    case .provider(let word): word
    case .device(let word, let index): "\(word):\(index)"
    case .named(let name): name
    }
  }

  /// What can be written, for the help of a command.
  public static var syntax: String {
    let words = DeviceRegistry.providers.map { "\($0.word), \($0.word):INDEX" }
    return (["auto", HostProvider().word] + words).joined(separator: ", ") + " or part of a name"
  }
}
