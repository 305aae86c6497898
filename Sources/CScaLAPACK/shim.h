#ifndef LACUNA_SCALAPACK_H
#define LACUNA_SCALAPACK_H
/* ScaLAPACK comes without a header. The size_t at the end of a list are the lengths of its strings, as Fortran wants them. */
#include <stddef.h>

void Cblacs_get(int context, int what, int *value);
void Cblacs_gridinit(int *context, const char *order, int rows, int columns);
void Cblacs_gridinfo(int context, int *rows, int *columns, int *row, int *column);
int numroc_(const int *n, const int *nb, const int *p, const int *first, const int *count);

void psgemr2d_(const int *m, const int *n, const float *a, const int *ia, const int *ja, const int *da, float *b, const int *ib,
               const int *jb, const int *db, const int *context);
void pssytrd_(const char *uplo, const int *n, float *a, const int *ia, const int *ja, const int *da, float *d, float *e, float *tau,
              float *work, const int *lwork, int *info, size_t);
void psormtr_(const char *side, const char *uplo, const char *trans, const int *m, const int *n, const float *a, const int *ia,
              const int *ja, const int *da, const float *tau, float *c, const int *ic, const int *jc, const int *dc, float *work,
              const int *lwork, int *info, size_t, size_t, size_t);

void pdgemr2d_(const int *m, const int *n, const double *a, const int *ia, const int *ja, const int *da, double *b, const int *ib,
               const int *jb, const int *db, const int *context);
void pdsytrd_(const char *uplo, const int *n, double *a, const int *ia, const int *ja, const int *da, double *d, double *e, double *tau,
              double *work, const int *lwork, int *info, size_t);
void pdormtr_(const char *side, const char *uplo, const char *trans, const int *m, const int *n, const double *a, const int *ia,
              const int *ja, const int *da, const double *tau, double *c, const int *ic, const int *jc, const int *dc, double *work,
              const int *lwork, int *info, size_t, size_t, size_t);
#endif
