// Elementwise work between products, one element an item.
//
//   combine      y[e] <- alpha x[e] + beta y[e]; with beta = 0 the old y is not read
//   hadamard     y[e] <- a[e] b[e]; y may be a or b
//   scale        A[i, j] <- r[i] A[i, j] c[j]; flags bit 0: r present, bit 1: c present
//   multiply_all x[e] <- factor x[e]
//   fill_value   x[e] <- value
//   copy_columns B[i, j] <- A[i, first + j], B of fewer columns
//   gather       B[i, j] <- A[rows[i], columns[j]]; flags bit 0: columns present, else column j
//   scatter_rows A[rows[i], j] <- B[i, j]
//
// Buffers: x, y, a, b: count elements; A: rows x columns, row-major; r: rows; c: columns.
// Launch: count items (scale, copy_columns, gather, scatter_rows: columns x rows of B, two-dimensional) rounded up to whole groups of WG (x 1).

__kernel void combine(
    __global const REAL *x, __global REAL *y, const uint count, const REAL alpha, const REAL beta) {
  const uint e = get_global_id(0);
  if (e >= count) return;
  y[e] = beta == 0 ? alpha * x[e] : fma(beta, y[e], alpha * x[e]);
}

__kernel void hadamard(
    __global const REAL *a, __global const REAL *b, __global REAL *y, const uint count) {
  const uint e = get_global_id(0);
  if (e < count) y[e] = a[e] * b[e];
}

__kernel void scale(
    __global REAL *a, const uint rows, const uint columns, __global const REAL *r, __global const REAL *c,
    const uint flags) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j >= columns || i >= rows) return;
  REAL value = a[i * columns + j];
  if (flags & 1) value = r[i] * value;
  if (flags & 2) value = value * c[j];
  a[i * columns + j] = value;
}

__kernel void multiply_all(__global REAL *x, const uint count, const REAL factor) {
  const uint e = get_global_id(0);
  if (e < count) x[e] *= factor;
}

__kernel void fill_value(__global REAL *x, const uint count, const REAL value) {
  const uint e = get_global_id(0);
  if (e < count) x[e] = value;
}

__kernel void copy_columns(
    __global const REAL *a, const uint stride, const uint first, __global REAL *b, const uint columns) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j < columns) b[i * columns + j] = a[i * stride + first + j];
}

__kernel void gather(
    __global const REAL *a, const uint stride, __global const uint *rows, __global const uint *columns,
    const uint flags, __global REAL *b, const uint count) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j < count) b[i * count + j] = a[rows[i] * stride + (flags & 1 ? columns[j] : j)];
}

__kernel void scatter_rows(
    __global const REAL *b, __global const uint *rows, __global REAL *a, const uint columns) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j < columns) a[rows[i] * columns + j] = b[i * columns + j];
}
