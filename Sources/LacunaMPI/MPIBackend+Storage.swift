#if MPI
  import CMPI
  import LacunaAlgebra
  import LacunaHost

  extension MPIBackend {
    public func performMakeMatrix(rows: Int, columns: Int) throws(BackendError) -> Matrix {
      try make(rows, columns, whole: rows <= ranks.wholeRows)
    }

    public func performUpload(_ values: [Element], to matrix: Matrix, firstRow: Int) throws(BackendError) {
      let columns = matrix.columns
      guard columns > 0, !values.isEmpty else { return }
      if matrix.isWhole { return try host.upload(values, to: matrix.local, firstRow: firstRow) }
      values.withUnsafeBufferPointer { source in
        for block in ranks.blocks(of: firstRow..<firstRow + values.count / columns) {
          (matrix.local.pointer + block.local * columns).update(
            from: source.baseAddress! + (block.global - firstRow) * columns, count: block.count * columns)
        }
      }
    }

    /// The values on every rank.
    public func performDownload(_ matrix: Matrix, rows: Range<Int>) throws(BackendError) -> [Element] {
      if matrix.isWhole { return try host.download(matrix.local, rows: rows) }
      let all = try scratch(rows.count, matrix.columns)
      try collect(matrix, rows: rows, into: all.pointer)
      return try host.download(all)
    }

    public func performClear(_ matrix: Matrix) throws(BackendError) { try host.clear(matrix.local) }

    public func performCopy(_ source: Matrix, to target: Matrix) throws(BackendError) {
      try host.copy(try local(source, as: target), to: target.local)
    }

    public func performCopyColumns(of source: Matrix, from firstColumn: Int, to target: Matrix) throws(BackendError) {
      try host.copyColumns(of: try local(source, as: target), from: firstColumn, to: target.local)
    }

    public func performGather(
      of source: Matrix, rows: [Int], columns: [Int]?, into target: Matrix
    ) throws(BackendError) {
      try move(rows.enumerated().map { ($1, $0) }, of: source, columns: columns, into: target)
    }

    public func performScatterRows(of source: Matrix, to target: Matrix, at rows: [Int]) throws(BackendError) {
      try move(rows.enumerated().map { ($0, $1) }, of: source, columns: nil, into: target)
    }

    /// Each rank fills its own rows.
    public func performFill(
      _ x: Matrix, law: EntryLaw, stream: RandomStream, offset: UInt64
    ) throws(BackendError) {
      for block in x.blocks {
        try host.fill(
          x.localRows(block.local, block.count), law: law, stream: stream,
          offset: offset &+ UInt64(block.global * x.columns))
      }
    }

    /// target[to, :] ← source[from, columns] for each pair, every rank sending what others need of it.
    private func move(
      _ pairs: [(from: Int, to: Int)], of source: Matrix, columns: [Int]?, into target: Matrix
    ) throws(BackendError) {
      let count = target.columns
      guard count > 0, !pairs.isEmpty else { return }
      func put(_ row: UnsafePointer<Element>, at place: UnsafeMutablePointer<Element>) {
        if let columns {
          for j in columns.indices { place[j] = row[columns[j]] }
        } else {
          place.update(from: row, count: count)
        }
      }
      if source.isWhole {
        for (from, to) in pairs where target.isWhole || ranks.owner(of: to) == ranks.rank {
          put(
            source.local.pointer + from * source.columns,
            at: target.local.pointer + (target.isWhole ? to : ranks.localRow(to)) * count)
        }
        return
      }
      let height = min(pairs.count, max(1, (1 << 22) / count))
      let (out, arrived) = (try scratch(height, count), try scratch(height, count))
      for first in stride(from: 0, to: pairs.count, by: height) {
        let part = pairs[first..<min(first + height, pairs.count)]
        var outCounts: [CInt] = []
        var inCounts: [CInt] = []
        var places: [UnsafeMutablePointer<Element>] = []
        var filled = 0
        for r in 0..<ranks.count {
          let before = filled
          // What rank r needs of this one; a whole target is wanted by all.
          for (from, to) in part
          where ranks.owner(of: from) == ranks.rank && (target.isWhole || ranks.owner(of: to) == r) {
            if !target.isWhole || r == 0 {
              put(
                source.local.pointer + ranks.localRow(from) * source.columns, at: out.pointer + filled * count)
            }
            filled += 1
          }
          outCounts.append(CInt((filled - before) * count))
          if target.isWhole { filled = 0 }
          // What this one needs of rank r.
          let known = places.count
          for (from, to) in part
          where ranks.owner(of: from) == r && (target.isWhole || ranks.owner(of: to) == ranks.rank) {
            places.append(target.local.pointer + (target.isWhole ? to : ranks.localRow(to)) * count)
          }
          inCounts.append(CInt((places.count - known) * count))
        }
        lacuna_mpi_exchange(
          out.pointer, outCounts, target.isWhole ? [CInt](repeating: 0, count: ranks.count) : starts(outCounts),
          arrived.pointer, inCounts, starts(inCounts), width)
        for (i, place) in places.enumerated() { place.update(from: arrived.pointer + i * count, count: count) }
      }
    }

    /// Where pieces of some sizes begin that lie one after the other.
    func starts(_ counts: [CInt]) -> [CInt] {
      var starts: [CInt] = []
      var start: CInt = 0
      for count in counts {
        starts.append(start)
        start += count
      }
      return starts
    }
  }
#endif
