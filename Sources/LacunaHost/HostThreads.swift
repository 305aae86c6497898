import COpenBLAS
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many threads the host's work may use, and the parallel loop over it.
///
/// A loop cuts its items into chunks that the threads take in turn. What an item computes never depends on the cut, so
/// results are the same bits for every number of threads.
package struct HostThreads: Sendable {
  package let count: Int

  /// - Parameter count: nil reads `OPENBLAS_NUM_THREADS`, then `SLURM_CPUS_PER_TASK`, then counts the cores that affinity and
  ///   control groups leave.
  package init(count: Int? = nil) {
    precondition(count ?? 1 >= 1, "at least one thread")
    self.count = min(count ?? Self.preferred, Int(openblas_get_num_procs()) * 4)
  }

  private static var preferred: Int {
    for name in ["OPENBLAS_NUM_THREADS", "SLURM_CPUS_PER_TASK"] {
      if let value = getenv(name), let count = Int(String(cString: value)), count >= 1 { return count }
    }
    return max(1, min(Int(openblas_get_num_procs()), ProcessLimits.recentCores ?? .max))
  }

  /// Runs `body` over ranges that cover `0..<items` once.
  /// - Parameter cost: elements of work that one item stands for; small loops stay on the calling thread.
  package func loop(over items: Int, cost: Int = 1, _ body: (Range<Int>) -> Void) {
    guard items > 0 else { return }
    let chunk = max(1, Self.smallestChunk / max(cost, 1), items / (count * 8))
    let chunks = (items + chunk - 1) / chunk
    guard count > 1, chunks > 1 else { return body(0..<items) }
    withoutActuallyEscaping(body) { body in
      // The ranges are apart from each other, and so is what their work touches.
      nonisolated(unsafe) let work = body
      let next = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: min(count, chunks)) { _ in
        while true {
          let start = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
          guard start < items else { return }
          work(start..<min(start + chunk, items))
        }
      }
    }
  }

  private static let smallestChunk = 1 << 14
}
