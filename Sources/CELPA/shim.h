#ifndef LACUNA_ELPA_H
#define LACUNA_ELPA_H
/* ELPA's own header speaks of complex types and _Generic, which Swift does not import: the few functions that are used. */
typedef struct elpa_struct *elpa_t;
int elpa_init(int api);
elpa_t elpa_allocate(int *error);
void elpa_deallocate(elpa_t handle, int *error);
void elpa_set_integer(elpa_t handle, const char *name, int value, int *error);
int elpa_setup(elpa_t handle);
void elpa_eigenvalues_a_h_a_d(elpa_t handle, double *a, double *values, int *error);
void elpa_eigenvalues_a_h_a_f(elpa_t handle, float *a, float *values, int *error);
void elpa_eigenvectors_a_h_a_d(elpa_t handle, double *a, double *values, double *vectors, int *error);
void elpa_eigenvectors_a_h_a_f(elpa_t handle, float *a, float *values, float *vectors, int *error);
#endif
