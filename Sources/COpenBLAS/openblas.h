#ifndef LACUNA_OPENBLAS_H
#define LACUNA_OPENBLAS_H

#include <cblas.h>

/* The Fortran LAPACK routines that OpenBLAS exports, in single and double precision. Each character argument has its
   hidden length at the end of the list, as Fortran passes it. */
#define LACUNA_LAPACK(T, p)                                                                                           \
  void p##geqlf_(const blasint *m, const blasint *n, T *a, const blasint *lda, T *tau, T *work, const blasint *lwork, \
                 blasint *info);                                                                                      \
  void p##potrf_(const char *uplo, const blasint *n, T *a, const blasint *lda, blasint *info, size_t uplo_length);    \
  void p##potri_(const char *uplo, const blasint *n, T *a, const blasint *lda, blasint *info, size_t uplo_length);    \
  void p##syevd_(const char *jobz, const char *uplo, const blasint *n, T *a, const blasint *lda, T *w, T *work,       \
                 const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t jobz_length,      \
                 size_t uplo_length);                                                                                 \
  void p##syevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, T *a, const blasint *lda,   \
                 const T *vl, const T *vu, const blasint *il, const blasint *iu, const T *abstol, blasint *m, T *w,   \
                 T *z, const blasint *ldz, blasint *isuppz, T *work, const blasint *lwork, blasint *iwork,            \
                 const blasint *liwork, blasint *info, size_t jobz_length, size_t range_length, size_t uplo_length); \
  void p##sytrd_(const char *uplo, const blasint *n, T *a, const blasint *lda, T *d, T *e, T *tau, T *work,           \
                 const blasint *lwork, blasint *info, size_t uplo_length);

/* Symmetric tridiagonal eigenproblems: values alone, and divide and conquer with vectors. */
void dsterf_(const blasint *n, double *d, double *e, blasint *info);
void dstedc_(const char *compz, const blasint *n, double *d, double *e, double *z, const blasint *ldz, double *work,
             const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t compz_length);

LACUNA_LAPACK(float, s)
LACUNA_LAPACK(double, d)

#undef LACUNA_LAPACK

#endif
