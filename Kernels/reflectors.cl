// Blocks of Householder reflectors in compact form, H[c] ... H[c + count - 1] = I - V^T T V (Schreiber, Van Loan 1989).
// Reflector i is zero before coordinate i + width: width is 1 where a matrix was made tridiagonal, else that of the band.
//
//   reflectors_gather    V[k, j] <- A[c + k, c + width + j] for j >= k, else 0, and beyond the columns of A: the reflectors as
//                        rows, from above its diagonal
//   reflectors_triangle  T[i, i] = tau[c + i]; T[r, i] = -tau[c + i] sum_(r <= k < i) T[r, k] G[k, i], G = V V^T, 0 below
//
// Buffers: a: n x n, row-major; v: count rows of `stride`, n - c - width at least; g, t: count x count; tau: n.
// Launch: gather: stride x count items, groups of WG x 1; triangle: one group of WG items, count <= WG.

__kernel void reflectors_gather(
    __global const REAL *a, const uint n, const uint c, const uint width, __global REAL *v,
    const uint stride) {
  const uint j = get_global_id(0), k = get_global_id(1), columns = n - c - width;
  if (j < stride) v[k * stride + j] = j >= k && j < columns ? a[(c + k) * n + c + width + j] : 0;
}

__kernel void reflectors_triangle(
    __global const REAL *g, const uint count, const uint c, __global const REAL *tau, __global REAL *t) {
  const uint r = get_local_id(0);
  for (uint i = 0; i < count; ++i) {
    if (r < count) {
      REAL value = 0;
      if (r == i) value = tau[c + i];
      if (r < i) {
        for (uint k = r; k < i; ++k) value = fma(t[r * count + k], g[k * count + i], value);
        value *= -tau[c + i];
      }
      t[r * count + i] = value;
    }
  }
}
