// Forms of the resolvents R = (T + shift I)^-1 of a tridiagonal T in the columns w_k of a matrix, at many shifts.
//
//   out[rows r, k]         <- w_k^T R_r w_k      = sum_j y_j v_j
//   out[rows r + 1, k]     <- |R_r w_k|^2        = sum_j x_j^2 / E_j
//   out[rows r + 2 + p, k] <- w_k^T R_r g_p      = sum_j y_j h_pj
//   y_j = w_jk - l_(j-1) y_(j-1),  v_j = y_j / D_j,  x_j = v_j - m_(j-1) x_(j-1),  rows = 2 + probes
//
// The recurrences and their factors: `SymmetricTridiagonal.ShiftedFactors`.
//
// Buffers: w: order x columns; factors: shifts x order x 4, each l_(j-1), 1/D_j, m_(j-1), 1/E_j; weights: shifts x
// probes x order; out: rows * shifts x columns. All row-major.
// Launch: columns x shifts items, groups of WG x 1: neighbours read neighbouring columns.

__kernel void resolvent_forms(
    __global const REAL *w, const uint order, const uint columns, __global const REAL *factors,
    __global const REAL *weights, const uint probes, __global REAL *out) {
  const uint k = get_global_id(0), r = get_global_id(1);
  if (k >= columns) return;
  __global const REAL *f = factors + r * order * 4;
  __global REAL *target = out + r * (2 + probes) * columns + k;
  REAL y = 0, x = 0;
  ACC form = acc_zero(), square = acc_zero();
  for (uint j = 0; j < order; ++j) {
    y = fma(-f[4 * j], y, w[j * columns + k]);
    const REAL v = y * f[4 * j + 1];
    x = fma(-f[4 * j + 2], x, v);
    form = acc_product(form, y, v);
    square = acc_product(square, x, x * f[4 * j + 3]);
  }
  target[0] = acc_real(form);
  target[columns] = acc_real(square);
  for (uint p = 0; p < probes; ++p) {
    __global const REAL *h = weights + (r * probes + p) * order;
    ACC sum = acc_zero();
    y = 0;
    for (uint j = 0; j < order; ++j) {
      y = fma(-f[4 * j], y, w[j * columns + k]);
      sum = acc_product(sum, y, h[j]);
    }
    target[(2 + p) * columns] = acc_real(sum);
  }
}
