import LacunaAlgebra
import MaskedRegression
import Testing

@Suite struct ShuffledColumnTests {
  /// n × d of distinct numbers, i + 1000 k.
  private func columns<Element: Scalar>(_ n: Int, _ d: Int, of type: Element.Type) -> ShuffledColumns<Element> {
    ShuffledColumns(rowCount: n, columnCount: d) { receive in
      for first in stride(from: 0, to: n, by: 7) {
        receive((first..<min(first + 7, n)).flatMap { i in (0..<d).map { Element(i + 1000 * $0) } })
      }
    }
  }

  private func stream(_ index: Int) -> RandomStream { RandomStream(seed: 5, purpose: .probes, index: index) }

  /// What was read is given back, whole and in parts, row by row and column by column.
  @Test(arguments: [(1, 3), (23, 1), (40, 11)])
  func readBack(shape: (Int, Int)) {
    let (n, d) = shape
    let numbers = columns(n, d, of: Double.self)
    #expect(numbers.rows(0..<n) == (0..<n).flatMap { i in (0..<d).map { Double(i + 1000 * $0) } })
    let part = n / 3..<n
    #expect(numbers.rows(part) == part.flatMap { i in (0..<d).map { Double(i + 1000 * $0) } })
    #expect(numbers.columns(rows: part) == (0..<d).flatMap { k in part.map { Double($0 + 1000 * k) } })
  }

  /// Every column keeps its numbers, in another order than the others; the order is the seed's, whatever the threads and the precision.
  @Test func orders() {
    let (n, d) = (900, 6)
    var shuffled = columns(n, d, of: Double.self)
    shuffled.shuffle(by: stream(1), threads: 1)
    let rows = shuffled.rows(0..<n)
    let orders = (0..<d).map { k in (0..<n).map { rows[$0 * d + k] - Double(1000 * k) } }
    for order in orders { #expect(order.sorted() == (0..<n).map(Double.init)) }
    for k in 1..<d { #expect(zip(orders[0], orders[k]).count { $0 == $1 } < 12) }
    for threads in [2, 5, 40] {
      var other = columns(n, d, of: Double.self)
      other.shuffle(by: stream(1), threads: threads)
      #expect(other.rows(0..<n) == rows)
    }
    var single = columns(n, d, of: Float.self)
    single.shuffle(by: stream(1), threads: 3)
    #expect(single.rows(0..<n).map(Double.init) == rows)
    var other = columns(n, d, of: Double.self)
    other.shuffle(by: stream(2), threads: 1)
    #expect(other.rows(0..<n) != rows)
  }

  /// Of 120 orders of five numbers each comes as often: χ² with 119 degrees of freedom, and of the orders of two columns together,
  /// and of one column in two copies that follow each other.
  @Test func uniform() {
    let draws = 24_000
    var (single, pairs, turns) = (
      [Int](repeating: 0, count: 120), [Int](repeating: 0, count: 36), [Int](repeating: 0, count: 36)
    )
    func number(_ order: [Int]) -> Int {
      order.indices.reduce(0) { sum, i in sum * (order.count - i) + order[i...].count { $0 < order[i] } }
    }
    for draw in 0..<draws {
      var five = columns(5, 1, of: Double.self)
      five.shuffle(by: stream(draw), threads: 1)
      single[number(five.rows(0..<5).map { Int($0) })] += 1
      var three = columns(3, 2, of: Double.self)
      three.shuffle(by: stream(draw), threads: 1)
      func orders() -> [Int] {
        let rows = three.rows(0..<3)
        return (0..<2).map { k in number((0..<3).map { Int(rows[$0 * 2 + k]) - 1000 * k }) }
      }
      let first = orders()
      pairs[first[0] * 6 + first[1]] += 1
      three.shuffle(by: stream(draws + draw), threads: 1)
      turns[first[0] * 6 + orders()[0]] += 1
    }
    func statistic(_ counts: [Int]) -> Double {
      let expected = Double(draws) / Double(counts.count)
      return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
    // Beyond which one in ten thousand lies.
    #expect(statistic(single) < 185)
    #expect(statistic(pairs) < 77)
    #expect(statistic(turns) < 77)
  }

  /// Every number comes to every place as often, whether four, three or two places are drawn of a word: means of places of a number.
  @Test(arguments: [3000, 40_000, 1_100_000])
  func places(n: Int) {
    var numbers = ShuffledColumns<Double>(rowCount: n, columnCount: 1) { $0((0..<n).map(Double.init)) }
    numbers.shuffle(by: stream(9), threads: 1)
    let order = numbers.rows(0..<n)
    // Σ i·x_i of a random order: mean n(n − 1)²/4, variance n²(n² − 1)²/(144(n − 1)).
    let size = Double(n)
    let sum = order.indices.reduce(0.0) { $0 + Double($1) * order[$1] }
    let scale = size * (size * size - 1) / 12 / (size - 1).squareRoot()
    #expect(abs(sum - size * (size - 1) * (size - 1) / 4) < 4 * scale)
    #expect(order.indices.count { order[$0] == Double($0) } < 10)
    #expect(Set(order).count == n)
  }
}
