import LacunaAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// OpenBLAS's threads spin for 2²⁶ cycles, some 25 ms, after each product before they go to sleep; meanwhile they take the
/// cores from the loops between products. 2¹⁹ cycles, some 0.2 ms, still bridge the calls of a factorisation.
///
/// OpenBLAS reads how long once, from `OPENBLAS_THREAD_TIMEOUT`, as it is loaded. So its threads are ended here, as it does
/// itself before a fork, and start again with the first product. A value that the user has set stays. Where OpenBLAS is built
/// without threads of its own nothing is done.
///
/// To be called while the process has no other thread that computes.
/// - Throws: `device` where the memory that its threads ask for is refused: they then never end.
package func shortenOpenBLASWaits() throws(BackendError) {
  #if os(Linux)
    typealias ReadEnvironment = @convention(c) () -> Void
    typealias EndThreads = @convention(c) () -> Int32
    guard getenv("OPENBLAS_THREAD_TIMEOUT") == nil,
      let readEnvironment = dlsym(nil, "openblas_read_env"), let endThreads = dlsym(nil, "blas_thread_shutdown_")
    else { return }
    try OpenBLASBuffers.awaitPool()
    setenv("OPENBLAS_THREAD_TIMEOUT", "19", 1)
    unsafeBitCast(readEnvironment, to: ReadEnvironment.self)()
    _ = unsafeBitCast(endThreads, to: EndThreads.self)()
  #endif
}
