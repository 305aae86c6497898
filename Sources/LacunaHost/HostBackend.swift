import COpenBLAS
import LacunaAlgebra

/// The backend of the machine's own cores: OpenBLAS and its LAPACK, and SIMD loops over the same threads.
///
/// Work is done when a call returns. The number of BLAS threads is one for the whole process: backends used at the same
/// time should have the same number.
public struct HostBackend<Element: HostScalar>: Backend {
  public typealias Matrix = HostMatrix<Element>

  package let threads: HostThreads
  let transforms = TransformCache()
  let scratch = MaskedGramScratch<Element>()

  /// - Parameter threads: at least 1; nil reads `OPENBLAS_NUM_THREADS`, then `SLURM_CPUS_PER_TASK`, then counts the cores.
  public init(threads: Int? = nil) {
    self.threads = HostThreads(count: threads)
    self.threads.bindBLAS()
  }

  /// Threads in use.
  public var threadCount: Int { threads.count }

  public var concurrency: Int { threads.count }

  public var singleThreaded: HostBackend { HostBackend(threads: 1) }

  public var standingBytes: Int { 38 << 20 }

  public var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { (0, 2) }

  public var description: String {
    let configuration = String(cString: openblas_get_config()).split(separator: " ").prefix(2).joined(separator: " ")
    let core = String(cString: openblas_get_corename())
    return "host: \(configuration) (\(core)), \(threads.count) thread\(threads.count == 1 ? "" : "s")"
  }

  /// The routines of this precision, with OpenBLAS set to this backend's threads.
  var routines: HostRoutines<Element> {
    threads.bindBLAS()
    return Element.routines
  }
}
