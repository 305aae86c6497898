#ifndef LACUNA_OPENBLAS_H
#define LACUNA_OPENBLAS_H

#include <cblas.h>

#endif
