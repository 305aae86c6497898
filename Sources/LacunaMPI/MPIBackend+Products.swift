#if MPI
  import CMPI
  import COpenBLAS
  import LacunaAlgebra
  import LacunaHost

  /// Products of a rank's own rows with panels that all ranks see, or sums over ranks of which each keeps its own rows.
  extension MPIBackend {
    public func performMultiply(
      _ a: Matrix, transposeA: Bool, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
    ) throws(BackendError) {
      let inner = transposeA ? a.rows : a.columns
      guard c.count > 0 else { return }
      guard inner > 0 else {
        return try beta == 0 ? host.clear(c.local) : host.add(c.local, alpha: 0, beta: beta, to: c.local)
      }
      if b.isWhole, a.isWhole == c.isWhole, a.isWhole || !transposeA {
        return try host.multiply(
          a.local, transposeA: transposeA, b.local, transposeB: transposeB, alpha: alpha, beta: beta, into: c.local)
      }
      if a.isWhole, c.isWhole, !transposeA {
        return try multiplyFew(a, b, transposeB: transposeB, alpha: alpha, beta: beta, into: c)
      }
      if c.isWhole {
        let target = try dealt(c)
        try performMultiply(
          a, transposeA: transposeA, b, transposeB: transposeB, alpha: alpha, beta: beta, into: target)
        return try collect(target, rows: 0..<c.rows, into: c.local.pointer)
      }
      if transposeA && transposeB {
        // AᵀBᵀ = (BA)ᵀ.
        let product = try make(c.columns, c.rows, whole: false)
        try performMultiply(b, transposeA: false, a, transposeB: false, alpha: alpha, beta: 0, into: product)
        return try host.add(try turn(product), alpha: 1, beta: beta, to: c.local)
      }
      if beta == 0 {
        try host.clear(c.local)
      } else if beta != 1 {
        try host.add(c.local, alpha: 0, beta: beta, to: c.local)
      }
      let (left, right) = (try dealt(a), try dealt(b))
      if transposeA {
        try addSum(left.local, right.local, scale: alpha, to: c, lowerTriangle: false)
      } else {
        try addPanels(left, right, transposed: transposeB, scale: alpha, to: c)
      }
    }

    /// C ← C + scale · A·op(B), all dealt: panels of rows of B on every rank.
    private func addPanels(
      _ a: Matrix, _ b: Matrix, transposed: Bool, scale: Element, to c: Matrix
    ) throws(BackendError) {
      let height = min(b.rows, panelHeight)
      let panel = try scratch(height, b.columns)
      let own = a.local.rows
      let (strideA, strideB, strideC) = (try small(a.columns), try small(b.columns), try small(c.columns))
      for first in stride(from: 0, to: b.rows, by: height) {
        let count = min(height, b.rows - first)
        try collect(b, rows: first..<first + count, into: panel.pointer)
        guard own > 0 else { continue }
        blas {
          if transposed {
            $0.gemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, blasint(own), blasint(count), strideA, scale, a.local.pointer,
              strideA, panel.pointer, strideB, 1, c.local.pointer + first, strideC)
          } else {
            $0.gemm(
              CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(own), strideC, blasint(count), scale,
              a.local.pointer + first, strideA, panel.pointer, strideB, 1, c.local.pointer, strideC)
          }
        }
      }
    }

    /// C ← C + scale · Σ_ranks LᵀR over each rank's own rows L and R, which may be of any height; C is dealt.
    ///
    /// Panels of rows of C, summed onto their owners.
    func addSum(
      _ left: HostMatrix<Element>, _ right: HostMatrix<Element>, scale: Element, to c: Matrix, lowerTriangle: Bool
    ) throws(BackendError) {
      let (m, n) = (c.rows, c.columns)
      guard m > 0, n > 0 else { return }
      let height = min(m, panelHeight)
      let sums = try PanelSums(self, height: height, columns: n)
      let (strideL, strideR, inner) = (try small(m), try small(n), try small(left.rows))
      for first in stride(from: 0, to: m, by: height) {
        let rows = first..<min(first + height, m)
        let columns = lowerTriangle ? rows.upperBound : n
        try sums.add(rows: rows, columns: columns) { panel in
          guard inner > 0 else { return panel.update(repeating: 0, count: rows.count * columns) }
          blas {
            $0.gemm(
              CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows.count), blasint(columns), inner, scale,
              left.pointer + first, strideL, right.pointer, strideR, 0, panel, blasint(columns))
          }
        } toRow: { local, global, sum in
          addCells(sum, to: c.local.pointer + local * n, count: lowerTriangle ? global + 1 : columns)
        }
      }
    }

    /// Few rows, whole on every rank, times a dealt matrix.
    private func multiplyFew(
      _ a: Matrix, _ b: Matrix, transposeB: Bool, alpha: Element, beta: Element, into c: Matrix
    ) throws(BackendError) {
      if transposeB {
        // Own rows of B give own columns of the result.
        let part = try scratch(b.local.rows, a.rows)
        try host.multiply(b.local, transposeA: false, a.local, transposeB: true, alpha: alpha, beta: 0, into: part)
        let turned = Matrix(rows: b.rows, columns: a.rows, ranks: ranks, isWhole: false, local: part)
        let all = try whole(turned).local
        let product = try scratch(c.rows, c.columns)
        transposeCells(
          all.pointer, rows: c.columns, columns: c.rows, lead: c.rows, to: product.pointer, stride: c.columns)
        return try host.add(product, alpha: 1, beta: beta, to: c.local)
      }
      let own = try scratch(a.rows, b.local.rows)
      for block in b.blocks {
        for i in 0..<a.rows {
          (own.pointer + i * own.columns + block.local).update(
            from: a.local.pointer + i * a.columns + block.global, count: block.count)
        }
      }
      let sum = try scratch(c.rows, c.columns)
      try host.multiply(own, transposeA: false, b.local, transposeB: false, alpha: alpha, beta: 0, into: sum)
      lacuna_mpi_sum(sum.pointer, try small(sum.count), width)
      try host.add(sum, alpha: 1, beta: beta, to: c.local)
    }

    /// The Gram of each rank's own rows, summed.
    public func performAccumulateGram(of x: Matrix, scale: Element, into s: Matrix) throws(BackendError) {
      if s.isWhole {
        guard !x.isWhole else { return try host.accumulateGram(of: x.local, scale: scale, into: s.local) }
        let sum = try scratch(s.rows, s.columns)
        try host.accumulateGram(of: x.local, scale: scale, into: sum)
        lacuna_mpi_sum(sum.pointer, try small(sum.count), width)
        for i in 0..<s.rows {
          addCells(sum.pointer + i * s.columns, to: s.local.pointer + i * s.columns, count: i + 1)
        }
        return
      }
      let rows = try dealt(x).local
      try addSum(rows, rows, scale: scale, to: s, lowerTriangle: true)
    }

    /// Own rows with panels of all.
    public func performAccumulateSampleGram(of x: Matrix, scale: Element, into k: Matrix) throws(BackendError) {
      guard x.count > 0 else { return }
      if k.isWhole { return try host.accumulateSampleGram(of: try whole(x).local, scale: scale, into: k.local) }
      let x = try dealt(x)
      let (n, own) = (x.rows, x.local.rows)
      let height = min(n, panelHeight)
      let (panel, products) = (try scratch(height, x.columns), try scratch(own, height))
      let inner = try small(x.columns)
      for first in stride(from: 0, to: n, by: height) {
        let columns = first..<min(first + height, n)
        try collect(x, rows: columns, into: panel.pointer)
        let start = ranks.localRows(first)
        guard own > start else { continue }
        blas {
          $0.gemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(own - start), blasint(columns.count), inner, scale,
            x.local.pointer + start * x.columns, inner, panel.pointer, inner, 0, products.pointer,
            blasint(columns.count))
        }
        var product = products.pointer
        for block in ranks.blocks(of: first..<n) {
          for i in block.global..<block.global + block.count {
            addCells(
              product, to: k.local.pointer + (block.local + i - block.global) * n + first,
              count: min(columns.upperBound, i + 1) - first)
            product += columns.count
          }
        }
      }
    }

    /// By panels of rows of L, which solve for as many coordinates of a rank's own rows.
    public func performSolveTriangular(_ l: Matrix, transposed: Bool, rows b: Matrix) throws(BackendError) {
      guard l.rows > 0 else { return }
      if l.isWhole { return try host.solveTriangular(l.local, transposed: transposed, rows: b.local) }
      let (d, own) = (l.rows, b.local.rows)
      let height = min(d, panelHeight)
      let panel = try scratch(height, d)
      let (order, count) = (try small(d), try small(own))
      let firsts = Array(stride(from: 0, to: d, by: height))
      for first in transposed ? firsts.reversed() : firsts {
        let rows = first..<min(first + height, d)
        try collect(l, rows: rows, into: panel.pointer)
        guard own > 0 else { continue }
        let (width, before) = (blasint(rows.count), blasint(first))
        let x = b.local.pointer
        blas {
          if !transposed, first > 0 {
            $0.gemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, count, width, before, -1, x, order, panel.pointer, order, 1,
              x + first, order)
          }
          $0.trsm(
            CblasRowMajor, CblasRight, CblasLower, transposed ? CblasNoTrans : CblasTrans, CblasNonUnit, count, width,
            1,
            panel.pointer + first, order, x + first, order)
          if transposed, first > 0 {
            $0.gemm(
              CblasRowMajor, CblasNoTrans, CblasNoTrans, count, before, width, -1, x + first, order, panel.pointer,
              order,
              1, x, order)
          }
        }
      }
    }
  }
#endif
