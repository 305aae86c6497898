// Residuals of Ritz pairs: r[i, j] <- t[i, j] - theta[i] u[i, j], t = u A.
//
// Buffers: r, t, u: rows x columns, row-major; theta: rows.
// Launch: columns x rows items, groups of WG x 1.

__kernel void ritz_residual(
    __global REAL *r, __global const REAL *t, __global const REAL *u, const uint columns, __global const REAL *theta) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j >= columns) return;
  const uint e = i * columns + j;
  r[e] = fma(-theta[i], u[e], t[e]);
}
