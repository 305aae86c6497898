/// Storage of so many numbers of `WideArithmetic`, all 0 at first.
final class WideNumbers {
  let count: Int
  let stride: Int
  private let words: UnsafeMutablePointer<UInt64>

  init(count: Int, limbs: Int) {
    self.count = count
    stride = limbs + 1
    words = .allocate(capacity: max(1, count * stride))
    words.initialize(repeating: WideArithmetic.zero, count: max(1, count * stride))
  }

  deinit { words.deallocate() }

  subscript(index: Int) -> WideArithmetic.Number { words + index * stride }

  func copy(from other: WideNumbers) { words.update(from: other.words, count: count * stride) }
}
