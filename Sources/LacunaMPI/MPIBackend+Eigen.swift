#if MPI
  import CELPA
  import CMPI
  import LacunaAlgebra
  import LacunaHost

  /// Symmetric eigenproblems by ELPA: values in two stages, with vectors in one; in float64 whatever the
  /// precision.
  extension MPIBackend {
    public func performEigenvalues(of a: Matrix) throws(BackendError) -> [Double] {
      if isSmall(a) {
        return try solveWhole(a, keeping: nil) { (a) throws(BackendError) in try host.eigenvalues(of: a) }
      }
      return try solve(a, vectors: 0, factor: 1, "eigenvalues").values
    }

    public func performEigendecompose(_ a: Matrix) throws(BackendError) -> [Double] {
      if isSmall(a) { return try solveWhole(a, keeping: a) { (a) throws(BackendError) in try host.eigendecompose(a) } }
      let (values, vectors) = try solve(a, vectors: a.rows, factor: 1, "eigendecompose")
      if let vectors { try fromGrid(vectors, to: a) }
      return values
    }

    /// The smallest of −A: ELPA finds those.
    public func performLeadingEigenpairs(of a: Matrix, into vectors: Matrix) throws(BackendError) -> [Double] {
      if isSmall(a) {
        let out = try scratch(vectors.rows, vectors.columns)
        let values = try solveWhole(a, keeping: nil) { (a) throws(BackendError) in
          try host.leadingEigenpairs(of: a, into: out)
        }
        try broadcast(out)
        try performUpload(try host.download(out), to: vectors, firstRow: 0)
        return values
      }
      let (values, found) = try solve(a, vectors: vectors.rows, factor: -1, "leadingEigenpairs")
      let rows = try make(vectors.rows, vectors.columns, whole: false)
      if let found { try fromGrid(found, to: rows) }
      try performCopy(rows, to: vectors)
      return values.prefix(vectors.rows).map { -$0 }
    }

    /// Every rank solves the whole; rank 0's numbers count, as those of other processors may differ.
    /// - Parameter target: gets what the work makes of the matrix; nil where that is not wanted.
    func solveWhole(
      _ a: Matrix, keeping target: Matrix?, _ work: (HostMatrix<Element>) throws(BackendError) -> [Double]
    ) throws(BackendError) -> [Double] {
      let all = try scratch(a.rows, a.columns)
      try collect(a, rows: 0..<a.rows, into: all.pointer)
      var values = try ranks.together { () throws(BackendError) in try work(all) }
      lacuna_mpi_broadcast(&values, CInt(values.count), 8)
      if let target {
        try broadcast(all)
        for block in target.blocks {
          (target.local.pointer + block.local * a.columns).update(
            from: all.pointer + block.global * a.columns, count: block.count * a.columns)
        }
      }
      return values
    }

    private func broadcast(_ matrix: HostMatrix<Element>) throws(BackendError) {
      lacuna_mpi_broadcast(matrix.pointer, try small(matrix.count), width)
    }

    /// Eigenvalues of factor · A, ascending, and the unit eigenvectors of the first of them as columns on the grid.
    private func solve(
      _ a: Matrix, vectors: Int, factor: Double, _ operation: String
    ) throws(BackendError) -> (values: [Double], vectors: GridMatrix<Element>?) {
      let order = a.rows
      try requireFinite(a, operation)
      try performSymmetrize(a)
      let unit = try scale(a, by: factor)
      let grid = try toGrid(a)
      let out = vectors > 0 ? try makeGrid(order: order) : nil
      var error: CInt = 0
      guard elpa_init(20_171_201) == 0, let handle = elpa_allocate(&error) else {
        throw .device(call: "elpa_allocate", status: Int(error), log: "ELPA of 2017.11 or newer is needed")
      }
      defer { elpa_deallocate(handle, &error) }
      let settings: [(String, Int)] = [
        ("na", order), ("nev", vectors > 0 ? vectors : order), ("local_nrows", grid.layout.lead),
        ("local_ncols", max(1, grid.layout.columns)), ("nblk", ranks.block),
        ("mpi_comm_parent", Int(lacuna_mpi_fortran_world())), ("process_row", ranks.gridRow),
        ("process_col", ranks.gridColumn),
      ]
      var failed = 0
      for (name, value) in settings {
        elpa_set_integer(handle, name, CInt(value), &error)
        if error != 0 { failed = Int(error) }
      }
      let status = Int(elpa_setup(handle))
      elpa_set_integer(handle, "solver", vectors > 0 ? 1 : 2, &error)
      guard ranks.least(failed == 0 && status == 0 && error == 0 ? 1 : 0) == 1 else {
        throw .device(call: "elpa_setup", status: status, log: failed == 0 ? "" : "a setting failed with \(failed)")
      }
      var values = [Double](repeating: 0, count: order)
      func call(_ cells: UnsafeMutablePointer<Double>?, _ columns: UnsafeMutablePointer<Double>?) {
        distributed { _ in
          if let columns {
            elpa_eigenvectors_a_h_a_d(handle, cells, &values, columns, &error)
          } else {
            elpa_eigenvalues_a_h_a_d(handle, cells, &values, &error)
          }
        }
      }
      if let grid = grid as? GridMatrix<Double> {
        call(grid.pointer, (out as? GridMatrix<Double>)?.pointer)
      } else {
        // ELPA's divide and conquer in float32 does not converge on several columns of the grid.
        var cells = (0..<grid.storage.count).map { Double(grid.pointer[$0]) }
        var columns = [Double](repeating: 0, count: out?.storage.count ?? 0)
        cells.withUnsafeMutableBufferPointer { cells in
          columns.withUnsafeMutableBufferPointer { columns in
            call(cells.baseAddress, out == nil ? nil : columns.baseAddress)
          }
        }
        if let out { for cell in columns.indices { out.pointer[cell] = Element(columns[cell]) } }
      }
      let problem = -ranks.least(-Int(error == 0 ? 0 : max(1, abs(error))))
      guard problem == 0 else { throw .noConvergence(operation: operation, info: problem) }
      return (values.map { $0 * unit }, out)
    }

    /// Multiplies by a factor over the power of two next to the largest entry: ELPA, unlike LAPACK, does not scale, and squares of
    /// very small or large entries leave the range of numbers.
    /// - Returns: that power of two.
    private func scale(_ a: Matrix, by factor: Double) throws(BackendError) -> Double {
      let own = Int(largestCell(a.local.pointer, count: a.local.count).bitPattern)
      // Bits of positive numbers are in the numbers' order.
      let largest = Double(bitPattern: UInt64(-ranks.least(-own)))
      let unit = largest > 0 ? max(largest.binade, Double(Element.leastNormalMagnitude)) : 1
      try host.add(a.local, alpha: Element(factor / unit), beta: 0, to: a.local)
      return unit
    }
  }
#endif
