#if MPI
  import CMPI
  import LacunaAlgebra
  import LacunaHost

  /// Panels of rows that are sums over the ranks, each row kept by its owner.
  struct PanelSums<Element: DistributedScalar> {
    private let backend: MPIBackend<Element>
    private let panel, sorted, sums: HostMatrix<Element>

    init(_ backend: MPIBackend<Element>, height: Int, columns: Int) throws(BackendError) {
      self.backend = backend
      panel = try backend.scratch(height, columns)
      sorted = try backend.scratch(height, columns)
      sums = try backend.scratch(height, columns)
      _ = try backend.small(height * columns)
    }

    /// - Parameter fill: writes this rank's part of the panel, rows.count × columns, all of it.
    /// - Parameter toRow: gets each row of the sum that this rank keeps: its place among the rank's rows, and among all.
    func add(
      rows: Range<Int>, columns: Int, fill: (UnsafeMutablePointer<Element>) throws(BackendError) -> Void,
      toRow: (Int, Int, UnsafePointer<Element>) -> Void
    ) throws(BackendError) {
      let ranks = backend.ranks
      try fill(panel.pointer)
      var counts: [CInt] = []
      var place = sorted.pointer
      for r in 0..<ranks.count {
        let start = place
        for block in ranks.blocks(of: rows, rank: r) {
          let count = block.count * columns
          place.update(from: panel.pointer + (block.global - rows.lowerBound) * columns, count: count)
          place += count
        }
        counts.append(CInt(place - start))
      }
      lacuna_mpi_sum_scatter(sorted.pointer, sums.pointer, counts, backend.width)
      var sum = sums.pointer
      for block in ranks.blocks(of: rows) {
        for i in 0..<block.count {
          toRow(block.local + i, block.global + i, sum)
          sum += columns
        }
      }
    }
  }
#endif
