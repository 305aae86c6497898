// Block-correlated rows, in place: x[i, j] <- scale x[i, j] + shift[b] mean, the mean over block b of row i.
//
// Buffers: x: rows x columns, row-major; bounds: blocks + 1 column indices, ascending; shift: blocks.
// Launch: two-dimensional, one group of WG x 1 a (block, row): WG blocks x rows items.

__kernel void mix_blocks(
    __global REAL *x, const uint columns, __global const uint *bounds, const REAL scale, __global const REAL *shift) {
  __local ACC scratch[WG];
  const uint block = get_group_id(0), item = get_local_id(0);
  const uint first = bounds[block], end = bounds[block + 1];
  __global REAL *row = x + get_global_id(1) * columns;
  ACC sum = acc_zero();
  for (uint j = first + item; j < end; j += WG) sum = acc_product(sum, row[j], 1);
  sum = group_sum(sum, scratch);
  if (end == first) return;
  const REAL move = shift[block] * (acc_real(sum) / (REAL)(end - first));
  for (uint j = first + item; j < end; j += WG) row[j] = fma(scale, row[j], move);
}
