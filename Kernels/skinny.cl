// A few rows times a matrix, reading the matrix once: out = b a, b having at most SKINNY_ROWS rows.
//
//   skinny        partial[c, r, j] <- sum over the c-th run of SKINNY_SPAN rows k of b[r, k] a[k, j]
//   skinny_total  out[r, j] <- sum_c partial[c, r, j], c ascending
//
// Buffers: b: rows x inner, row-major from an offset; a: inner x columns, row-major; partial: runs x rows x columns;
// out: rows x columns, row-major from an offset.
// Launch: skinny: columns x runs items, groups of WG x 1; skinny_total: columns x rows items.
//
// SKINNY_ROWS: rows at most. SKINNY_SPAN: rows of a that one partial sum spans. Both by the host, which divides by them.
// SLICE: of the span, held at a time, default 32.

#ifndef SLICE
#define SLICE 32
#endif

__kernel void skinny(
    __global const REAL *b, const uint offset, const uint rows, const uint inner, __global const REAL *a,
    const uint columns, __global REAL *partial) {
  __local REAL factors[SLICE][SKINNY_ROWS];
  const uint j = get_global_id(0), run = get_global_id(1), item = get_local_id(0);
  const uint end = min(inner, (run + 1) * SKINNY_SPAN);
  REAL sums[SKINNY_ROWS];
  for (uint r = 0; r < SKINNY_ROWS; ++r) sums[r] = 0;
  for (uint base = run * SKINNY_SPAN; base < end; base += SLICE) {
    for (uint e = item; e < SLICE * SKINNY_ROWS; e += WG) {
      const uint r = e / SLICE, k = base + e % SLICE;
      factors[e % SLICE][r] = r < rows && k < end ? b[offset + r * inner + k] : 0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (j < columns) {
      const uint height = min((uint)SLICE, end - base);
      for (uint k = 0; k < height; ++k) {
        const REAL value = a[(base + k) * columns + j];
#pragma unroll
        for (uint r = 0; r < SKINNY_ROWS; ++r) sums[r] = fma(factors[k][r], value, sums[r]);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (j < columns) {
    for (uint r = 0; r < rows; ++r) partial[(run * rows + r) * columns + j] = sums[r];
  }
}

__kernel void skinny_total(
    __global const REAL *partial, const uint runs, const uint rows, const uint columns, __global REAL *out,
    const uint offset) {
  const uint j = get_global_id(0), r = get_global_id(1);
  if (j >= columns) return;
  REAL sum = 0;
  for (uint run = 0; run < runs; ++run) sum += partial[(run * rows + r) * columns + j];
  out[offset + r * columns + j] = sum;
}
