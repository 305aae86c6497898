#if MPI
  import CMPI
  import LacunaAlgebra
  import LacunaHost

  extension MPIBackend {
    /// `sytrd` on the grid, and its reflectors applied to the identity.
    public func performTridiagonalize(_ a: Matrix) throws(BackendError) -> SymmetricTridiagonal {
      let d = a.rows
      if isSmall(a) {
        let numbers = try solveWhole(a, keeping: a) { (a) throws(BackendError) in
          let t = try host.tridiagonalize(a)
          return t.diagonal + t.offDiagonal
        }
        return SymmetricTridiagonal(diagonal: Array(numbers[..<d]), offDiagonal: Array(numbers[d...]))
      }
      try requireFinite(a, "tridiagonalize")
      let grid = try toGrid(a)
      let factor = try makeGrid(order: d)
      factor.forDiagonal { factor.pointer[$1] = 1 }
      let own = max(1, grid.layout.columns)
      var (diagonal, off, tau) = (
        [Element](repeating: 0, count: own), [Element](repeating: 0, count: own), [Element](repeating: 0, count: own)
      )
      var (n, one, info, ask, size) = (CInt(d), CInt(1), CInt(0), CInt(-1), Element.zero)
      let (here, there) = (grid.layout.descriptor, factor.layout.descriptor)
      distributed {
        $0.sytrd("U", &n, grid.pointer, &one, &one, here, &diagonal, &off, &tau, &size, &ask, &info, 1)
      }
      let work = try workspace(size)
      var count = CInt(work.columns)
      distributed {
        $0.sytrd("U", &n, grid.pointer, &one, &one, here, &diagonal, &off, &tau, work.pointer, &count, &info, 1)
      }
      precondition(info == 0, "sytrd: argument \(-info)")
      distributed {
        $0.ormtr(
          "L", "U", "N", &n, &n, grid.pointer, &one, &one, here, tau, factor.pointer, &one, &one, there, &size, &ask,
          &info, 1, 1, 1)
      }
      let more = try workspace(size)
      count = CInt(more.columns)
      distributed {
        $0.ormtr(
          "L", "U", "N", &n, &n, grid.pointer, &one, &one, here, tau, factor.pointer, &one, &one, there, more.pointer,
          &count, &info, 1, 1, 1)
      }
      precondition(info == 0, "ormtr: argument \(-info)")
      // Every row of the grid has the numbers of its columns: the first one's are added up.
      var (t, e) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
      if ranks.gridRow == 0 {
        for column in 0..<grid.layout.columns {
          let j = grid.globalColumn(column)
          (t[j], e[j]) = (Double(diagonal[column]), Double(off[column]))
        }
      }
      ranks.sum(&t)
      ranks.sum(&e)
      try fromGrid(factor, to: a)
      return SymmetricTridiagonal(diagonal: t, offDiagonal: Array(e.dropFirst()))
    }

    /// A workspace of the size that a query answered; float32 rounds large sizes, hence the margin.
    private func workspace(_ answered: Element) throws(BackendError) -> HostMatrix<Element> {
      let margin = Element.precision == .float32 ? 1 + 2 * Double(Element.ulpOfOne) : 1
      let count = Int((Double(answered) * margin).rounded(.up))
      _ = try small(count)
      return try scratch(1, count)
    }

    /// The columns of w are dealt, and go through the host's recurrences.
    public func performResolventForms(
      of w: Matrix, tridiagonal t: SymmetricTridiagonal, shifts: [Double], probes: [[Double]], into out: Matrix
    ) throws(BackendError) {
      guard out.count > 0 else {
        // What is not positive definite is refused of no columns too.
        for shift in shifts { _ = try t.factor(shift: shift) }
        return
      }
      let own = try ownColumns(of: w)
      let forms = try scratch(out.rows, own.columns)
      try ranks.together { () throws(BackendError) in
        for shift in shifts where own.columns == 0 { _ = try t.factor(shift: shift) }
        try host.resolventForms(of: own, tridiagonal: t, shifts: shifts, probes: probes, into: forms)
      }
      // A row of own columns for each form becomes a row of forms for each own column, and these come together.
      let turned = try scratch(own.columns, out.rows)
      transposeCells(
        forms.pointer, rows: out.rows, columns: own.columns, lead: own.columns, to: turned.pointer, stride: out.rows)
      let dealt = Matrix(rows: w.columns, columns: out.rows, ranks: ranks, isWhole: false, local: turned)
      if out.isWhole {
        let all = try whole(dealt).local
        transposeCells(
          all.pointer, rows: w.columns, columns: out.rows, lead: out.rows, to: out.local.pointer, stride: w.columns)
      } else {
        try host.copy(try turn(dealt), to: out.local)
      }
    }
  }
#endif
