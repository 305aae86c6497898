#if MPI
  import LacunaAlgebra

  extension MPIBackend {
    /// Rounds of blocks of samples: rows of the whole that lie where they are.
    public func performSampleResidualSums(
      of x: Matrix, resolvent q: Matrix, terms: ResidualTerms, rows weights: ResidualRowTerms?
    ) throws(BackendError) -> SampleResidualSums {
      guard !x.isWhole, x.count > 0 else {
        return try residualSumsByProducts(of: x, resolvent: q, terms: terms, rows: weights)
      }
      let round = ranks.block * ranks.count
      let height = max(1, rowBlock(columns: x.columns) / round) * round
      var sums = SampleResidualSums(coordinateCount: x.columns)
      for first in stride(from: 0, to: x.rows, by: height) {
        let rows = first..<min(first + height, x.rows)
        sums.add(
          try residualSumsByProducts(
            of: x.rows(rows), resolvent: q, terms: terms, rows: weights), firstRow: first)
      }
      return sums
    }
  }
#endif
