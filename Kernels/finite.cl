// What must be known of a symmetric matrix before it is factored: its largest modulus, and the first NaN or infinity.
//
//   largest[i]  <- max over j <= i of |A[i, j]|
//   position[i] <- the least j <= i with A[i, j] not finite, else 2^32 - 1
//
// Buffers: a: size x size, row-major, lower triangle read; largest, position: size.
// Launch: a group a row, of WG items, or on a processor of one.

#if REAL64
typedef double8 EIGHT;
typedef long8 CHOICE;
#define LARGEST DBL_MAX
#else
typedef float8 EIGHT;
typedef int8 CHOICE;
#define LARGEST FLT_MAX
#endif

__kernel void survey_lower(
    __global const REAL *a, const uint size, __global REAL *largest, __global uint *position) {
  __local REAL most[WG];
  __local uint least[WG];
  const uint i = get_group_id(0), item = get_local_id(0), items = get_local_size(0);
  REAL m = 0;
  uint p = 0xFFFFFFFFu, rest = 0;
  if (items == 1) {
    EIGHT maxima = 0;
    CHOICE finite = -1;
    for (; rest + 8 <= i + 1; rest += 8) {
      const EIGHT values = fabs(vload8(0, a + i * size + rest));
      finite &= values <= LARGEST;
      maxima = values > maxima ? values : maxima;
    }
    // Where the row is not finite it is gone through number by number.
    if (all(finite)) {
      const EIGHT x = maxima;
      m = fmax(fmax(fmax(x.s0, x.s1), fmax(x.s2, x.s3)), fmax(fmax(x.s4, x.s5), fmax(x.s6, x.s7)));
    } else {
      rest = 0;
    }
  }
  for (uint j = rest + item; j <= i; j += items) {
    const REAL value = fabs(a[i * size + j]);
    if (isfinite(value)) {
      m = fmax(m, value);
    } else {
      p = min(p, j);
    }
  }
  most[item] = m;
  least[item] = p;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint half_width = items / 2; half_width > 0; half_width >>= 1) {
    if (item < half_width) {
      most[item] = fmax(most[item], most[item + half_width]);
      least[item] = min(least[item], least[item + half_width]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (item == 0) {
    largest[i] = most[0];
    position[i] = least[0];
  }
}
