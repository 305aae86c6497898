import Foundation
import LacunaFigures
import Testing

@Suite struct AxisTests {
  /// The number that a tick's label stands for.
  func value(of label: String) -> Double? {
    let parts = label.replacing("−", with: "-").replacing("}", with: "").components(separatedBy: "10^{")
    guard parts.count == 2 else { return Double(parts[0]) }
    let mantissa = parts[0].replacing("·", with: "")
    return Double((mantissa.isEmpty ? "1" : mantissa == "-" ? "-1" : mantissa) + "e" + parts[1])
  }

  func check(_ axis: Axis, _ what: String) {
    let labels = axis.ticks.filter(\.isMajor)
    #expect(labels.count >= 2 && labels.count <= 12, "\(what): \(labels)")
    for tick in axis.ticks {
      let slack = 1e-8 * (axis.high - axis.low)
      #expect(tick.value >= axis.low - slack && tick.value <= axis.high + slack, "\(what): \(tick)")
      guard tick.isMajor else { continue }
      let labelled = value(of: tick.label)
      #expect(labelled.map { abs($0 - tick.value) <= 1e-12 * abs(tick.value) } == true, "\(what): \(tick)")
    }
  }

  @Test("labels say where their ticks are, on axes of every magnitude")
  func labels() {
    var state: UInt64 = 5
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    for _ in 0..<400 {
      let centre = (uniform() - 0.5) * pow(10, (uniform() - 0.5) * 40)
      let width = abs(centre) * pow(10, (uniform() - 0.6) * 8) + 1e-30
      check(Axis(values: [centre, centre + width], given: nil, logarithmic: false), "\(centre) + \(width)")
      let low = pow(10, (uniform() - 0.5) * 30)
      let high = low * pow(10, uniform() * 12)
      check(Axis(values: [low, high], given: nil, logarithmic: true), "log \(low) … \(high)")
    }
  }

  @Test("the ranges hold their values, and the ends given are kept")
  func ranges() {
    let axis = Axis(values: [2, 3], given: nil, logarithmic: false)
    #expect(axis.low < 2 && axis.high > 3)
    #expect(Axis(values: [0.1, 3], given: nil, logarithmic: false).low == 0)
    #expect(Axis(values: [0, 3], given: nil, logarithmic: false).low < 0)
    #expect(Axis(values: [0, 3], given: nil, logarithmic: false, fromZero: true).low == 0)
    let given = Axis(values: [0, 3], given: 1...2, logarithmic: false)
    #expect(given.low == 1 && given.high == 2)
    let log = Axis(values: [0.1, 100], given: nil, logarithmic: true)
    #expect(log.low < 0.1 && log.low > 0 && log.high > 100)
    #expect(log.ticks.filter(\.isMajor).map(\.label) == ["10^{−1}", "10^{0}", "10^{1}", "10^{2}"])
    #expect(
      Axis(values: [], given: 0...1, logarithmic: false).ticks.filter(\.isMajor).map(\.label)
        == ["0", "0.2", "0.4", "0.6", "0.8", "1"])
  }
}
