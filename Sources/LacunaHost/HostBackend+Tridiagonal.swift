import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  /// `sytrd`, and the orthogonal factor formed over the same memory: O(d) beside the matrix.
  public func performTridiagonalize(_ a: HostMatrix<Element>) throws(BackendError)
    -> SymmetricTridiagonal
  {
    let count = a.rows
    var order = try blasSize(count)
    try requireFiniteLowerTriangle(a, "tridiagonalize")
    var diagonal = [Element](repeating: 0, count: count)
    var offDiagonal = [Element](repeating: 0, count: count)
    var tau = [Element](repeating: 0, count: count)
    var size = Element.zero
    var ask: blasint = -1
    var info: blasint = 0
    blas {
      $0.sytrd("U", &order, a.pointer, &order, &diagonal, &offDiagonal, &tau, &size, &ask, &info, 1)
    }
    let work = try makeWorkspace(size)
    var workCount = try blasSize(work.columns)
    blas {
      $0.sytrd(
        "U", &order, a.pointer, &order, &diagonal, &offDiagonal, &tau, work.pointer, &workCount,
        &info, 1)
    }
    precondition(info == 0, "sytrd: argument \(-info)")
    try formOrthogonalFactor(a, tau: tau)
    return SymmetricTridiagonal(
      diagonal: diagonal.map { Double($0) },
      offDiagonal: offDiagonal[..<(count - 1)].map { Double($0) })
  }

  /// Puts Qᵀ in the place of the reflectors that `sytrd` left: Q = H(d−2)⋯H(0), H(i) = I − τ_i v vᵀ with v[i] = 1, v zero
  /// further on, and its first i elements at the start of row i + 1.
  ///
  /// As `orgtr`, but 128 reflectors at a time where that takes 32: products of so small an inner side run at two thirds of
  /// their speed. H(i) touches the first i + 1 coordinates alone, so Qᵀ grows with the blocks. A block is I − V L⁻¹ Vᵀ, the
  /// lower triangle of L that of VᵀV with 1/τ on the diagonal (Joffrain et al., ACM TOMS 32, 2006).
  private func formOrthogonalFactor(_ a: HostMatrix<Element>, tau: [Element]) throws(BackendError) {
    let (n, width) = (a.rows, 128)
    let q = a.pointer
    let block = min(width, n)
    // Vᵀ, a row a reflector; QᵀV; L.
    let vectors = try makeMatrix(rows: block, columns: n)
    let products = try makeMatrix(rows: n, columns: block)
    let triangle = try makeMatrix(rows: block, columns: block)
    let (v, u, l) = (vectors.pointer, products.pointer, triangle.pointer)
    let (stride, inner) = (try blasSize(n), try blasSize(block))
    for first in Swift.stride(from: 0, to: n - 1, by: width) {
      let end = min(first + width, n - 1)
      for i in first..<end {
        let row = v + (i - first) * n
        // Where τ = 0 the reflector is the identity, whatever v is.
        let isIdentity = tau[i] == 0
        if !isIdentity { row.update(from: q + (i + 1) * n, count: i) }
        row[i] = 1
        if isIdentity { row.clear(count: i + 1) }
        (row + i + 1).clear(count: end - i - 1)
      }
      for j in 0..<first { (q + j * n + first).clear(count: end - first) }
      for j in first..<end {
        (q + j * n).clear(count: end)
        q[j * (n + 1)] = 1
      }
      let (height, count) = (blasint(end), blasint(end - first))
      blas {
        $0.syrk(CblasRowMajor, CblasLower, CblasNoTrans, count, height, 1, v, stride, 0, l, inner)
      }
      for i in first..<end { l[(i - first) * (block + 1)] = tau[i] == 0 ? 1 : 1 / tau[i] }
      blas {
        $0.gemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, height, count, height, 1, q, stride, v, stride,
          0, u, inner)
        $0.trsm(
          CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, height, count, 1, l,
          inner, u, inner)
        $0.gemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, height, height, count, -1, u, inner, v, stride,
          1, q, stride)
      }
    }
    for j in 0..<n { q[j * n + n - 1] = 0 }
    (q + (n - 1) * n).clear(count: n)
    q[n * n - 1] = 1
  }
}
