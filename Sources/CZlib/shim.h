#ifndef LACUNA_ZLIB_H
#define LACUNA_ZLIB_H

#include <zlib.h>

#endif
