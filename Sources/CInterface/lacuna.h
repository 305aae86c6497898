/* The C interface of Lacuna: fits of the joint predictor, studies, theory, devices. See README.md beside this file. */
#ifndef LACUNA_H
#define LACUNA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a function changes or goes; not when one is added. */
#define LACUNA_ABI_VERSION 2

/* What every function with a message returns. */
enum {
  LACUNA_OK = 0,
  LACUNA_ARGUMENT = 1,      /* a null pointer, a shape, an option */
  LACUNA_CONFIGURATION = 2, /* a configuration that is refused */
  LACUNA_DATA = 3,          /* data without what was asked of them, or a file */
  LACUNA_MEMORY = 4,
  LACUNA_DEVICE = 5,
  LACUNA_CANCELLED = 6, /* the progress function said so */
  LACUNA_INTERNAL = 7
};

/* Types of numbers. */
enum { LACUNA_FLOAT64 = 0, LACUNA_FLOAT32 = 1 };

/* Vectors of a fit, a number a coordinate. */
enum {
  LACUNA_MEANS = 0,        /* that were taken off; zeros without an intercept */
  LACUNA_MEAN_SQUARES = 1, /* after the means */
  LACUNA_PENALTY = 2,      /* w: the ridge weighs the square of coefficient j by ridge * w_j */
  LACUNA_TRAINING = 3,     /* errors at the ridge that was chosen */
  LACUNA_HELD_OUT = 4,     /* exact, without the row or its group, under leave-one-out masks; NaN where none was held out */
  LACUNA_GCV = 5
};

typedef struct lacuna_fit lacuna_fit;
typedef struct lacuna_study lacuna_study;

/* Called after each ridge or trial, and with the same numbers again (0 and 0 before the first) between pieces of work, some ten
   times a second, from one thread at a time, which need not be the caller's; what it returns other than 0 ends the call with
   LACUNA_CANCELLED. */
typedef int32_t (*lacuna_progress)(void *context, int64_t done, int64_t total);

int32_t lacuna_abi_version(void);
const char *lacuna_version(void);

/* Once, before the process has other threads that compute; may be left out. Shortens how long OpenBLAS's threads wait. */
void lacuna_prepare(void);

/* Frees a text that a function gave; NULL is nothing. */
void lacuna_text_free(char *text);

/* Devices as JSON: {"devices": [{"id", "name", "usable", ...}]}. Listing starts their drivers. */
int32_t lacuna_devices(char **json, char *message, int64_t capacity);

/* Fits rows of numbers; strides in bytes. groups: a label a row, rows of one label are left out together where the ridge is
   judged (leave-one-out masks alone); NULL leaves them out one by one. Options, JSON or YAML, NULL for the defaults:
     {"mask": "leave_one_out" or as model.mask of a configuration, "ridge": "auto", "ridgeless", a number, a list or
      {"from", "to", "count"}, "weights": "uniform", "variance", "self", "auto" or a number above 0 a column,
      "targets": columns from 0 that are predicted and predict no other, "covariates": that predict and are not predicted,
      "intercept": false, "seed": 1, "names": [...], "device": "auto", "precision": "float64", "threads": 2,
      "borrow": false}
   NaN is a missing cell under the mask "observed", and refused elsewhere. The data are copied, unless the caller borrows them out:
   with "borrow": true they must stay where and as they are until the fit is freed. Then leave-one-out masks with as many rows
   as columns or more, and no groups, hold no copy of data beyond 8 MiB on the host; what is asked of the fit later may read them
   again, and ends in LACUNA_DATA where they have changed. */
int32_t lacuna_fit_create(const void *data, int32_t type, int64_t rows, int64_t columns, int64_t row_stride,
                          int64_t column_stride, const int64_t *groups, const char *options, lacuna_progress progress,
                          void *context, lacuna_fit **fit, char *message, int64_t capacity);

/* The same of compressed rows, which are never made dense but where float64 loses digits and the cells are few: row i has the
   entries from row_starts[i] (0 for i = 0) to row_starts[i + 1], their columns from 0, rising. Under leave-one-out masks. */
int32_t lacuna_fit_create_sparse(const int64_t *row_starts, const int32_t *column_indices, const void *values,
                                 int32_t type, int64_t rows, int64_t columns, const char *options,
                                 lacuna_progress progress, void *context, lacuna_fit **fit, char *message,
                                 int64_t capacity);
void lacuna_fit_free(lacuna_fit *fit);

/* What `lacuna fit` writes as fit.json. */
int32_t lacuna_fit_summary(lacuna_fit *fit, char **json, char *message, int64_t capacity);

/* The error to expect of other numbers of rows, checked on half of them, and what is doubtful about it: the keys of fit.json from
   learning_curve to subsamples, and warnings. */
int32_t lacuna_fit_learning(lacuna_fit *fit, lacuna_progress progress, void *context, char **json, char *message,
                            int64_t capacity);

