import COpenBLAS
import LacunaAlgebra

/// The backend of the machine's own cores: OpenBLAS and its LAPACK, and SIMD loops over the same threads.
///
/// Work is done when a call returns. Calls of OpenBLAS run with this backend's number of threads, whatever others beside it
/// have: `BLASThreadCount`.
public struct HostBackend<Element: HostScalar>: Backend {
  public typealias Matrix = HostMatrix<Element>

  package let threads: HostThreads
  let transforms = TransformCache()
  let scratch = MaskedGramScratch<Element>()

  /// - Parameter threads: at least 1; nil reads `OPENBLAS_NUM_THREADS`, then `SLURM_CPUS_PER_TASK`, then counts the cores.
  public init(threads: Int? = nil) {
    self.threads = HostThreads(count: threads)
  }

  /// Threads in use.
  public var threadCount: Int { threads.count }

  public var concurrency: Int { threads.count }

  public var singleThreaded: HostBackend { HostBackend(threads: 1) }

  /// Measured: the peak of small studies less their matrices; 39 MiB, and 46 in a process that also measured its rates.
  public var standingBytes: Int { 40 << 20 }

  public var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { (0, 2) }

  public var description: String {
    "host: \(OpenBLASName.text), \(threads.count) thread\(threads.count == 1 ? "" : "s")"
  }

  /// Calls routines of this precision while OpenBLAS has this backend's threads. The body must not come back here.
  func blas(_ body: (HostRoutines<Element>) -> Void) {
    BLASThreadCount.shared.during(threads.count) { body(Element.routines) }
  }
}

/// The library and the kind of core it computes for, put together once.
private enum OpenBLASName {
  static let text: String = {
    let configuration = String(cString: openblas_get_config()).split(separator: " ").prefix(2).joined(separator: " ")
    return "\(configuration) (\(String(cString: openblas_get_corename())))"
  }()
}
