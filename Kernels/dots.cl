// Weighted inner products of the rows, and of the columns, of two matrices of one shape.
//
//   row_dots      out[i] <- sum_j w[j] a[i, j] b[i, j]
//   column_dots   partial[c, j] <- sum over the c-th run of DOT_ROWS rows i of w[i] a[i, j] b[i, j]
//   column_total  out[j] <- sum_c partial[c, j], c ascending
//
// The order of every sum depends on the shape and WG alone: the same input gives the same bits.
//
// Buffers: a, b: rows x columns, row-major, may be one; w: columns (row_dots) or rows (column_dots), read where
// weighted is 1; out: rows or columns; partial: runs x columns accumulators.
// Launch: row_dots: a group a row, of WG items, or on a processor of one; column_dots: items = columns rounded up to WG, by runs; column_total: columns.
//
// DOT_ROWS: rows a partial sum spans, by the host, which divides by it.

static inline ACC weighted_product(ACC sum, REAL x, REAL y, REAL w) {
  return acc_join(sum, acc_times(acc_product(acc_zero(), x, y), w));
}

__kernel void row_dots(
    __global const REAL *a, __global const REAL *b, const uint columns, __global const REAL *w, const uint weighted,
    __global REAL *out) {
  __local ACC scratch[WG];
  const uint i = get_group_id(0), items = get_local_size(0);
  ACC sum = acc_zero();
  uint rest = 0;
#if FP64
  if (items == 1) {
    double8 sums = 0;
    for (; rest + 8 <= columns; rest += 8) {
      const double8 x = eight(a + i * columns + rest), y = eight(b + i * columns + rest);
      sums = weighted ? sums + x * y * eight(w + rest) : fma(x, y, sums);
    }
    sum = fold(sums);
  }
#endif
  for (uint j = rest + get_local_id(0); j < columns; j += items) {
    const uint e = i * columns + j;
    sum = weighted ? weighted_product(sum, a[e], b[e], w[j]) : acc_product(sum, a[e], b[e]);
  }
  if (items > 1) sum = group_sum(sum, scratch);
  if (get_local_id(0) == 0) out[i] = acc_real(sum);
}

__kernel void column_dots(
    __global const REAL *a, __global const REAL *b, const uint rows, const uint columns, __global const REAL *w,
    const uint weighted, __global ACC *partial) {
  const uint j = get_global_id(0), run = get_global_id(1);
  if (j >= columns) return;
  const uint end = min(rows, (run + 1) * DOT_ROWS);
  ACC sum = acc_zero();
  for (uint i = run * DOT_ROWS; i < end; ++i) {
    const uint e = i * columns + j;
    sum = weighted ? weighted_product(sum, a[e], b[e], w[i]) : acc_product(sum, a[e], b[e]);
  }
  partial[run * columns + j] = sum;
}

__kernel void column_total(__global const ACC *partial, const uint runs, const uint columns, __global REAL *out) {
  const uint j = get_global_id(0);
  if (j >= columns) return;
  ACC sum = acc_zero();
  for (uint run = 0; run < runs; ++run) sum = acc_join(sum, partial[run * columns + j]);
  out[j] = acc_real(sum);
}
