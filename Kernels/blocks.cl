// Blocks of matrices onto dense matrices and back.
//
//   transpose     t[j, i] <- a[i, j], a block onto a dense matrix
//   store_block   c[i, j] <- t[i, j], rows of a dense matrix onto a block
//   reverse_rows  b[rows - 1 - i, j] <- a[i, j], both dense
//
// Buffers: a block is any buffer that holds it, from an offset and with a row stride; t, b: dense, row-major.
// Launch: transpose: rows x columns items; others: columns x rows items; groups of WG x 1.

__kernel void transpose(
    __global const REAL *a, const uint offset, const uint stride, const uint rows, const uint columns,
    __global REAL *t) {
  const uint i = get_global_id(0), j = get_global_id(1);
  if (i < rows && j < columns) t[j * rows + i] = a[offset + i * stride + j];
}

__kernel void store_block(
    __global REAL *c, const uint offset, const uint stride, __global const REAL *t, const uint t_offset,
    const uint columns) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j < columns) c[offset + i * stride + j] = t[t_offset + i * columns + j];
}

__kernel void reverse_rows(__global const REAL *a, const uint rows, const uint columns, __global REAL *b) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j < columns) b[(rows - 1 - i) * columns + j] = a[i * columns + j];
}
