import LacunaAlgebra

/// What `auto` makes of one device: how fast it is, and why it is not the one to take.
public struct DeviceAssessment: Sendable {
  /// The order of the matrices at which rates are measured.
  public static let order = DeviceRegistry.comparedOrder

  /// Of the device.
  public let id: String
  /// Operations a second; nil where nothing was measured.
  public internal(set) var multiply, invert: Double?
  /// Why `auto` does not take the device; nil for the one that it takes.
  public internal(set) var reason: String?
}

extension DeviceRegistry {
  /// Rates every device that can be used in a precision, and says what `auto` makes of it; what is measured is kept.
  public func assess(
    precision: Precision, threads: Int? = nil
  ) -> (ranking: DeviceRanking, assessments: [DeviceAssessment]) {
    let ranking = rank(precision: precision, threads: threads)
    let entries = [Entry(provider: host, device: host.list()[0])] + entries()
    let assessments = entries.map { entry -> DeviceAssessment in
      var found = DeviceAssessment(id: entry.device.id)
      if let obstacle = entry.device.obstacle {
        found.reason = "cannot be used: \(obstacle)"
      } else if !entry.device.supports(precision) {
        found.reason = "has no \(precision.rawValue)"
      } else if entry.provider.isSpread {
        found.reason = "taken by name alone"
      } else {
        let failure = rate(entry, precision: precision, threads: threads, into: &found)
        if entry.device.id != ranking.id {
          found.reason = failure.map { "failed: \($0)" } ?? reason(entry.device, against: ranking)
        }
      }
      return found
    }
    return (ranking, assessments)
  }

  private func reason(_ device: ComputeDevice, against ranking: DeviceRanking) -> String {
    device.kind == .cpu && device.id != host.word
      ? "a processor, on which the host computes itself; taken by name alone" : "multiplies slower than \(ranking.id)"
  }

  /// Measures what is not known of a device, opening it at most once.
  /// - Returns: why something could not be measured.
  private func rate(
    _ entry: Entry, precision: Precision, threads: Int?, into found: inout DeviceAssessment
  ) -> BackendError? {
    var backend: (any Backend)?
    var failure: BackendError?
    let key = entry.provider.rateKey(entry.device, precision: precision, threads: threads)
    func measured(_ work: DeviceRates.Work) -> Double? {
      rates.rate(of: Self.key(key, work, Self.comparedOrder)) { () throws(BackendError) in
        do throws(BackendError) {
          if let backend { return try entry.provider.rate(work, order: Self.comparedOrder, on: backend) }
          let opened = try entry.provider.open(entry.device, precision: precision, threads: threads, cache: cache)
          backend = opened
          return try entry.provider.rate(work, order: Self.comparedOrder, on: opened)
        } catch {
          failure = error
          throw error
        }
      }
    }
    found.multiply = measured(.multiply)
    found.invert = failure == nil ? measured(.invert) : nil
    return failure
  }
}
