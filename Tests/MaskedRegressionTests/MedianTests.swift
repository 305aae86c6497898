import LacunaAlgebra
import MaskedRegression
import Testing

@Suite struct MedianTests {
  /// Against sorting: numbers at random, with many alike, in order, in reverse, and rising to fall again.
  @Test(arguments: [1, 2, 3, 4, 5, 17, 100, 1999, 2000])
  func middle(count: Int) {
    let stream = RandomStream(seed: 5, purpose: .samples, index: 0)
    let random = (0..<count).map { EntryLaw.gaussian.value(at: UInt64($0), of: stream) }
    let ascending = random.sorted()
    for values in [
      random, random.map { $0.rounded() }, random.map { _ in 0.25 }, ascending, ascending.reversed(),
      ascending[..<(count / 2)] + ascending[(count / 2)...].reversed(),
    ] {
      #expect(median(of: values) == values.sorted()[count / 2])
    }
  }
}
