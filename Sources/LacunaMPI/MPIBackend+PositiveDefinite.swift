#if MPI
  import CMPI
  import LacunaAlgebra
  import RealModule

  extension MPIBackend {
    public func performFactorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
      try factor(a, inverts: false, "factorPositiveDefinite")
    }

    /// `potrf` and `potri` on the grid.
    public func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
      try factor(a, inverts: true, "invertPositiveDefinite")
    }

    /// - Returns: ln det A = 2 Σ ln L_ii.
    private func factor(_ a: Matrix, inverts: Bool, _ operation: String) throws(BackendError) -> Double {
      if a.isWhole {
        return try inverts ? host.invertPositiveDefinite(a.local) : host.factorPositiveDefinite(a.local)
      }
      try requireFinite(a, operation)
      let grid = try toGrid(a)
      var (n, one, info) = (CInt(a.rows), CInt(1), CInt(0))
      // The row-major lower triangle is the column-major upper one.
      distributed { $0.potrf("U", &n, grid.pointer, &one, &one, grid.layout.descriptor, &info, 1) }
      try requirePivots(info, "potrf")
      var pivots = [Double](repeating: 0, count: a.rows)
      grid.forDiagonal { pivots[$0] = Double(grid.pointer[$1]) }
      ranks.sum(&pivots)
      // `potrf` does not see a pivot that is not a number.
      if let bad = pivots.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
        throw .notPositiveDefinite(leadingMinor: bad + 1)
      }
      if inverts {
        distributed { $0.potri("U", &n, grid.pointer, &one, &one, grid.layout.descriptor, &info, 1) }
        try requirePivots(info, "potri")
      }
      try fromGrid(grid, to: a)
      return 2 * pivots.reduce(0) { $0 + Double.log($1) }
    }

    /// A failing minor that any rank saw, the first of them, on all.
    private func requirePivots(_ info: CInt, _ routine: String) throws(BackendError) {
      precondition(info >= 0, "\(routine): argument \(-info)")
      let minor = ranks.least(info == 0 ? .max : Int(info))
      if minor != .max { throw .notPositiveDefinite(leadingMinor: minor) }
    }
  }
#endif
