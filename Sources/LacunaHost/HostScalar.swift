import COpenBLAS
import LacunaAlgebra

/// A scalar that the host's BLAS and LAPACK compute in.
public protocol HostScalar: Scalar {
  /// The routines of this precision.
  static var routines: HostRoutines<Self> { get }
}

extension Float: HostScalar {
  public static let routines = HostRoutines<Float>(
    gemm: cblas_sgemm, gemv: cblas_sgemv, geqlf: sgeqlf_, potrf: spotrf_, potri: spotri_, syevd: ssyevd_,
    syevr: ssyevr_, symm: cblas_ssymm, symv: cblas_ssymv, syr2k: cblas_ssyr2k, syrk: cblas_ssyrk, sytrd: ssytrd_,
    trsm: cblas_strsm)
}

extension Double: HostScalar {
  public static let routines = HostRoutines<Double>(
    gemm: cblas_dgemm, gemv: cblas_dgemv, geqlf: dgeqlf_, potrf: dpotrf_, potri: dpotri_, syevd: dsyevd_,
    syevr: dsyevr_, symm: cblas_dsymm, symv: cblas_dsymv, syr2k: cblas_dsyr2k, syrk: cblas_dsyrk, sytrd: dsytrd_,
    trsm: cblas_dtrsm)
}

/// The BLAS and LAPACK routines of one precision, under the names they share.
///
/// BLAS is called row-major. LAPACK knows column-major storage only: the row-major lower triangle of a symmetric matrix
/// is the column-major upper triangle of the same memory, and columns of eigenvectors are rows.
public struct HostRoutines<Element>: Sendable {
  package typealias In = UnsafePointer<Element>?
  package typealias InOut = UnsafeMutablePointer<Element>?
  package typealias Character = UnsafePointer<CChar>?
  package typealias Size = UnsafePointer<blasint>?
  package typealias Info = UnsafeMutablePointer<blasint>?

  package let gemm:
    @Sendable (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Element, In, blasint, In, blasint,
      Element, InOut, blasint
    ) -> Void
  let gemv:
    @Sendable (
      CBLAS_ORDER, CBLAS_TRANSPOSE, blasint, blasint, Element, In, blasint, In, blasint, Element, InOut, blasint
    ) -> Void
  let geqlf: @Sendable (Size, Size, InOut, Size, InOut, InOut, Size, Info) -> Void
  let potrf: @Sendable (Character, Size, InOut, Size, Info, Int) -> Void
  let potri: @Sendable (Character, Size, InOut, Size, Info, Int) -> Void
  let syevd: @Sendable (Character, Character, Size, InOut, Size, InOut, InOut, Size, Info, Size, Info, Int, Int) -> Void
  let syevr:
    @Sendable (
      Character, Character, Character, Size, InOut, Size, In, In, Size, Size, In, Info, InOut, InOut, Size, Info,
      InOut, Size, Info, Size, Info, Int, Int, Int
    ) -> Void
  let symm:
    @Sendable (
      CBLAS_ORDER, CBLAS_SIDE, CBLAS_UPLO, blasint, blasint, Element, In, blasint, In, blasint, Element, InOut, blasint
    ) -> Void
  let symv:
    @Sendable (
      CBLAS_ORDER, CBLAS_UPLO, blasint, Element, In, blasint, In, blasint, Element, InOut, blasint
    ) -> Void
  let syr2k:
    @Sendable (
      CBLAS_ORDER, CBLAS_UPLO, CBLAS_TRANSPOSE, blasint, blasint, Element, In, blasint, In, blasint, Element, InOut,
      blasint
    ) -> Void
  let syrk:
    @Sendable (
      CBLAS_ORDER, CBLAS_UPLO, CBLAS_TRANSPOSE, blasint, blasint, Element, In, blasint, Element, InOut, blasint
    ) -> Void
  let sytrd: @Sendable (Character, Size, InOut, Size, InOut, InOut, InOut, InOut, Size, Info, Int) -> Void
  package let trsm:
    @Sendable (
      CBLAS_ORDER, CBLAS_SIDE, CBLAS_UPLO, CBLAS_TRANSPOSE, CBLAS_DIAG, blasint, blasint, Element, In, blasint, InOut,
      blasint
    ) -> Void
}
