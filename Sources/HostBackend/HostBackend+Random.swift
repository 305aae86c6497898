import LinearAlgebra

extension HostBackend {
  public func fill(
    _ x: HostMatrix<Element>, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) {
    threads.loop(over: x.count, cost: 8) { range in
      for e in range { x.pointer[e] = Element(law.value(at: offset &+ UInt64(e), of: stream)) }
    }
  }
}
