// What must be known of a symmetric matrix before it is factored: its largest modulus, and the first NaN or infinity.
//
//   largest[i]  <- max over j <= i of |A[i, j]|
//   position[i] <- the least j <= i with A[i, j] not finite, else 2^32 - 1
//
// Buffers: a: size x size, row-major, lower triangle read; largest, position: size.
// Launch: one group of WG a row.

__kernel void survey_lower(
    __global const REAL *a, const uint size, __global REAL *largest, __global uint *position) {
  __local REAL most[WG];
  __local uint least[WG];
  const uint i = get_group_id(0), item = get_local_id(0);
  REAL m = 0;
  uint p = 0xFFFFFFFFu;
  for (uint j = item; j <= i; j += WG) {
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
  for (uint half_width = WG / 2; half_width > 0; half_width >>= 1) {
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
