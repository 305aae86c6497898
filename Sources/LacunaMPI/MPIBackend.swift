#if MPI
  import CMPI
  import LacunaAlgebra
  import LacunaHost

  /// One problem over the ranks of an MPI job: every rank runs the same program and makes the same calls in the same order.
  ///
  /// Rows are dealt in blocks (`Ranks`), so what works along a row is the host's own work on the rows that a rank has, and products
  /// are the host's on those rows and on panels that pass from rank to rank. What factors or reduces a d × d matrix moves it to a
  /// two-dimensional block-cyclic grid, where ScaLAPACK and ELPA work, and back. An operation throws on all ranks or on none.
  ///
  /// The same number of ranks gives the same bits. `README.md` says which operations every rank does alone.
  public struct MPIBackend<Element: DistributedScalar>: Backend {
    public typealias Matrix = MPIMatrix<Element>

    let ranks: Ranks
    let host: HostBackend<Element>

    /// - Parameter threads: of each rank; nil is 1: a rank a core.
    public init(ranks: Ranks, threads: Int? = nil) {
      self.ranks = ranks
      host = HostBackend(threads: threads ?? 1)
    }

    public var description: String {
      "mpi: \(ranks.count) rank\(ranks.count == 1 ? "" : "s") (\(ranks.gridRows) × \(ranks.gridColumns)), ScaLAPACK, ELPA; "
        + "on each \(host.description)"
    }

    /// The matrix on the grid, its vectors there, and what ELPA takes for itself.
    public var workspaceMatrices: (tridiagonalize: Int, eigendecompose: Int) { (2, 4) }

    /// Panels on every rank.
    public func temporaryBytes(order: Int) -> Int {
      3 * panelHeight * ranks.count * order * MemoryLayout<Element>.stride
    }

    /// Each rank's share is half as high as its part of a Gram: the Gram is summed over the ranks once a block.
    public func rowBlock(columns: Int) -> Int {
      ranks.count * max(256, (1 << 21) / max(columns, 1), columns / (2 * ranks.count))
    }

    /// Rows that are whole on every rank for a while: as many as products run well with, few where blocks are small.
    var panelHeight: Int { 4 * ranks.block }

    /// Bytes of a number, as the functions of MPI take it.
    var width: CInt { CInt(MemoryLayout<Element>.stride) }

    /// Calls a rank's own routines while OpenBLAS has this backend's threads. The body must not come back to the host's backend.
    func blas<Result>(_ body: (HostRoutines<Element>) -> Result) -> Result {
      BLASThreadCount.shared.during(host.threadCount) { body(Element.routines) }
    }

    /// The same for routines of all ranks.
    func distributed<Result>(_ body: (DistributedRoutines<Element>) -> Result) -> Result {
      BLASThreadCount.shared.during(host.threadCount) { body(Element.distributed) }
    }

    /// A size as BLAS and MPI take it.
    func small(_ size: Int) throws(BackendError) -> CInt {
      guard let small = CInt(exactly: size) else {
        throw .unsupported("a piece of \(size) numbers", device: "MPI with 32-bit counts")
      }
      return small
    }

    // MARK: Layouts

    func make(_ rows: Int, _ columns: Int, whole: Bool) throws(BackendError) -> Matrix {
      Matrix(
        rows: rows, columns: columns, ranks: ranks, isWhole: whole,
        local: try scratch(whole ? rows : ranks.localRows(rows), columns))
    }

    /// Memory of this rank alone, which all ranks get or none does.
    func scratch(_ rows: Int, _ columns: Int) throws(BackendError) -> HostMatrix<Element> {
      try ranks.together { () throws(BackendError) in try host.makeMatrix(rows: rows, columns: columns) }
    }

    /// The matrix itself where its rows are dealt, else a copy that is.
    func dealt(_ a: Matrix) throws(BackendError) -> Matrix {
      guard a.isWhole else { return a }
      let out = try make(a.rows, a.columns, whole: false)
      for block in out.blocks {
        (out.local.pointer + block.local * a.columns).update(
          from: a.local.pointer + block.global * a.columns, count: block.count * a.columns)
      }
      return out
    }

    /// The matrix itself where every rank has it whole, else a copy that is.
    func whole(_ a: Matrix) throws(BackendError) -> Matrix {
      guard !a.isWhole else { return a }
      let out = try make(a.rows, a.columns, whole: true)
      try collect(a, rows: 0..<a.rows, into: out.local.pointer)
      return out
    }

    /// This rank's part of a matrix when it lies as another does.
    func local(_ a: Matrix, as target: Matrix) throws(BackendError) -> HostMatrix<Element> {
      (target.isWhole ? try whole(a) : try dealt(a)).local
    }

    /// Rows of a matrix in their order on every rank.
    func collect(_ a: Matrix, rows: Range<Int>, into target: UnsafeMutablePointer<Element>) throws(BackendError) {
      let columns = a.columns
      guard columns > 0, !rows.isEmpty else { return }
      if a.isWhole || ranks.count == 1 {
        target.update(from: a.local.pointer + rows.lowerBound * columns, count: rows.count * columns)
        return
      }
      try gather(
        a.local.pointer + ranks.localRows(rows.lowerBound) * columns, columns: columns, rows: rows, into: target)
    }

    /// The same of rows that lie one after the other, from this rank's first of them.
    func gather(
      _ own: UnsafePointer<Element>, columns: Int, rows: Range<Int>, into target: UnsafeMutablePointer<Element>
    ) throws(BackendError) {
      let height = max(1, (1 << 27) / columns)
      let buffer = UnsafeMutablePointer<Element>.allocate(capacity: min(height, rows.count) * columns)
      defer { buffer.deallocate() }
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
        let part = first..<min(first + height, rows.upperBound)
        var counts: [CInt] = []
        var starts: [CInt] = []
        var start: CInt = 0
        for r in 0..<ranks.count {
          let own = ranks.localRows(part.upperBound, of: r) - ranks.localRows(part.lowerBound, of: r)
          counts.append(try small(own * columns))
          starts.append(start)
          start += counts[r]
        }
        let skipped = ranks.localRows(part.lowerBound) - ranks.localRows(rows.lowerBound)
        lacuna_mpi_gather_all(own + skipped * columns, counts[ranks.rank], buffer, counts, starts, width)
        for r in 0..<ranks.count {
          var place = buffer + Int(starts[r])
          for block in ranks.blocks(of: part, rank: r) {
            let count = block.count * columns
            (target + (block.global - rows.lowerBound) * columns).update(from: place, count: count)
            place += count
          }
        }
      }
    }

    /// Puts numbers that each rank has of its rows into a vector of all.
    func put(_ part: HostMatrix<Element>, of a: Matrix, into vector: Matrix) throws(BackendError) {
      let numbers = Matrix(rows: a.rows, columns: 1, ranks: ranks, isWhole: a.isWhole, local: part)
      let all = try scratch(1, a.rows)
      try collect(numbers, rows: 0..<a.rows, into: all.pointer)
      try performUpload(try host.download(all), to: vector, firstRow: 0)
    }

    /// The part of a vector that goes with the rows of a matrix.
    func slice(_ vector: Matrix, along a: Matrix) throws(BackendError) -> HostMatrix<Element> {
      let all = try whole(vector).local
      guard !a.isWhole else { return all }
      let out = try scratch(1, a.local.rows)
      for block in a.blocks { (out.pointer + block.local).update(from: all.pointer + block.global, count: block.count) }
      return out
    }
  }
#endif
