#if MPI
  import CMPI
  import COpenBLAS
  import LacunaAlgebra
  import LacunaHost

  /// Positive definite matrices where their rows lie: each rank works on its own rows with panels that all have.
  ///
  /// With the panels as high as BLAS likes them this takes less than ScaLAPACK's routines on their grid, and no copy.
  extension MPIBackend {
    public func performFactorPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
      if a.isWhole || ranks.count == 1 { return try host.factorPositiveDefinite(a.local) }
      try requireFinite(a, "factorPositiveDefinite")
      return try factor(a)
    }

    /// A = LLᵀ, W = L⁻¹ in its place, and A⁻¹ = WᵀW in that of W.
    public func performInvertPositiveDefinite(_ a: Matrix) throws(BackendError) -> Double {
      if a.isWhole || ranks.count == 1 { return try host.invertPositiveDefinite(a.local) }
      try requireFinite(a, "invertPositiveDefinite")
      let logDeterminant = try factor(a)
      try invertTriangle(a)
      try squareTriangle(a)
      return logDeterminant
    }

    /// Ranges of `panelHeight` rows.
    private func panels(of a: Matrix, descending: Bool = false) -> [Range<Int>] {
      let panels = stride(from: 0, to: a.rows, by: panelHeight).map { $0..<min($0 + panelHeight, a.rows) }
      return descending ? panels.reversed() : panels
    }

    /// This rank's rows of a range, of some columns, one after the other.
    private func pack(_ a: Matrix, rows: Range<Int>, columns: Range<Int>, into part: HostMatrix<Element>) {
      for (i, row) in (ranks.localRows(rows.lowerBound)..<ranks.localRows(rows.upperBound)).enumerated() {
        (part.pointer + i * columns.count).update(
          from: a.local.pointer + row * a.columns + columns.lowerBound, count: columns.count)
      }
    }

    /// The lower triangle becomes L, a panel of columns after the other.
    /// - Returns: ln det A = 2 Σ ln L_ii.
    private func factor(_ a: Matrix) throws(BackendError) -> Double {
      let d = a.rows
      let height = min(d, panelHeight)
      let (square, part) = (try scratch(height, height), try scratch(max(height, a.local.rows), height))
      let panel = try scratch(d, height)
      let stride = try small(d)
      var logarithms = 0.0
      for rows in panels(of: a) {
        let count = rows.count
        let (first, end) = (rows.lowerBound, rows.upperBound)
        let width = blasint(count)
        pack(a, rows: rows, columns: rows, into: part)
        try gather(part.pointer, columns: count, rows: rows, into: square.pointer)
        logarithms += try factorSquare(square.reshaped(rows: count, columns: count), first: first)
        for block in ranks.blocks(of: rows) {
          for i in 0..<block.count {
            (a.local.pointer + (block.local + i) * d + first).update(
              from: square.pointer + (block.global + i - first) * count, count: count)
          }
        }
        let below = ranks.localRows(end)
        let own = blasint(a.local.rows - below)
        if own > 0 {
          blas {
            $0.trsm(
              CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, own, width, 1, square.pointer, width,
              a.local.pointer + below * d + first, stride)
          }
          pack(a, rows: end..<d, columns: rows, into: part)
        }
        guard end < d else { break }
        try gather(part.pointer, columns: count, rows: end..<d, into: panel.pointer)
        // Rows of several blocks up to where the first of them ends, then each block to its own end.
        let blocks = ranks.blocks(of: end..<d)
        let together = max(1, panelHeight / ranks.block)
        func update(_ row: Int, _ rows: Int, columns: Range<Int>) {
          guard !columns.isEmpty else { return }
          blas {
            $0.gemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns.count), width, -1,
              part.pointer + (row - below) * count, width, panel.pointer + (columns.lowerBound - end) * count, width, 1,
              a.local.pointer + row * d + columns.lowerBound, stride)
          }
        }
        for index in Swift.stride(from: 0, to: blocks.count, by: together) {
          let group = blocks[index..<min(index + together, blocks.count)]
          let (start, height) = (group[index], group.reduce(0) { $0 + $1.count })
          update(start.local, height, columns: end..<start.global)
          for block in group {
            update(block.local, block.count, columns: start.global..<block.global + block.count)
          }
        }
      }
      return 2 * logarithms
    }

    /// Rank 0's factor of a square that all ranks have, as those of other processors may differ.
    /// - Parameter first: the square's first row among those of the matrix.
    /// - Returns: Σ ln L_ii.
    private func factorSquare(_ square: HostMatrix<Element>, first: Int) throws(BackendError) -> Double {
      var minor = Int.max
      if ranks.rank == 0 {
        do throws(BackendError) {
          _ = try host.factorPositiveDefinite(square)
        } catch {
          switch error {
          case .notPositiveDefinite(let leadingMinor): minor = first + leadingMinor
          // What overflowed on the way.
          case .nonFinite(_, let row, _): minor = first + row + 1
          default: minor = first + 1
          }
        }
      }
      minor = ranks.least(minor)
      guard minor == .max else { throw .notPositiveDefinite(leadingMinor: minor) }
      lacuna_mpi_broadcast(square.pointer, try small(square.count), width)
      var sum = 0.0
      for i in 0..<square.rows {
        let pivot = Double(square.pointer[i * square.columns + i])
        guard pivot > 0, pivot.isFinite else { throw .notPositiveDefinite(leadingMinor: first + i + 1) }
        sum += Double.log(pivot)
      }
      return sum
    }

    /// L becomes W with WL = I, the last panel of columns first; zeros beside the diagonal within panels.
    private func invertTriangle(_ a: Matrix) throws(BackendError) {
      let d = a.rows
      let height = min(d, panelHeight)
      let (part, panel) = (try scratch(min(height, a.local.rows), d), try scratch(height, d))
      let stride = try small(d)
      for rows in panels(of: a, descending: true) {
        let (first, end) = (rows.lowerBound, rows.upperBound)
        pack(a, rows: rows, columns: 0..<end, into: part)
        try gather(part.pointer, columns: end, rows: rows, into: panel.pointer)
        for block in ranks.blocks(of: rows) {
          for i in 0..<block.count {
            let row = a.local.pointer + (block.local + i) * d
            row.update(repeating: 0, count: end)
            row[block.global + i] = 1
          }
        }
        let start = ranks.localRows(first)
        let (own, width) = (blasint(a.local.rows - start), blasint(rows.count))
        guard own > 0 else { continue }
        let x = a.local.pointer + start * d
        blas {
          $0.trsm(
            CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, own, width, 1, panel.pointer + first,
            blasint(end), x + first, stride)
          if first > 0 {
            $0.gemm(
              CblasRowMajor, CblasNoTrans, CblasNoTrans, own, blasint(first), width, -1, x + first, stride,
              panel.pointer, blasint(end), 1, x, stride)
          }
        }
      }
    }

    /// W as `invertTriangle` leaves it becomes the lower triangle of WᵀW, the first panel of rows first: the later ones have no use
    /// for its rows.
    private func squareTriangle(_ w: Matrix) throws(BackendError) {
      let d = w.rows
      let sums = try PanelSums(self, height: min(d, panelHeight), columns: d)
      let stride = try small(d)
      for rows in panels(of: w) {
        let (first, end) = (rows.lowerBound, rows.upperBound)
        let start = ranks.localRows(first)
        try sums.add(rows: rows, columns: end) { panel in
          blas {
            $0.gemm(
              CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows.count), blasint(end),
              blasint(w.local.rows - start), 1, w.local.pointer + start * d + first, stride,
              w.local.pointer + start * d, stride, 0, panel, blasint(end))
          }
        } toRow: { local, global, sum in
          (w.local.pointer + local * d).update(from: sum, count: global + 1)
        }
      }
    }
  }
#endif
