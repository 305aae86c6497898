import LacunaAlgebra
import Testing

@Suite struct KeyedPermutationTests {
  @Test(arguments: [1, 2, 3, 5, 16, 63, 64, 65, 130, 1000])
  func hitsEveryNumberOnce(count: Int) {
    for index in 0..<20 {
      let permutation = KeyedPermutation(
        count: count, stream: RandomStream(seed: 7, purpose: .masks, index: 1), index: UInt64(index))
      #expect(Set((0..<count).map { permutation($0) }) == Set(0..<count))
    }
  }

  /// Over 100 000 keys, that i and j both go below r is as frequent as for uniform permutations: within 5 standard errors.
  @Test(arguments: [3, 5, 17, 33]) func pairsAreUniform(count: Int) {
    let trials = 100_000
    let below = (count + 1) / 2
    var both = [Int](repeating: 0, count: count * count)
    let stream = RandomStream(seed: 11, purpose: .masks, index: 2)
    for index in 0..<trials {
      let permutation = KeyedPermutation(count: count, stream: stream, index: UInt64(index))
      let low = (0..<count).filter { permutation($0) < below }
      for i in low { for j in low { both[i * count + j] += 1 } }
    }
    let single = Double(below) / Double(count)
    let joint = single * Double(below - 1) / Double(count - 1)
    for i in 0..<count {
      for j in 0..<count {
        let probability = i == j ? single : joint
        let error = (probability * (1 - probability) / Double(trials)).squareRoot()
        #expect(abs(Double(both[i * count + j]) / Double(trials) - probability) <= 5 * error)
      }
    }
  }
}
