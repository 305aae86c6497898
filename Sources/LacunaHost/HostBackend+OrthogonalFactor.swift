import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  /// Puts Qᵀ in the place of the reflectors that a reduction to a band of b diagonals left, as `sytrd` does to one:
  /// Q = H(d−b−1)⋯H(0), H(i) = I − τ_i v vᵀ with v[i] = 1, v zero further on, and its first i elements at the start of row i + b.
  ///
  /// As `orgtr`, but 128 reflectors at a time where that takes 32: products of so small an inner side run at two thirds of
  /// their speed. H(i) touches the first i + 1 coordinates alone, so Qᵀ grows with the blocks. A block is I − V L⁻¹ Vᵀ, the
  /// lower triangle of L that of VᵀV with 1/τ on the diagonal (Joffrain et al., ACM TOMS 32, 2006).
  /// - Parameter width: b.
  func formOrthogonalFactor(_ a: HostMatrix<Element>, tau: [Element], width: Int) throws(BackendError) {
    let (n, step) = (a.rows, 128)
    let reflectors = max(n - width, 0)
    let q = a.pointer
    let block = min(step, n)
    // Vᵀ, a row a reflector; QᵀV; L.
    let vectors = try makeMatrix(rows: block, columns: n)
    let products = try makeMatrix(rows: n, columns: block)
    let triangle = try makeMatrix(rows: block, columns: block)
    let (v, u, l) = (vectors.pointer, products.pointer, triangle.pointer)
    let (stride, inner) = (try blasSize(n), try blasSize(block))
    for first in Swift.stride(from: 0, to: reflectors, by: step) {
      let end = min(first + step, reflectors)
      for i in first..<end {
        let row = v + (i - first) * n
        // Where τ = 0 the reflector is the identity, whatever v is.
        let isIdentity = tau[i] == 0
        if !isIdentity { row.update(from: q + (i + width) * n, count: i) }
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
    for j in 0..<reflectors { (q + j * n + reflectors).clear(count: n - reflectors) }
    for j in reflectors..<n {
      (q + j * n).clear(count: n)
      q[j * (n + 1)] = 1
    }
  }
}
