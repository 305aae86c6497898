import Dispatch
import LacunaAlgebra
import Synchronization

extension LawChecker {
  /// Threads on copies of one backend, each with matrices of its own, compute what each would alone, bit for bit.
  func sharing() {
    guard backend.concurrency > 1 else { return }
    let device = backend.singleThreaded
    @Sendable func trial(_ index: Int) throws(BackendError) -> [B.Element] {
      let x = try device.makeMatrix(rows: 130, columns: 65)
      try device.fill(
        x, law: .gaussian, stream: RandomStream(seed: 1, stream: UInt64(index)), offset: 0)
      let s = try device.makeMatrix(rows: 65, columns: 65)
      try device.accumulateGram(of: x, scale: 1 / 130, into: s)
      _ = try device.invertPositiveDefinite(s)
      let values = try device.makeMatrix(rows: 1, columns: 65)
      try device.diagonal(of: s, into: values)
      return try device.download(values)
    }
    attempt("singleThreaded", "16 trials side by side") {
      let alone = try (0..<16).map(trial)
      let together = Mutex([Result<[B.Element], BackendError>?](repeating: nil, count: 16))
      DispatchQueue.concurrentPerform(iterations: 16) { index in
        let result: Result<[B.Element], BackendError>
        do throws(BackendError) { result = .success(try trial(index)) } catch {
          result = .failure(error)
        }
        together.withLock { $0[index] = result }
      }
      for (index, result) in together.withLock({ $0 }).enumerated() {
        record(
          "singleThreaded", "trial \(index) of 16", try result?.get() ?? [], equals: alone[index])
      }
    }
  }
}
