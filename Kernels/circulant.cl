// Rows filtered by a symmetric circulant, through fast Fourier transforms: out = F^-1 (lambda . F z).
//
// Two real rows z1, z2 ride as one complex row z1 + i z2: the filter is a real operator, so the real and imaginary parts
// come out filtered, untangled. The transforms are Stockham's radix-2 (self-sorting, ping-pong between two buffers). One
// whose length is no power of two is embedded in one that is by the host, which changes lambda and the length alone.
//
//   pack     w[p, k] <- (z[2p, k], z[2p + 1, k]) for k < width, 0 beyond
//   stage    one pass of span s = 1, 2, 4, ..., length / 2; direction -1: forward, +1: inverse without 1 / length
//   filter   w[p, k] <- lambda[k] w[p, k] (lambda already divided by length)
//   unpack   out[2p, j] <- Re w[p, j], out[2p + 1, j] <- Im w[p, j] for j < width
//
// Stage of span s, item t < length / 2, k = t mod s, q = t div s:
//   (u, v) = (w[t], e^(direction i pi k / s) w[t + length / 2]);  out[2 s q + k] = u + v, out[2 s q + k + s] = u - v
//
// Buffers: z, out: rows x columns, row-major; w, v: pairs x length complex; twiddle: length / 2 complex,
// twiddle[m] = e^(-2 pi i m / length); lambda: length.
// Launch: items x pairs, groups of WG x 1: items = length (pack, filter), length / 2 (stage), width (unpack).

#if REAL64
typedef double2 COMPLEX;
#else
typedef float2 COMPLEX;
#endif

__kernel void circulant_pack(
    __global const REAL *z, const uint first, const uint rows, const uint columns, __global COMPLEX *w,
    const uint length) {
  const uint k = get_global_id(0), pair = get_global_id(1);
  if (k >= length) return;
  const uint i = first + 2 * pair;
  COMPLEX value = (COMPLEX)(0, 0);
  if (k < columns) {
    value.s0 = z[i * columns + k];
    if (i + 1 < rows) value.s1 = z[(i + 1) * columns + k];
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
    __global const COMPLEX *w, const uint length, const uint first, const uint rows, __global REAL *out,
    const uint columns) {
  const uint j = get_global_id(0), pair = get_global_id(1);
  if (j >= columns) return;
  const COMPLEX value = w[pair * length + j];
  const uint i = first + 2 * pair;
  out[i * columns + j] = value.s0;
  if (i + 1 < rows) out[(i + 1) * columns + j] = value.s1;
}
