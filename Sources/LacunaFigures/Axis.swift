#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The range and the tick marks of one axis.
package struct Axis {
  package struct Tick {
    package var value: Double
    /// Empty on a minor tick.
    package var label: String
    package var isMajor: Bool
  }

  package var low: Double
  package var high: Double
  package var logarithmic: Bool
  package var ticks: [Tick]

  /// Whether a value has a place on such an axis: finite, below 10²⁵⁰ in size, and between 10⁻²⁵⁰ and 10²⁵⁰ on a
  /// logarithmic one, so that ranges and margins neither overflow nor vanish.
  static func holds(_ value: Double, logarithmic: Bool) -> Bool {
    abs(value) <= 1e250 && (!logarithmic || value >= 1e-250)
  }

  /// - Parameter values: what has to be seen, such as the axis holds.
  /// - Parameter given: ends that overrule the values.
  /// - Parameter fromZero: a linear axis of non-negative values starts at 0, where boxes stand.
  package init(values: [Double], given: ClosedRange<Double>?, logarithmic: Bool, fromZero: Bool = false) {
    self.logarithmic = logarithmic
    var low = values.min() ?? (logarithmic ? 1 : 0)
    var high = values.max() ?? (logarithmic ? 10 : 1)
    if let given {
      low = given.lowerBound
      high = given.upperBound
    } else if logarithmic {
      let margin = high > low ? exp((log(high) - log(low)) * 0.04) : 2
      low /= margin
      high *= margin
    } else {
      let margin = high > low ? (high - low) * 0.04 : max(abs(high) * 0.1, .leastNormalMagnitude * 0x1p60)
      let standsOnZero = fromZero ? low >= 0 : low > 0 && low < (high - low) * 0.15
      low = standsOnZero ? 0 : low - margin
      high += margin
    }
    self.low = low
    self.high = high
    ticks = logarithmic ? Self.decades(low, high) : Self.round(low, high)
  }

  /// Multiples of 1, 2 or 5 times a power of ten, some four to seven of them, and minor ones between.
  private static func round(_ low: Double, _ high: Double) -> [Tick] {
    let rough = (high - low) / 5
    let power = Int(floor(log10(rough)))
    // The step that gives nearest to five intervals; as mantissa · 10^power so that labels stay exact.
    let candidates: [(mantissa: Int, power: Int, minor: Int)] = [
      (1, power, 5), (2, power, 4), (5, power, 5), (1, power + 1, 5),
    ]
    let best =
      candidates.min {
        abs(log(Double($0.mantissa) * pow(10, Double($0.power)) / rough))
          < abs(log(Double($1.mantissa) * pow(10, Double($1.power)) / rough))
      } ?? candidates[0]
    let minorStep = Double(best.mantissa) / Double(best.minor) * pow(10, Double(best.power))
    let slack = (high - low) * 1e-9
    let first = Int(((low - slack) / minorStep).rounded(.up))
    let last = Int(((high + slack) / minorStep).rounded(.down))
    guard first <= last, last - first < 1000 else { return [] }
    return (first...last).map { index in
      guard index % best.minor == 0 else { return Tick(value: Double(index) * minorStep, label: "", isMajor: false) }
      let multiple = index / best.minor * best.mantissa
      return Tick(
        value: Double(multiple) * pow(10, Double(best.power)), label: decimal(multiple, power: best.power),
        isMajor: true)
    }
  }

  /// Powers of ten, with the multiples between as minor ticks; below two powers, 1, 2 and 5 carry labels as well.
  private static func decades(_ low: Double, _ high: Double) -> [Tick] {
    let first = Int(floor(log10(low) - 1e-9))
    let last = Int(ceil(log10(high) + 1e-9))
    let inside = { (value: Double) in value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) }
    let powers = (first...last).filter { inside(pow(10, Double($0))) }
    let step = max(1, (powers.count + 6) / 7)
    var ticks: [Tick] = []
    for power in first...last {
      for multiple in 1...9 {
        let value = Double(multiple) * pow(10, Double(power))
        guard inside(value) else { continue }
        if powers.count < 2 {
          let labelled = [1, 2, 5].contains(multiple) || high / low < 3
          ticks.append(Tick(value: value, label: labelled ? decimal(multiple, power: power) : "", isMajor: labelled))
        } else if multiple == 1 && power % step == 0 {
          ticks.append(Tick(value: value, label: "10^{\(signed(power))}", isMajor: true))
        } else if step == 1 || multiple == 1 {
          ticks.append(Tick(value: value, label: "", isMajor: false))
        }
      }
    }
    return ticks.count(where: \.isMajor) >= 2 ? ticks : round(low, high)
  }

  /// `multiple · 10^power` in decimals, or with a power of ten where that would be long.
  static func decimal(_ multiple: Int, power: Int) -> String {
    if multiple == 0 { return "0" }
    let sign = multiple < 0 ? "−" : ""
    var digits = String(abs(multiple))
    var power = power
    while power < 0 && digits.hasSuffix("0") {
      digits.removeLast()
      power += 1
    }
    if power >= 0 && digits.count + power <= 5 { return sign + digits + String(repeating: "0", count: power) }
    if power < 0 && power >= -5 {
      let padded = String(repeating: "0", count: max(0, 1 - power - digits.count)) + digits
      return sign + padded.dropLast(-power) + "." + padded.suffix(-power)
    }
    let exponent = power + digits.count - 1
    while digits.count > 1 && digits.hasSuffix("0") { digits.removeLast() }
    let mantissa = digits.count > 1 ? "\(digits.prefix(1)).\(digits.dropFirst())" : digits
    return sign + (mantissa == "1" ? "" : "\(mantissa)·") + "10^{\(signed(exponent))}"
  }

  private static func signed(_ value: Int) -> String { value < 0 ? "−\(-value)" : "\(value)" }
}

extension Axis {
  /// Where a value lies between the ends, 0 … 1.
  func fraction(_ value: Double) -> Double {
    logarithmic ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
  }
}
