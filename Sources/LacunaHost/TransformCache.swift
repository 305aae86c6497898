import LacunaAlgebra
import LacunaFourier
import Synchronization

/// The tables of the last Fourier transforms used, since covariance roots ask for the same length block after block.
final class TransformCache: Sendable {
  private let recent = Mutex<[FourierTransform]>([])
  private static let capacity = 4

  func transform(count: Int) -> FourierTransform {
    if let known = recent.withLock({ list in list.first { $0.count == count } }) { return known }
    let made = FourierTransform(count: count)
    recent.withLock { list in
      list.insert(made, at: 0)
      if list.count > Self.capacity { list.removeLast() }
    }
    return made
  }
}
