#if MPI
  import CMPI
  import LacunaAlgebra
  import LacunaHost

  /// Columns of a dealt matrix, dealt as its rows are.
  extension MPIBackend {
    /// The rows of aᵀ (a: m × n) that this rank has of a dealt n × m matrix.
    func turn(_ a: Matrix) throws(BackendError) -> HostMatrix<Element> {
      let out = try scratch(ranks.localRows(a.columns), a.rows)
      try exchangeColumns(of: a) { piece, width, block in
        transposeCells(
          piece, rows: block.count, columns: width, lead: width, to: out.pointer + block.global, stride: a.rows)
      }
      return out
    }

    /// The columns of a (m × n) that are rows of this rank in a dealt n × m matrix, as a matrix m high.
    func ownColumns(of a: Matrix) throws(BackendError) -> HostMatrix<Element> {
      let out = try scratch(a.rows, ranks.localRows(a.columns))
      try exchangeColumns(of: a) { piece, width, block in
        (out.pointer + block.global * width).update(from: piece, count: block.count * width)
      }
      return out
    }

    /// Each rank sends what it has below the diagonal to where it is wanted above.
    public func performSymmetrize(_ a: Matrix) throws(BackendError) {
      if a.isWhole || ranks.count == 1 { return try host.symmetrize(a.local) }
      let n = a.columns
      try exchangeColumns(of: a, lowerTriangle: true) { piece, width, block in
        let before = ranks.localRows(block.global)
        transposeCells(
          piece, rows: block.count, columns: before, lead: width, to: a.local.pointer + block.global, stride: n)
        guard ranks.owner(of: block.global) == ranks.rank else { return }
        for i in 0..<block.count {
          let row = a.local.pointer + (before + i) * n + block.global
          for j in i + 1..<max(i + 1, block.count) { row[j] = piece[j * width + before + i] }
        }
      }
    }

    /// Calls with each block of rows of a, this rank's columns of it: `block.count` rows of `width`, which are this rank's first.
    /// - Parameter lowerTriangle: whether only columns up to a block's end are wanted, or somewhat further.
    private func exchangeColumns(
      of a: Matrix, lowerTriangle: Bool = false, _ body: (UnsafeMutablePointer<Element>, Int, DealtBlock) -> Void
    ) throws(BackendError) {
      let a = try dealt(a)
      let (m, n) = (a.rows, a.columns)
      guard m > 0, n > 0 else { return }
      let round = ranks.block * ranks.count
      let step = round * max(1, (1 << 20) / (ranks.block * n))
      let most = ranks.localRows(min(step, m), of: 0)
      let out = try scratch(most, n)
      let arrived = try scratch(min(step, m), ranks.localRows(n))
      for first in stride(from: 0, to: m, by: step) {
        let rows = first..<min(first + step, m)
        let width = lowerTriangle ? rows.upperBound : n
        let own = ranks.localRows(width)
        let start = ranks.localRows(first)
        let height = ranks.localRows(rows.upperBound) - start
        var (outCounts, inCounts): ([CInt], [CInt]) = ([], [])
        var place = out.pointer
        for r in 0..<ranks.count {
          outCounts.append(try small(height * ranks.localRows(width, of: r)))
          inCounts.append(
            try small((ranks.localRows(rows.upperBound, of: r) - ranks.localRows(first, of: r)) * own))
          let columns = ranks.blocks(of: 0..<width, rank: r)
          for l in start..<start + height {
            let row = a.local.pointer + l * n
            for block in columns {
              place.update(from: row + block.global, count: block.count)
              place += block.count
            }
          }
        }
        lacuna_mpi_exchange(
          out.pointer, outCounts, starts(outCounts), arrived.pointer, inCounts, starts(inCounts),
          self.width)
        var piece = arrived.pointer
        for r in 0..<ranks.count {
          for block in ranks.blocks(of: rows, rank: r) {
            body(piece, own, block)
            piece += block.count * own
          }
        }
      }
    }
  }
#endif
