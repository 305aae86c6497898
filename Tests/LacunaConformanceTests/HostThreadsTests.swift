import Dispatch
import Foundation
import LacunaAlgebra
import LacunaConformance
import LacunaHost
import Synchronization
import Testing

/// The host's parallel loop, and a backend shared between threads.
@Suite struct HostThreadsTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 17, 1000, 100_003])
  func aLoopCoversEachItemOnce(threads: Int, items: Int) {
    let visits = Mutex([Int](repeating: 0, count: items))
    HostThreads(count: threads).loop(over: items, cost: 1 << 12) { range in
      visits.withLock { visits in
        for i in range { visits[i] += 1 }
      }
    }
    #expect(visits.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test func theNumberOfThreadsIsTheOneAskedFor() {
    #expect(HostBackend<Double>(threads: 1).threadCount == 1)
    #expect(HostBackend<Float>(threads: 2).threadCount == 2)
    #expect(HostBackend<Double>().threadCount >= 1)
  }

  /// What the loops compute does not depend on how they are cut.
  @Test func theNumberOfThreadsLeavesTheBits() throws {
    func results(_ threads: Int) throws -> [[Float]] {
      let backend = HostBackend<Float>(threads: threads)
      let x = try backend.makeMatrix(rows: 301, columns: 517)
      let dots = try backend.makeMatrix(rows: 1, columns: 517)
      let forms = try backend.makeMatrix(rows: 1, columns: 301)
      try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 1, stream: 0), offset: 3)
      try backend.autoregress(x, correlation: 0.5, adjoint: false)
      try backend.columnDots(x, x, weights: nil, into: dots)
      try backend.circulantForms(of: x, eigenvalues: [Float](repeating: 2, count: 517), into: forms)
      return try [x, dots, forms].map { try backend.download($0) }
    }
    let one = try results(1)
    #expect(try results(2) == one)
    #expect(try results(5) == one)
  }

  /// OpenBLAS cuts a product by its number of threads, and with it the bits: those of a backend of 1 and of one of 2 are the
  /// same side by side as alone.
  @Test func neighboursOfOtherThreadsLeaveTheBits() throws {
    @Sendable func trial(_ threads: Int, _ index: Int) throws -> [Double] {
      let backend = HostBackend<Double>(threads: threads)
      let n = 160 + 32 * index
      let x = try backend.makeMatrix(rows: 2 * n + 1, columns: n)
      try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 1, stream: UInt64(index)), offset: 0)
      let s = try backend.makeMatrix(rows: n, columns: n)
      try backend.accumulateGram(of: x, scale: 1 / Double(n), into: s)
      let product = try backend.makeMatrix(rows: n, columns: n)
      try backend.multiply(x, transposeA: true, x, transposeB: false, alpha: 1, beta: 0, into: product)
      let determinant = try backend.invertPositiveDefinite(s)
      let values = try backend.eigendecompose(product)
      return [determinant] + values + (try backend.download(s)) + (try backend.download(product))
    }
    let alone = try (0..<8).map { try trial($0 % 2 + 1, $0 / 2) }
    for _ in 0..<5 {
      let together = Mutex([[Double]](repeating: [], count: 8))
      DispatchQueue.concurrentPerform(iterations: 8) { index in
        let result = (try? trial(index % 2 + 1, index / 2)) ?? []
        together.withLock { $0[index] = result }
      }
      #expect(together.withLock { $0 } == alone)
    }
  }

  /// Calls of one number overlap, calls of different numbers never do, and everybody gets a turn.
  @Test func turnsOfDifferentNumbersDoNotOverlap() {
    let current = Mutex(0)
    let counts = BLASThreadCount { number in current.withLock { $0 = number } }
    let seen = Mutex((running: 0, most: 0, wrong: 0, done: 0))
    DispatchQueue.concurrentPerform(iterations: 12) { worker in
      let number = worker % 3 + 1
      for _ in 0..<2000 {
        counts.during(number) {
          let isRight = current.withLock { $0 == number }
          seen.withLock {
            $0.running += 1
            $0.most = max($0.most, $0.running)
            if !isRight { $0.wrong += 1 }
          }
          if !current.withLock({ $0 == number }) { seen.withLock { $0.wrong += 1 } }
          seen.withLock {
            $0.running -= 1
            $0.done += 1
          }
        }
      }
    }
    let result = seen.withLock { $0 }
    #expect(result.wrong == 0 && result.running == 0 && result.done == 24_000)
  }

  /// However they meet: the first of them sets the number while the second is on its way in.
  @Test func callsOfOneNumberOverlap() {
    for _ in 0..<200 {
      let counts = BLASThreadCount { _ in }
      let isInside = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
      let ended = DispatchSemaphore(value: 0)
      let met = Mutex(0)
      for worker in 0..<2 {
        // Threads of their own: those of queues may all be at other tests' work.
        Thread.detachNewThread {
          counts.during(2) {
            isInside[worker].signal()
            if isInside[1 - worker].wait(timeout: .now() + 60) == .success { met.withLock { $0 += 1 } }
          }
          ended.signal()
        }
      }
      for _ in 0..<2 { ended.wait() }
      #expect(met.withLock { $0 } == 2)
      if met.withLock({ $0 }) != 2 { return }
    }
  }

  /// Each thread sums a part of the samples by itself: the parts add up to the sum over all of them, whatever was there
  /// before, and the strict upper triangle is left alone. Both ways add n·M products of masked entries in some order.
  @Test(arguments: [
    MaskPattern.bernoulli(keep: 0.6, count: 3, stream: RandomStream(seed: 1, stream: 5)),
    .fixedSize(visible: 13, count: 2, stream: RandomStream(seed: 1, stream: 6)),
    .given(GivenMasks(visible: (0..<4 * 37).map { $0 % 3 != 0 }, weights: [0.5, 2, 1, 0.25])),
  ])
  func maskedGramsAddUpOverThreads(masks: MaskPattern) throws {
    let (n, d) = (203, 37)
    func sum(_ threads: Int) throws -> [Double] {
      let backend = HostBackend<Double>(threads: threads)
      let x = try backend.makeMatrix(rows: n, columns: d)
      try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 1, stream: 0), offset: 0)
      let g = try backend.makeMatrix(rows: d, columns: d)
      try backend.upload((0..<d * d).map { Double($0) }, to: g, firstRow: 0)
      // In two blocks: the second finds the storage that the first used.
      let whole = try backend.makeMatrix(rows: n, columns: d)
      try backend.copy(x, to: whole)
      try backend.accumulateMaskedGram(of: whole, masks: masks, firstSample: 4, scale: 0.125, into: g)
      try backend.accumulateMaskedGram(of: x, masks: masks, firstSample: 4, scale: 0.125, into: g)
      return try backend.download(g)
    }
    let one = try sum(1)
    // |Σ| ≤ n·M·max x², and max x² < 25 for so few normal numbers; added to numbers up to d².
    let bound = Double.ulpOfOne * Double(n * masks.count) * (25 * Double(n * masks.count) + Double(d * d))
    for threads in [2, 3, 5] {
      let many = try sum(threads)
      for i in 0..<d {
        for j in 0..<d {
          let e = i * d + j
          if j > i { #expect(many[e] == Double(e)) } else { #expect(abs(many[e] - one[e]) <= bound) }
        }
      }
    }
  }

  @Test(arguments: Subject.all) func aBackendMayBeShared(subject: Subject) throws {
    func law<B: Backend>(_ backend: B) throws {
      @Sendable func trial(_ index: Int) -> [B.Element] {
        do {
          let x = try backend.makeMatrix(rows: 130, columns: 65)
          try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 1, stream: UInt64(index)), offset: 0)
          let s = try backend.makeMatrix(rows: 65, columns: 65)
          try backend.accumulateGram(of: x, scale: 1 / 130, into: s)
          _ = try backend.invertPositiveDefinite(s)
          let values = try backend.makeMatrix(rows: 1, columns: 65)
          try backend.diagonal(of: s, into: values)
          return try backend.download(values)
        } catch {
          Issue.record(error)
          return []
        }
      }
      let alone = (0..<16).map(trial)
      let together = Mutex([[B.Element]](repeating: [], count: 16))
      DispatchQueue.concurrentPerform(iterations: 16) { index in
        let result = trial(index)
        together.withLock { $0[index] = result }
      }
      let bound = 65 * 10 * B.Element.ulpOfOne
      together.withLock { together in
        for (a, b) in zip(alone, together) {
          #expect(a.count == 65 && b.count == 65 && zip(a, b).allSatisfy { abs($0 - $1) <= bound * abs($0) })
        }
      }
    }
    try law(subject.backend)
  }
}
