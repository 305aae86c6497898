#if MPI
  import LacunaAlgebra
  import LacunaHost

  /// Along rows, of which each rank does its own.
  extension MPIBackend {
    public func performAddDiagonal(_ value: Element, to a: Matrix) throws(BackendError) {
      forDiagonal(of: a) { place, _ in place.pointee += value }
    }

    public func performDiagonal(of a: Matrix, into vector: Matrix) throws(BackendError) {
      let part = try scratch(a.local.rows, 1)
      forDiagonal(of: a) { place, local in part.pointer[local] = place.pointee }
      try put(part, of: a, into: vector)
    }

    public func performSetDiagonal(of a: Matrix, to vector: Matrix) throws(BackendError) {
      let values = try slice(vector, along: a)
      forDiagonal(of: a) { place, local in place.pointee = values.pointer[local] }
    }

    private func forDiagonal(of a: Matrix, _ body: (UnsafeMutablePointer<Element>, Int) -> Void) {
      for block in a.blocks {
        for i in 0..<block.count {
          body(a.local.pointer + (block.local + i) * a.columns + block.global + i, block.local + i)
        }
      }
    }

    public func performClearUpperTriangle(of a: Matrix) throws(BackendError) {
      forDiagonal(of: a) { place, local in
        let after = place + 1
        let end = a.local.pointer + (local + 1) * a.columns
        after.update(repeating: 0, count: end - after)
      }
    }

    public func performScale(_ a: Matrix, rows: Matrix?, columns: Matrix?) throws(BackendError) {
      var perRow: HostMatrix<Element>?
      var perColumn: HostMatrix<Element>?
      if let rows { perRow = try slice(rows, along: a) }
      if let columns { perColumn = try whole(columns).local }
      try host.scale(a.local, rows: perRow, columns: perColumn)
    }

    public func performAdd(_ source: Matrix, alpha: Element, beta: Element, to target: Matrix) throws(BackendError) {
      try host.add(try local(source, as: target), alpha: alpha, beta: beta, to: target.local)
    }

    public func performHadamard(_ a: Matrix, _ b: Matrix, into target: Matrix) throws(BackendError) {
      try host.hadamard(try local(a, as: target), try local(b, as: target), into: target.local)
    }

    public func performLeaveSamplesOut(
      _ r: Matrix, complements: Matrix, diagonal: Matrix, sampleCount: Int
    ) throws(BackendError) {
      try host.leaveSamplesOut(
        r.local, complements: try slice(complements, along: r), diagonal: try whole(diagonal).local,
        sampleCount: sampleCount)
    }

    public func performRowDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
      let other = try local(b, as: a)
      var factors: HostMatrix<Element>?
      if let weights { factors = try whole(weights).local }
      let part = try scratch(1, a.local.rows)
      try host.rowDots(a.local, other, weights: factors, into: part)
      try put(part, of: a, into: out)
    }

    /// The ranks' sums added in float64.
    public func performColumnDots(_ a: Matrix, _ b: Matrix, weights: Matrix?, into out: Matrix) throws(BackendError) {
      let other = try local(b, as: a)
      var factors: HostMatrix<Element>?
      if let weights { factors = try slice(weights, along: a) }
      let part = try scratch(1, a.columns)
      try host.columnDots(a.local, other, weights: factors, into: part)
      var sums = Element.doubles(try host.download(part))
      if !a.isWhole { ranks.sum(&sums) }
      try performUpload(Element.nearest(sums), to: out, firstRow: 0)
    }

    public func performAutoregress(_ x: Matrix, correlation: Element, adjoint: Bool) throws(BackendError) {
      try host.autoregress(x.local, correlation: correlation, adjoint: adjoint)
    }

    public func performMixBlocks(
      _ x: Matrix, bounds: [Int], scale: Element, shift: [Element]
    ) throws(BackendError) {
      try host.mixBlocks(x.local, bounds: bounds, scale: scale, shift: shift)
    }

    public func performFilterCirculant(_ z: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
      try host.filterCirculant(try local(z, as: out), eigenvalues: eigenvalues, into: out.local)
    }

    public func performCirculantForms(of q: Matrix, eigenvalues: [Element], into out: Matrix) throws(BackendError) {
      let part = try scratch(1, q.local.rows)
      try host.circulantForms(of: q.local, eigenvalues: eigenvalues, into: part)
      try put(part, of: q, into: out)
    }
  }
#endif
