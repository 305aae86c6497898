/// What computed the trials of a study, and how long it took.
public struct Computation: Sendable, Equatable, Encodable {
  /// Trials that were computed alike.
  public struct Share: Sendable, Equatable, Encodable {
    public var host: String
    public var device: String
    /// Whether the device's results were verified: "on" or "off"; nil where the host computed.
    public var verification: String?
    public var trials: Int

    public init(host: String, device: String, verification: String? = nil, trials: Int) {
      self.host = host
      self.device = device
      self.verification = verification
      self.trials = trials
    }
  }

  /// None for theory alone.
  public var shares: [Share]
  /// Why the device asked for first was left in the middle of the run; nil where it was not.
  public var deviceFallback: String?
  /// Of all processes together.
  public var runtimeSeconds: Double

  public init(shares: [Share], deviceFallback: String? = nil, runtimeSeconds: Double) {
    self.shares = shares
    self.deviceFallback = deviceFallback
    self.runtimeSeconds = runtimeSeconds
  }

  /// What computed it, each device once; nil for theory alone.
  public var device: String? { Self.joined(shares.map(\.device)) }

  /// As of `Share`, of all together.
  public var verification: String? { Self.joined(shares.compactMap(\.verification)) }

  private static func joined(_ words: [String]) -> String? {
    words.isEmpty ? nil : Set(words).sorted().joined(separator: "; ")
  }

  enum CodingKeys: String, CodingKey {
    case device, verification
    case shares = "computed"
    case deviceFallback = "device_fallback"
    case runtimeSeconds = "runtime_seconds"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(shares, forKey: .shares)
    try container.encodeIfPresent(device, forKey: .device)
    try container.encodeIfPresent(verification, forKey: .verification)
    try container.encodeIfPresent(deviceFallback, forKey: .deviceFallback)
    try container.encode(runtimeSeconds, forKey: .runtimeSeconds)
  }
}