/* Directions that the eigenvalues of the predictor tell of: the keys spectrum and spectrum_reason of fit.json, and "directions",
   unit vectors in the units of the data, the strongest first. permutations: 0, or copies with permuted columns, 19 or more. */
int32_t lacuna_fit_spectrum(lacuna_fit *fit, int32_t permutations, lacuna_progress progress, void *context, char **json,
                            char *message, int64_t capacity);

/* Whether masked regression or probabilistic PCA predicts hidden cells of these rows better: the keys verdict and verdict_reason of
   fit.json, and "sentence". */
int32_t lacuna_fit_verdict(lacuna_fit *fit, lacuna_progress progress, void *context, char **json, char *message,
                           int64_t capacity);

/* count: of coordinates. LACUNA_ARGUMENT where the mask has no such numbers. */
int32_t lacuna_fit_vector(lacuna_fit *fit, int32_t which, double *out, int64_t count, char *message, int64_t capacity);

/* All vectors one after the other, in the order of their numbers, NaN in those that the mask does not have; count: elements of out,
   6 x columns. Each of present (bit k for vector k), ridge (the one chosen) and warnings (how many the summary has) may be NULL. */
int32_t lacuna_fit_vectors(lacuna_fit *fit, double *out, int64_t count, int32_t *present, double *ridge,
                           int64_t *warnings, char *message, int64_t capacity);

/* The predictor, columns x columns, row k predicting coordinate k; count: elements of out. */
int32_t lacuna_fit_predictor(lacuna_fit *fit, void *out, int32_t type, int64_t count, char *message, int64_t capacity);

/* The same without a copy: values is where the fit had it, of the fit's precision, the caller's from now on, until
   lacuna_release(owner). Both are NULL where it comes in no such form: with fewer rows than columns, weights, other masks, on a
   device with memory of its own, or in more digits than the device has. */
int32_t lacuna_fit_take_predictor(lacuna_fit *fit, void **values, void **owner, char *message, int64_t capacity);
void lacuna_release(void *owner);

/* With fewer rows than columns the predictor is s_k g_k . g_j for j != k: factors are the g, columns x rows, scales the s. */
int32_t lacuna_fit_factors(lacuna_fit *fit, void *factors, int32_t type, int64_t count, double *scales,
                           int64_t scale_count, char *message, int64_t capacity);

/* Every cell less its prediction by the fit without its row, or its group of rows, rows x columns; under leave-one-out masks
   without targets or covariates. */
int32_t lacuna_fit_residuals(lacuna_fit *fit, void *out, int32_t type, int64_t count, char *message, int64_t capacity);

/* The data with missing cells filled, rows x columns; under the mask "observed". */
int32_t lacuna_fit_filled(lacuna_fit *fit, double *out, int64_t count, char *message, int64_t capacity);

/* A study of a configuration, JSON or YAML, with its theory. overrides: key=value, a line each, or NULL; folder: where
   relative paths in the configuration start, or NULL for the current one; threads: 0 for the default. */
int32_t lacuna_study_create(const char *configuration, const char *overrides, const char *folder, int32_t threads,
                            lacuna_study **study, char *message, int64_t capacity);
void lacuna_study_free(lacuna_study *study);

/* The points of the study from theory alone, as `lacuna theory --json` prints them. */
int32_t lacuna_study_theory(lacuna_study *study, char **json, char *message, int64_t capacity);

/* Runs all trials. Options: "device", "precision" and "threads" as of a fit. */
int32_t lacuna_study_run(lacuna_study *study, const char *options, lacuna_progress progress, void *context,
                         char *message, int64_t capacity);

/* What finished trials gave, as `lacuna simulate --json` prints it; also while it runs (at most 0.1 s old) and after it was
   cancelled. LACUNA_ARGUMENT before any trial. */
int32_t lacuna_study_results(lacuna_study *study, char **json, char *message, int64_t capacity);

/* The lines of trials.jsonl so far. */
int32_t lacuna_study_trials(lacuna_study *study, char **lines, char *message, int64_t capacity);

/* Many numbers of one point, a row a trial, such as "spectrum.eigenvalues". With out NULL it says the shape alone. */
int32_t lacuna_study_rows(lacuna_study *study, int64_t point, const char *name, double *out, int64_t *rows,
                          int64_t *columns, char *message, int64_t capacity);

/* Of a configuration, by theory, as JSON arrays:
   the spectrum of the predictor at every n and ridge: intervals, atoms, outliers, and count values of the density in each;
   the ridge of least expected error at every n (null: it grows without end);
   the strength from which each spike leaves the bulk at every n and ridge, and the ridge at which that is least. */
int32_t lacuna_spectral_density(const char *configuration, const char *overrides, const char *folder, int64_t count,
                                char **json, char *message, int64_t capacity);
int32_t lacuna_optimal_ridge(const char *configuration, const char *overrides, const char *folder, char **json,
                             char *message, int64_t capacity);
int32_t lacuna_threshold(const char *configuration, const char *overrides, const char *folder, char **json,
                         char *message, int64_t capacity);

#ifdef __cplusplus
}
#endif

#endif
