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
          piece, rows: block.count, columns: width, to: out.pointer + block.global, stride: a.rows)
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

    /// Calls with each block of rows of a, this rank's columns of it: `block.count` rows of `width`.
    private func exchangeColumns(
      of a: Matrix, _ body: (UnsafeMutablePointer<Element>, Int, DealtBlock) -> Void
    ) throws(BackendError) {
      let a = try dealt(a)
      let (m, n) = (a.rows, a.columns)
      guard m > 0, n > 0 else { return }
      let own = ranks.localRows(n)
      let round = ranks.block * ranks.count
      let step = round * max(1, (1 << 23) / (ranks.block * n))
      let columns = (0..<ranks.count).map { ranks.blocks(of: 0..<n, rank: $0) }
      let most = ranks.localRows(min(step, m), of: 0)
      let out = try scratch(most, n)
      let arrived = try scratch(min(step, m), own)
      for first in stride(from: 0, to: m, by: step) {
        let rows = first..<min(first + step, m)
        let start = ranks.localRows(first)
        let height = ranks.localRows(rows.upperBound) - start
        var (outCounts, inCounts): ([CInt], [CInt]) = ([], [])
        var place = out.pointer
        for r in 0..<ranks.count {
          outCounts.append(try small(height * ranks.localRows(n, of: r)))
          inCounts.append(
            try small((ranks.localRows(rows.upperBound, of: r) - ranks.localRows(first, of: r)) * own))
          for l in start..<start + height {
            let row = a.local.pointer + l * n
            for block in columns[r] {
              place.update(from: row + block.global, count: block.count)
              place += block.count
            }
          }
        }
        lacuna_mpi_exchange(
          out.pointer, outCounts, starts(outCounts), arrived.pointer, inCounts, starts(inCounts), width)
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
