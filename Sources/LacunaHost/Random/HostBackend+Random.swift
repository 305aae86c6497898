import LacunaAlgebra

extension HostBackend {
  public func performFill(
    _ x: HostMatrix<Element>, law: EntryLaw, stream: RandomStream, offset: UInt64
  ) throws(BackendError) {
    fillValues(x.pointer, count: x.count, law: law, stream: stream, offset: offset, threads: threads)
  }
}

/// Values of a law in groups of consecutive indices, each group from the blocks that it alone reads.
protocol EntryGenerator {
  associatedtype Element: HostScalar
  /// Values a group: a power of two.
  static var groupSize: Int { get }
  /// Writes the values of indices `group · groupSize …`.
  func generate(group: UInt64, into values: UnsafeMutablePointer<Element>)
}

/// x[e] ← value `offset + e` of the stream under the law.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
func fillValues<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, count: Int, law: EntryLaw, stream: RandomStream, offset: UInt64,
  threads: HostThreads
) {
  threads.loop(over: count, cost: 4) { range in
    let target = x + range.lowerBound
    let start = offset &+ UInt64(range.lowerBound)
    switch law {
    case .gaussian:
      fillGroups(GaussianEntries<Element>(stream), target, count: range.count, start: start)
    case .rademacher:
      fillGroups(RademacherEntries<Element>(stream), target, count: range.count, start: start)
    case .studentT(let degrees):
      fillGroups(
        StudentEntries<Element>(stream, degreesOfFreedom: degrees), target, count: range.count, start: start)
    case .sparse(let density):
      fillGroups(SparseEntries<Element>(stream, density: density), target, count: range.count, start: start)
    }
  }
}

/// Whole groups go straight to the target, parts of groups by way of a buffer: the bits do not depend on the cut.
@inline(__always)
private func fillGroups<G: EntryGenerator>(
  _ generator: G, _ target: UnsafeMutablePointer<G.Element>, count: Int, start: UInt64
) {
  let size = G.groupSize
  withUnsafeTemporaryAllocation(of: G.Element.self, capacity: size) { buffer in
    var done = 0
    while done < count {
      let index = start &+ UInt64(done)
      let group = index / UInt64(size)
      let skipped = Int(index % UInt64(size))
      if skipped == 0 && count - done >= size {
        generator.generate(group: group, into: target + done)
        done += size
      } else {
        let taken = min(size - skipped, count - done)
        generator.generate(group: group, into: buffer.baseAddress!)
        (target + done).update(from: buffer.baseAddress! + skipped, count: taken)
        done += taken
      }
    }
  }
}
