// Rows filtered by a symmetric circulant, through fast Fourier transforms: out = F^-1 (lambda . F z).
//
// Two real rows z1, z2 ride as one complex row z1 + i z2: the filter is a real operator, so the real and imaginary parts
// come out filtered, untangled; each row is brought to modulus about 1 by a power of two first, so that a large row's
// rounding does not spoil a small one. The transforms are Stockham's radix-2 (self-sorting, ping-pong between two buffers). One
// whose length is no power of two is embedded in one that is by the host, which changes lambda and the length alone.
//
//   size     size[i] <- 2^-m, m the exponent of max_k |z[i, k]|; 1 for a row of zeros
//   pack     w[p, k] <- (size z[2p, k], size z[2p + 1, k]) for k < width, 0 beyond
//   stage    one pass of span s = 1, 2, 4, ..., length / 2; direction -1: forward, +1: inverse without 1 / length
//   filter   w[p, k] <- lambda[k] w[p, k] (lambda already divided by length)
//   unpack   out[2p, j] <- Re w[p, j], out[2p + 1, j] <- Im w[p, j] for j < width, each / size
//
// Stage of span s, item t < length / 2, k = t mod s, q = t div s:
//   (u, v) = (w[t], e^(direction i pi k / s) w[t + length / 2]);  out[2 s q + k] = u + v, out[2 s q + k + s] = u - v
//
// Buffers: z, out: rows x columns, row-major; w, v: pairs x length complex; twiddle: length / 2 complex,
// twiddle[m] = e^(-2 pi i m / length); lambda: length; size: rows.
// Launch: size: one group of WG a row; others: items x pairs, groups of WG x 1: items = length (pack, filter), length / 2 (stage), width (unpack).

#if REAL64
typedef double2 COMPLEX;
#else
typedef float2 COMPLEX;
#endif

__kernel void circulant_size(__global const REAL *z, const uint columns, __global REAL *size) {
  __local REAL most[WG];
  const uint item = get_local_id(0);
  __global const REAL *row = z + get_group_id(0) * columns;
  REAL m = 0;
  for (uint k = item; k < columns; k += WG) m = fmax(m, fabs(row[k]));
  most[item] = m;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint half_width = WG / 2; half_width > 0; half_width >>= 1) {
    if (item < half_width) most[item] = fmax(most[item], most[item + half_width]);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  // Both 2^-m and 2^m must be normal numbers.
  const int reach = REAL64 ? 1000 : 120;
  if (item == 0) {
    const bool scalable = most[0] > 0 && isfinite(most[0]);
    size[get_group_id(0)] = scalable ? ldexp((REAL)1, -clamp(ilogb(most[0]), -reach, reach)) : 1;
  }
}

__kernel void circulant_pack(
    __global const REAL *z, const uint first, const uint rows, const uint columns, __global const REAL *size,
    __global COMPLEX *w, const uint length) {
  const uint k = get_global_id(0), pair = get_global_id(1);
  if (k >= length) return;
  const uint i = first + 2 * pair;
  COMPLEX value = (COMPLEX)(0, 0);
  if (k < columns) {
    value.s0 = size[i] * z[i * columns + k];
    if (i + 1 < rows) value.s1 = size[i + 1] * z[(i + 1) * columns + k];
  }
  w[pair * length + k] = value;
}

__kernel void circulant_stage(
    __global const COMPLEX *w, __global COMPLEX *v, const uint length, const uint span, const int direction,
    __global const COMPLEX *twiddle) {
  const uint t = get_global_id(0), half_length = length / 2;
  if (t >= half_length) return;
  const uint base = get_global_id(1) * length;
  const uint k = t & (span - 1), q = t / span;
  const COMPLEX root = twiddle[k * (half_length / span)];
  const REAL sine = direction < 0 ? root.s1 : -root.s1;
  const COMPLEX a = w[base + t], b = w[base + t + half_length];
  const COMPLEX turned = (COMPLEX)(root.s0 * b.s0 - sine * b.s1, root.s0 * b.s1 + sine * b.s0);
  const uint target = base + 2 * span * q + k;
  v[target] = a + turned;
  v[target + span] = a - turned;
}

__kernel void circulant_filter(__global COMPLEX *w, const uint length, __global const REAL *lambda) {
  const uint k = get_global_id(0);
  if (k < length) w[get_global_id(1) * length + k] *= lambda[k];
}

__kernel void circulant_unpack(
    __global const COMPLEX *w, const uint length, const uint first, const uint rows, __global const REAL *size,
    __global REAL *out, const uint columns) {
  const uint j = get_global_id(0), pair = get_global_id(1);
  if (j >= columns) return;
  const COMPLEX value = w[pair * length + j];
  const uint i = first + 2 * pair;
  out[i * columns + j] = value.s0 / size[i];
  if (i + 1 < rows) out[(i + 1) * columns + j] = value.s1 / size[i + 1];
}
