import RealModule

/// Where a device overtakes the host at one operation and precision.
struct Crossover: Codable, Sendable {
  var device, operation, precision: String
  /// The d from which on the device is faster at every size measured, between two sizes where both times follow powers of d;
  /// nil where the host wins at the largest.
  var size: Double?
  /// The range of d that was measured on both.
  var from, to: Int

  /// One for each (device, operation, precision) measured beside the host at two sizes or more.
  static func all(in results: [BenchResult]) -> [Crossover] {
    struct Group: Hashable { var device, operation, precision: String }
    var groups: [Group] = []
    for result in results where result.device != "host" && result.hostRatio != nil {
      let group = Group(device: result.device, operation: result.operation, precision: result.precision)
      if !groups.contains(group) { groups.append(group) }
    }
    return groups.compactMap { group in
      let ratios = results.filter {
        $0.device == group.device && $0.operation == group.operation && $0.precision == group.precision
      }.compactMap { result in result.hostRatio.map { (size: result.size, speed: $0) } }.sorted { $0.size < $1.size }
      guard ratios.count >= 2 else { return nil }
      return Crossover(
        device: group.device, operation: group.operation, precision: group.precision, size: crossing(ratios),
        from: ratios[0].size, to: ratios[ratios.count - 1].size)
    }
  }

  /// - Parameter ratios: the device's speed over the host's, by ascending size.
  static func crossing(_ ratios: [(size: Int, speed: Double)]) -> Double? {
    guard let last = ratios.last, last.speed > 1 else { return nil }
    guard let before = ratios.lastIndex(where: { $0.speed <= 1 }) else { return Double(ratios[0].size) }
    let (low, high) = (ratios[before], ratios[before + 1])
    let share = Double.log(low.speed) / (Double.log(low.speed) - Double.log(high.speed))
    return Double(low.size) * Double.pow(Double(high.size) / Double(low.size), share)
  }

  var text: String {
    Self.text(
      operation: operation, precision: precision, size: size, from: from, to: to, device: device, other: "the host")
  }

  static func text(
    operation: String, precision: String, size: Double?, from: Int, to: Int, device: String, other: String
  ) -> String {
    let what = "\(operation), \(precision): "
    guard let size else { return what + "\(other) is faster than \(device) at d = \(to)" }
    return size <= Double(from)
      ? what + "\(device) is faster than \(other) from d = \(from) on"
      : what + "\(device) overtakes \(other) at d ≈ \(Int(size.rounded()))"
  }
}
