#if MPI
  import CScaLAPACK
  import LacunaAlgebra
  import LacunaHost

  /// A matrix's shape in one layout, in the column-major terms of ScaLAPACK: the transpose of what lacuna holds.
  struct GridLayout {
    let descriptor: [CInt]
    /// Of this rank's part, its rows `lead` apart in memory.
    let rows, columns, lead: Int

    /// m × n in blocks of mb × nb; row and column are this rank's place in a grid of `height` × `width`.
    init(
      context: CInt, height: Int, width: Int, row: Int, column: Int, m: Int, n: Int, mb: Int, nb: Int
    ) throws(BackendError) {
      func part(_ size: Int, _ block: Int, _ place: Int, _ count: Int) -> Int {
        var (size, block, place, zero, count) = (CInt(size), CInt(block), CInt(place), CInt(0), CInt(count))
        return Int(numroc_(&size, &block, &place, &zero, &count))
      }
      let (mb, nb) = (max(1, mb), max(1, nb))
      rows = part(m, mb, row, height)
      columns = part(n, nb, column, width)
      lead = max(1, rows)
      guard CInt(exactly: lead * max(1, columns)) != nil else {
        throw .unsupported("a part of \(rows) × \(columns) on one rank; take more ranks", device: "ScaLAPACK")
      }
      descriptor = [1, context, CInt(m), CInt(n), CInt(mb), CInt(nb), 0, 0, CInt(lead)]
    }
  }

  /// A d × d matrix on the grid: blocks dealt in both directions.
  struct GridMatrix<Element: HostScalar> {
    let layout: GridLayout
    let storage: HostMatrix<Element>
    let ranks: Ranks

    var pointer: UnsafeMutablePointer<Element> { storage.pointer }

    /// Calls with each diagonal entry that this rank has, and its place in `pointer`.
    func forDiagonal(_ body: (Int, Int) -> Void) {
      for column in 0..<layout.columns {
        let j = globalColumn(column)
        guard j / ranks.block % ranks.gridRows == ranks.gridRow else { continue }
        let row = j / ranks.block / ranks.gridRows * ranks.block + j % ranks.block
        body(j, column * layout.lead + row)
      }
    }

    /// The column of the whole that one of this rank's is.
    func globalColumn(_ local: Int) -> Int {
      (local / ranks.block * ranks.gridColumns + ranks.gridColumn) * ranks.block + local % ranks.block
    }
  }

  extension MPIBackend {
    /// Dealt rows as ScaLAPACK sees them: whole columns, dealt in blocks.
    func lineLayout(rows: Int, columns: Int) throws(BackendError) -> GridLayout {
      try GridLayout(
        context: ranks.line, height: 1, width: ranks.count, row: 0, column: ranks.rank, m: columns, n: rows,
        mb: columns,
        nb: ranks.block)
    }

    private func gridLayout(order d: Int) throws(BackendError) -> GridLayout {
      try GridLayout(
        context: ranks.grid, height: ranks.gridRows, width: ranks.gridColumns, row: ranks.gridRow,
        column: ranks.gridColumn, m: d, n: d, mb: ranks.block, nb: ranks.block)
    }

    func makeGrid(order d: Int) throws(BackendError) -> GridMatrix<Element> {
      let layout = try gridLayout(order: d)
      return GridMatrix(layout: layout, storage: try scratch(max(1, layout.columns), layout.lead), ranks: ranks)
    }

    /// A dealt square matrix on the grid: itself where that has one row, for then its columns are dealt as rows are; else a copy.
    func toGrid(_ a: Matrix) throws(BackendError) -> GridMatrix<Element> {
      if ranks.gridRows == 1 {
        return GridMatrix(layout: try gridLayout(order: a.rows), storage: a.local, ranks: ranks)
      }
      let out = try makeGrid(order: a.rows)
      let line = try lineLayout(rows: a.rows, columns: a.columns)
      var (n, one, context) = (CInt(a.rows), CInt(1), ranks.grid)
      Element.distributed.gemr2d(
        &n, &n, a.local.pointer, &one, &one, line.descriptor, out.pointer, &one, &one, out.layout.descriptor, &context)
      return out
    }

    /// The first rows of a matrix on the grid, as many as a dealt one has.
    func fromGrid(_ grid: GridMatrix<Element>, to a: Matrix) throws(BackendError) {
      if ranks.gridRows == 1 {
        if grid.pointer != a.local.pointer { a.local.pointer.update(from: grid.pointer, count: a.local.count) }
        return
      }
      let line = try lineLayout(rows: a.rows, columns: a.columns)
      var (m, n, one, context) = (CInt(a.columns), CInt(a.rows), CInt(1), ranks.grid)
      Element.distributed.gemr2d(
        &m, &n, grid.pointer, &one, &one, grid.layout.descriptor, a.local.pointer, &one, &one, line.descriptor, &context
      )
    }

    /// Whether a matrix has too few blocks for the grid: every rank then solves it whole, and rank 0's solution counts.
    func isSmall(_ a: Matrix) -> Bool {
      a.isWhole || a.rows < max(3, 2 * ranks.block * max(ranks.gridRows, ranks.gridColumns))
    }

    /// Refuses a NaN or an infinity in the lower triangle of a dealt matrix: the first one, row by row, on all ranks.
    func requireFinite(_ a: Matrix, _ argument: String) throws(BackendError) {
      var first = Int.max
      for block in a.blocks {
        for i in 0..<block.count where first == .max {
          let row = block.global + i
          if let column = firstNonFiniteCell(a.local.pointer + (block.local + i) * a.columns, count: row + 1) {
            first = row * a.columns + column
          }
        }
      }
      first = ranks.least(first)
      if first != .max { throw .nonFinite(argument: argument, row: first / a.columns, column: first % a.columns) }
    }
  }
#endif
