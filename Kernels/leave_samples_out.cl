// Residuals of all cells without the cell's own sample: r[i, k] <- (r[i, k] / q[k]) / (c[i] + r[i, k]^2 / (n q[k])).
//
// Buffers: r: rows x columns, row-major; c: rows; q: columns.
// Launch: columns x rows items, groups of WG x 1.

__kernel void leave_samples_out(
    __global REAL *r, const uint columns, __global const REAL *c, __global const REAL *q, const REAL n) {
  const uint k = get_global_id(0), i = get_global_id(1);
  if (k >= columns) return;
  const REAL value = r[i * columns + k];
  r[i * columns + k] = (value / q[k]) / (c[i] + value * value / (n * q[k]));
}
