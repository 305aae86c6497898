/* A fit and a study from C. Exit status 1 where a number is not what it must be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lacuna.h"

static char message[512];

static void require(int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "example.c: %s; the library says: %s\n", what, message);
    exit(1);
  }
}

/* Ends a study after two trials. */
static int32_t stop_at_two(void *context, int64_t done, int64_t total) {
  *(int64_t *)context = done;
  return done >= 2 && total == 50;
}

static int32_t stop_at_once(void *context, int64_t done, int64_t total) {
  (void)context;
  (void)done;
  (void)total;
  return 1;
}

int main(void) {
  require(lacuna_abi_version() == LACUNA_ABI_VERSION, "the header is of another library");
  lacuna_prepare();

  /* Two columns: each regression has one coefficient, S_12 / (S_jj + ridge). */
  enum { n = 7 };
  double x[n][2];
  double s11 = 0, s12 = 0, s22 = 0;
  for (int i = 0; i < n; i++) {
    x[i][0] = sin(1.0 + i);
    x[i][1] = cos(2.0 * i) + 0.5 * x[i][0];
    s11 += x[i][0] * x[i][0] / n;
    s12 += x[i][0] * x[i][1] / n;
    s22 += x[i][1] * x[i][1] / n;
  }
  lacuna_fit *fit = NULL;
  int32_t status = lacuna_fit_create(x, LACUNA_FLOAT64, n, 2, sizeof x[0], sizeof x[0][0], NULL,
                                     "{\"ridge\": 0.25, \"device\": \"host\", \"threads\": 1}", NULL, NULL, &fit,
                                     message, sizeof message);
  require(status == LACUNA_OK && fit != NULL, "the fit");
  double a[2][2], training[2];
  require(lacuna_fit_predictor(fit, a, LACUNA_FLOAT64, 4, message, sizeof message) == LACUNA_OK, "the predictor");
  require(a[0][0] == 0 && a[1][1] == 0, "the predictor is hollow");
  require(fabs(a[0][1] - s12 / (s22 + 0.25)) < 1e-14 && fabs(a[1][0] - s12 / (s11 + 0.25)) < 1e-14,
          "the coefficients");
  require(lacuna_fit_vector(fit, LACUNA_TRAINING, training, 2, message, sizeof message) == LACUNA_OK, "errors");
  double error = s11 - 2 * a[0][1] * s12 + a[0][1] * a[0][1] * s22;
  require(fabs(training[0] - error) < 1e-14, "the training error");
  float single[4];
  require(lacuna_fit_predictor(fit, single, LACUNA_FLOAT32, 4, message, sizeof message) == LACUNA_OK, "in float32");
  require(single[1] == (float)a[0][1], "the same in float32");
  require(lacuna_fit_predictor(fit, a, LACUNA_FLOAT64, 3, message, sizeof message) == LACUNA_ARGUMENT,
          "a short buffer is refused");
  char *text = NULL;
  require(lacuna_fit_summary(fit, &text, message, sizeof message) == LACUNA_OK, "the summary");
  require(strstr(text, "\"validation\":\"leave-one-sample-out\"") != NULL, "what the summary says");
  lacuna_text_free(text);
  require(lacuna_fit_verdict(fit, NULL, NULL, &text, message, sizeof message) == LACUNA_OK, "the verdict");
  require(strstr(text, "\"verdict\":null") != NULL && strstr(text, "it takes at least 10") != NULL,
          "seven rows have no verdict, and why");
  lacuna_text_free(text);
  require(lacuna_fit_spectrum(fit, 0, NULL, NULL, &text, message, sizeof message) == LACUNA_OK, "the spectrum");
  require(strstr(text, "\"spectrum\":null") != NULL && strstr(text, "\"directions\":[]") != NULL,
          "two columns have no bulk");
  lacuna_text_free(text);
  require(lacuna_fit_spectrum(fit, 5, NULL, NULL, &text, message, sizeof message) == LACUNA_ARGUMENT,
          "five copies are refused");
  lacuna_fit_free(fit);

  /* The same numbers by columns: strides, and memory that is read in place. */
  double columns[2][n];
  for (int i = 0; i < n; i++) {
    columns[0][i] = x[i][0];
    columns[1][i] = x[i][1];
  }
  double b[2][2];
  require(lacuna_fit_create(columns, LACUNA_FLOAT64, n, 2, sizeof(double), n * sizeof(double),
                            NULL, "{ridge: 0.25, device: host, threads: 1, borrow: true}", NULL, NULL, &fit, message,
                            sizeof message) == LACUNA_OK,
          "the fit by columns");
  require(lacuna_fit_predictor(fit, b, LACUNA_FLOAT64, 4, message, sizeof message) == LACUNA_OK, "its predictor");
  require(memcmp(a, b, sizeof a) == 0, "the same bits by columns");
  double vectors[6][2], ridge;
  int32_t present;
  int64_t warnings;
  require(lacuna_fit_vectors(fit, vectors[0], 12, &present, &ridge, &warnings, message, sizeof message) == LACUNA_OK,
          "all vectors");
  require(present == 63 && ridge == 0.25 && warnings >= 0, "what they are of");
  require(vectors[LACUNA_MEANS][0] == 0 && vectors[LACUNA_PENALTY][1] == 1 &&
              fabs(vectors[LACUNA_MEAN_SQUARES][1] - s22) < 1e-14 && vectors[LACUNA_TRAINING][0] == training[0],
          "the vectors");
  require(lacuna_fit_vectors(fit, vectors[0], 11, NULL, NULL, NULL, message, sizeof message) == LACUNA_ARGUMENT,
          "a short buffer for vectors is refused");
  lacuna_fit_free(fit);

  /* The same as compressed rows, of which none is left out for being dense. */
  int64_t starts[n + 1];
  int32_t indices[2 * n];
  for (int i = 0; i <= n; i++) starts[i] = 2 * i;
  for (int entry = 0; entry < 2 * n; entry++) indices[entry] = entry % 2;
  require(lacuna_fit_create_sparse(starts, indices, x, LACUNA_FLOAT64, n, 2, "{ridge: 0.25, device: host, threads: 1}",
                                   NULL, NULL, &fit, message, sizeof message) == LACUNA_OK,
          "the sparse fit");
  require(lacuna_fit_predictor(fit, b, LACUNA_FLOAT64, 4, message, sizeof message) == LACUNA_OK, "its predictor");
  require(fabs(a[0][1] - b[0][1]) < 1e-14 && fabs(a[1][0] - b[1][0]) < 1e-14, "the same coefficients");
  lacuna_fit_free(fit);

  /* Rows 0 to 2 and the rest, each left out whole; the penalty on sums of squares, n times the ridge, stays. */
  int64_t groups[n] = {4, 4, 4, -1, -1, -1, -1};
  double held_out[2], squares = 0;
  require(lacuna_fit_create(x, LACUNA_FLOAT64, n, 2, sizeof x[0], sizeof x[0][0], groups,
                            "{ridge: 0.25, weights: [1, 4], device: host, threads: 1}", NULL, NULL, &fit, message,
                            sizeof message) == LACUNA_OK,
          "the fit with groups");
  require(lacuna_fit_vector(fit, LACUNA_HELD_OUT, held_out, 2, message, sizeof message) == LACUNA_OK, "its errors");
  for (int i = 0; i < n; i++) {
    double product = 0, square = 0;
    for (int j = 0; j < n; j++) {
      if (groups[j] == groups[i]) continue;
      product += x[j][0] * x[j][1];
      square += x[j][1] * x[j][1];
    }
    double left = x[i][0] - product / (square + n * 0.25 * 4) * x[i][1];
    squares += left * left / n;
  }
  require(fabs(held_out[0] - squares) < 1e-13, "the error without a row's group");
  lacuna_fit_free(fit);

  /* What has no meaning is said, not fatal. */
  fit = NULL;
  require(lacuna_fit_create(NULL, 0, n, 2, 16, 8, NULL, NULL, NULL, NULL, &fit, message, sizeof message) ==
              LACUNA_ARGUMENT,
          "no data");
  require(lacuna_fit_create(x, 0, n, 2, 16, 8, NULL, "{ridge: -1}", NULL, NULL, &fit, message, sizeof message) ==
              LACUNA_ARGUMENT,
          "a negative ridge");
  require(strstr(message, "ridge") != NULL, "a message that names the key");
  require(lacuna_fit_create(x, 0, n, 2, 16, 8, NULL, NULL, stop_at_once, NULL, &fit, message, sizeof message) ==
              LACUNA_CANCELLED,
          "a search that is cancelled");
  require(fit == NULL, "no handle of what failed");

  /* A study, with its theory, ended before its time. */
  const char *configuration =
      "{\"experiment\": {\"trials\": 50}, \"data\": {\"model\": \"isotropic\", \"coordinates\": 12, \"samples\": 30}, "
      "\"model\": {\"ridge\": 0.5}}";
  lacuna_study *study = NULL;
  require(lacuna_study_create(configuration, NULL, NULL, 1, &study, message, sizeof message) == LACUNA_OK, "a study");
  require(lacuna_study_results(study, &text, message, sizeof message) == LACUNA_ARGUMENT, "no results yet");
  int64_t done = 0;
  require(lacuna_study_run(study, "{device: host, threads: 1}", stop_at_two, &done, message, sizeof message) ==
              LACUNA_CANCELLED,
          "a study that is cancelled");
  require(lacuna_study_results(study, &text, message, sizeof message) == LACUNA_OK, "what was finished");
  require(strstr(text, "\"trials\":2") != NULL, "two trials are kept");
  lacuna_text_free(text);
  lacuna_study_free(study);
  require(lacuna_optimal_ridge("{data: {model: nonsense}}", NULL, NULL, &text, message, sizeof message) ==
              LACUNA_CONFIGURATION,
          "a configuration that is refused");
  printf("the C example holds\n");
  return 0;
}
