#if MPI
  import CMPI
  import CScaLAPACK
  import LacunaAlgebra
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #else
    import Darwin
  #endif

  /// A run of rows of a dealt matrix that one rank has.
  struct DealtBlock {
    /// The first row among those of the rank, and among all.
    var local, global: Int
    var count: Int
  }

  /// The processes of an MPI job: a grid of them for the d × d work, and a line of them for rows.
  ///
  /// Rows are dealt in blocks: block b of `block` rows goes to rank b mod `count`. Matrices of at most `wholeRows` rows are held
  /// whole by every rank.
  public struct Ranks: Sendable {
    public let rank: Int
    public let count: Int
    let block: Int
    let wholeRows: Int
    /// Contexts of BLACS: all ranks in one row, and in a grid as square as their number allows.
    let line, grid: CInt
    let gridRows, gridColumns, gridRow, gridColumn: Int

    /// Whether something that starts the processes of a job started this one.
    public static var isLaunched: Bool {
      ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"].contains { (name: String) in getenv(name) != nil }
    }

    private static let joined = Mutex<Ranks?>(nil)

    /// The ranks, where this process has joined them.
    public static var current: Ranks? { joined.withLock { $0 } }

    /// Starts MPI, once; every process of the job calls it.
    ///
    /// `LACUNA_MPI_BLOCK` sets the rows of a block and the side of a block of the grid, 64 without it.
    public static func join() throws(BackendError) -> Ranks {
      try joined.withLock { (joined) throws(BackendError) in
        if let joined { return joined }
        let ranks = try Ranks(block: getenv("LACUNA_MPI_BLOCK").flatMap { Int(String(cString: $0)) } ?? 64)
        joined = ranks
        return ranks
      }
    }

    private init(block: Int) throws(BackendError) {
      var r: CInt = 0
      var n: CInt = 0
      switch lacuna_mpi_start(&r, &n) {
      case 0: break
      case 2: throw .unsupported("calls from a thread beside the first", device: "this MPI")
      default: throw .device(call: "MPI_Init_thread", status: 1, log: "")
      }
      (rank, count) = (Int(r), Int(n))
      var bounds = [Int64(block), -Int64(block)]
      lacuna_mpi_min(&bounds, 2)
      guard bounds[0] == -bounds[1], 1...256 ~= block else {
        throw .device(call: "LACUNA_MPI_BLOCK", status: block, log: "it must be from 1 to 256, the same on all ranks")
      }
      self.block = block
      wholeRows = min(16, block)
      func context(_ rows: CInt, _ columns: CInt) -> CInt {
        var context: CInt = 0
        Cblacs_get(-1, 0, &context)
        Cblacs_gridinit(&context, "R", rows, columns)
        return context
      }
      var rows = CInt(Double(n).squareRoot())
      while n % rows != 0 { rows -= 1 }
      line = context(1, n)
      grid = context(rows, n / rows)
      var (height, width, row, column): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
      Cblacs_gridinfo(grid, &height, &width, &row, &column)
      (gridRows, gridColumns, gridRow, gridColumn) = (Int(height), Int(width), Int(row), Int(column))
    }

    // MARK: Where rows are

    /// How many of the first rows this rank, or another, has.
    func localRows(_ rows: Int, of other: Int? = nil) -> Int {
      let (blocks, rest) = rows.quotientAndRemainder(dividingBy: block)
      let (each, extra) = blocks.quotientAndRemainder(dividingBy: count)
      let r = other ?? rank
      return each * block + (r < extra ? block : r == extra ? rest : 0)
    }

    func owner(of row: Int) -> Int { row / block % count }

    /// A row's place among those of its owner.
    func localRow(_ row: Int) -> Int { row / block / count * block + row % block }

    /// The runs of rows that this rank, or another, has of a range.
    func blocks(of rows: Range<Int>, rank other: Int? = nil) -> [DealtBlock] {
      let r = other ?? rank
      var found: [DealtBlock] = []
      var index = rows.lowerBound / block
      index += (r - index % count + count) % count
      while index * block < rows.upperBound {
        let first = max(index * block, rows.lowerBound)
        let end = min((index + 1) * block, rows.upperBound)
        found.append(DealtBlock(local: localRow(first), global: first, count: end - first))
        index += count
      }
      return found
    }

    /// How many ranks compute on this machine.
    public func neighbours() -> Int { Int(lacuna_mpi_neighbours()) }

    // MARK: Agreements

    /// The least of a number over the ranks.
    public func least(_ value: Int) -> Int {
      var least = Int64(value)
      lacuna_mpi_min(&least, 1)
      return Int(least)
    }

    func sum(_ values: inout [Double]) { lacuna_mpi_sum(&values, CInt(values.count), 8) }

    /// Runs what may fail on one rank alone: then it throws on all, so that none waits for ever.
    func together<Result>(_ work: () throws(BackendError) -> Result) throws(BackendError) -> Result {
      var failure: BackendError?
      var result: Result?
      do throws(BackendError) { result = try work() } catch { failure = error }
      // Bytes that could be had on the rank that has fewest; 0 where another thing failed.
      var available = Int.max
      if case .outOfMemory(_, let bytes, _) = failure { available = bytes } else if failure != nil { available = 0 }
      available = least(available)
      if available == .max, let result { return result }
      if case .outOfMemory(let bytes, _, let device) = failure {
        throw .outOfMemory(requested: bytes, available: available, device: device)
      }
      throw failure ?? .device(call: "another rank", status: 1, log: "failed at the same step")
    }

    // MARK: The end

    /// Ends the process's part: with status 0 it waits for the others, else it ends the job.
    public static func leave(status: Int32) {
      guard current != nil else { return }
      guard status != 0 else { return lacuna_mpi_stop() }
      lacuna_mpi_abort(status)
    }
  }
#endif
