import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  public func performMultiply(
    _ a: HostMatrix<Element>, transposeA: Bool, _ b: HostMatrix<Element>, transposeB: Bool,
    alpha: Element,
    beta: Element, into c: HostMatrix<Element>
  ) throws(BackendError) {
    let (m, inner) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let n = c.columns
    let blasM = try blasSize(m)
    let blasN = try blasSize(n)
    let blasInner = try blasSize(inner)
    let (strideA, strideB) = (transposeA ? blasM : blasInner, transposeB ? blasInner : blasN)
    guard m > 0, n > 0 else { return }
    // BLAS may multiply what it finds by 0, and 0·NaN is NaN.
    if beta == 0, inner == 0 || m == 1 || n == 1 { c.pointer.clear(count: c.count) }
    if inner == 0 {
      if beta != 0 { scaleElements(c.pointer, count: c.count, by: beta, threads: threads) }
    } else if n == 1 {
      blas {
        $0.gemv(
          CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeA ? blasInner : blasM,
          transposeA ? blasM : blasInner, alpha, a.pointer, strideA, b.pointer, 1, beta, c.pointer,
          1)
      }
    } else if m == 1 {
      blas {
        $0.gemv(
          CblasRowMajor, transposeB ? CblasNoTrans : CblasTrans, transposeB ? blasN : blasInner,
          transposeB ? blasInner : blasN, alpha, b.pointer, strideB, a.pointer, 1, beta, c.pointer,
          1)
      }
    } else {
      blas {
        $0.gemm(
          CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
          transposeB ? CblasTrans : CblasNoTrans, blasM, blasN,
          blasInner, alpha, a.pointer, strideA, b.pointer, strideB, beta, c.pointer, blasN)
      }
    }
  }

  public func performAccumulateGram(
    of x: HostMatrix<Element>, scale: Element, into s: HostMatrix<Element>
  ) throws(BackendError) {
    let order = try blasSize(x.columns)
    let inner = try blasSize(x.rows)
    guard order > 0, inner > 0 else { return }
    blas {
      $0.syrk(
        CblasRowMajor, CblasLower, CblasTrans, order, inner, scale, x.pointer, order, 1, s.pointer,
        order)
    }
  }

  public func performAccumulateSampleGram(
    of x: HostMatrix<Element>, scale: Element, into k: HostMatrix<Element>
  ) throws(BackendError) {
    let order = try blasSize(x.rows)
    let inner = try blasSize(x.columns)
    guard order > 0, inner > 0 else { return }
    blas {
      $0.syrk(
        CblasRowMajor, CblasLower, CblasNoTrans, order, inner, scale, x.pointer, inner, 1,
        k.pointer, order)
    }
  }
}
