#if MPI
  import LacunaAlgebra
  import LacunaHost

  /// A row-major matrix over the ranks: its rows dealt in blocks; or, of few rows, whole on every rank.
  public final class MPIMatrix<Element: HostScalar>: DeviceMatrix {
    public let rows: Int
    public let columns: Int
    let ranks: Ranks
    let isWhole: Bool
    /// The rows that this rank has.
    let local: HostMatrix<Element>

    init(rows: Int, columns: Int, ranks: Ranks, isWhole: Bool, local: HostMatrix<Element>) {
      self.rows = rows
      self.columns = columns
      self.ranks = ranks
      self.isWhole = isWhole
      self.local = local
    }

    /// The runs of rows that this rank has.
    var blocks: [DealtBlock] {
      isWhole ? [DealtBlock(local: 0, global: 0, count: rows)] : ranks.blocks(of: 0..<rows)
    }

    /// Rows of this rank, over the same storage.
    func localRows(_ first: Int, _ count: Int) -> HostMatrix<Element> {
      HostMatrix(of: local, firstRow: first, rows: count)
    }

    /// Rows `range` of a dealt matrix, over the same storage; it begins where a round of blocks does.
    func rows(_ range: Range<Int>) -> MPIMatrix {
      precondition(!isWhole && range.lowerBound % (ranks.block * ranks.count) == 0, "whole rounds of blocks")
      let first = range.lowerBound / ranks.count
      return MPIMatrix(
        rows: range.count, columns: columns, ranks: ranks, isWhole: false,
        local: localRows(first, ranks.localRows(range.count)))
    }

    public func firstRows(_ count: Int) -> MPIMatrix {
      precondition(0 <= count && count <= rows, "the first \(count) rows of a matrix of \(rows)")
      return MPIMatrix(
        rows: count, columns: columns, ranks: ranks, isWhole: isWhole,
        local: local.firstRows(isWhole ? count : ranks.localRows(count)))
    }

    /// Of the same width it is dealt as before; of another as a new matrix would be, in other storage where a rank's part of this
    /// is too small for that.
    public func reshaped(rows: Int, columns: Int) -> MPIMatrix {
      let whole = columns == self.columns ? isWhole : rows <= ranks.wholeRows
      let height = whole ? rows : ranks.localRows(rows)
      let other: HostMatrix<Element>
      if height * columns <= local.count || columns == self.columns {
        other = local.reshaped(rows: height, columns: columns)
      } else {
        do {
          other = try HostBackend<Element>(threads: 1).makeMatrix(rows: height, columns: columns)
        } catch {
          fatalError("rank \(ranks.rank), another shape of a matrix: \(error)")
        }
      }
      return MPIMatrix(rows: rows, columns: columns, ranks: ranks, isWhole: whole, local: other)
    }
  }
#endif
