#if MPI
  import LacunaAlgebra
  import LacunaHost
  import LacunaMPI

  /// The processes of an MPI job as one device, once they have joined.
  public struct MPIProvider: DeviceProvider {
    public init() {}

    public var word: String { "mpi" }

    public var isSpread: Bool { true }

    /// Its memory is that of all ranks, each held to have as much as the one that has least.
    public func list() -> [ComputeDevice] {
      guard let ranks = Ranks.current else { return [] }
      let share = ranks.least(HostMemory.available / ranks.neighbours())
      return [
        ComputeDevice(
          id: word, index: 0, kind: .cpu, name: MPIBackend<Double>(ranks: ranks).description,
          memory: share.multipliedReportingOverflow(by: ranks.count).partialValue)
      ]
    }

    public func absence() -> String? {
      guard Ranks.current == nil else { return nil }
      return Ranks.isLaunched
        ? "over MPI compute lacuna simulate and lacuna devices --verify, no other command"
        : "there is no MPI job; start one: mpirun -n 4 lacuna simulate STUDY --device mpi"
    }

    public func open(
      _ device: ComputeDevice, precision: Precision, threads: Int?, cache: MeasurementCache
    ) throws(BackendError) -> any Backend {
      let ranks = try Ranks.join()
      return switch precision {
      case .float64: MPIBackend<Double>(ranks: ranks, threads: threads)
      case .float32: MPIBackend<Float>(ranks: ranks, threads: threads)
      }
    }

    public func join() throws(BackendError) -> Bool {
      guard Ranks.isLaunched else {
        throw .unsupported(
          "a process that no job started; start one: mpirun -n 4 lacuna simulate STUDY --device mpi", device: "mpi")
      }
      return try Ranks.join().rank == 0
    }

    public func leave(status: Int32) { Ranks.leave(status: status) }
  }
#endif
