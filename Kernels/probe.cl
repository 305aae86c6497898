// Products of a matrix with one or two vectors, for verification: O(1) operations an entry, each sum in accumulators.
//
//   probe_rows     out[i, p] <- sum_j a[i, j] v[p, j], p < 2; out[i, 2] <- sum_j a[i, j]^2
//   probe_columns  partial[c, p, j] <- sum over the c-th run of PROBE_ROWS rows i of a[i, j] u[p, i]
//   probe_total    out[start + p columns + j] <- sum_c partial[c, p, j], c ascending
//   bit_sum        sums[g] <- sum over the g-th run of PROBE_WORDS words k of (2 (before + k) + 1) w[k], mod 2^32
//
// count: vectors, 1 or 2. part: 0 all of a, 1 on and below the diagonal, 2 below it, a being the rows from `top` on
// of a matrix. The order of every sum depends on the shape and the group size
// alone: the same input gives the same bits.
//
// Buffers: a: rows x columns, row-major; v: 2 x columns, u: 2 x rows accumulators; out: rows x 3, or 2 x columns; partial:
// runs x 2 x columns accumulators; w: words of any matrix, from an offset on; sums: a word a group.
// Launch: probe_rows: a group of any size up to PROBE_ITEMS a row; probe_columns: an item PROBE_COLUMNS columns, by runs;
// probe_total: columns x count items; bit_sum: a group of any size up to PROBE_ITEMS a run.

#define PROBE_ITEMS 64

static inline uint part_width(uint part, uint i, uint columns) {
  return part == 0 ? columns : min(part == 1 ? i + 1 : i, columns);
}

__kernel void probe_rows(
    __global const REAL *a, const uint top, const uint columns, const uint part, __global const ACC *v,
    const uint count, __global ACC *out) {
  __local ACC sums[3 * PROBE_ITEMS];
  const uint i = get_group_id(0), item = get_local_id(0), items = get_local_size(0);
  const uint width = part_width(part, top + i, columns);
  __global const REAL *row = a + (size_t)i * columns;
  ACC first = acc_zero(), second = acc_zero(), square = acc_zero();
  uint rest = 0;
#if FP64
  double8 s0 = 0, s1 = 0, s2 = 0;
  for (uint j = 8 * item; j + 8 <= width; j += 8 * items) {
    const double8 x = eight(row + j);
    s0 = fma(x, vload8(0, v + j), s0);
    if (count > 1) s1 = fma(x, vload8(0, v + columns + j), s1);
    s2 = fma(x, x, s2);
  }
  first = fold(s0);
  second = fold(s1);
  square = fold(s2);
  rest = width & ~7u;
#endif
  for (uint j = rest + item; j < width; j += items) {
    first = acc_join(first, acc_times(v[j], row[j]));
    if (count > 1) second = acc_join(second, acc_times(v[columns + j], row[j]));
    square = acc_product(square, row[j], row[j]);
  }
  sums[item] = first;
  sums[PROBE_ITEMS + item] = second;
  sums[2 * PROBE_ITEMS + item] = square;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < 3) {
    for (uint s = item; s < 3; s += items) {
      ACC total = acc_zero();
      for (uint k = 0; k < items; ++k) total = acc_join(total, sums[s * PROBE_ITEMS + k]);
      out[3 * i + s] = total;
    }
  }
}

__kernel void probe_columns(
    __global const REAL *a, const uint top, const uint rows, const uint columns, const uint part, __global const ACC *u,
    const uint count, __global ACC *partial) {
  const uint j = PROBE_COLUMNS * get_global_id(0), run = get_global_id(1);
  if (j >= columns) return;
  const uint start = run * PROBE_ROWS, end = min(rows, start + PROBE_ROWS);
  for (uint p = 0; p < count; ++p) {
    __global const ACC *factors = u + (size_t)p * rows;
    __global ACC *out = partial + ((size_t)run * 2 + p) * columns + j;
    ACC sums[PROBE_COLUMNS];
    for (uint k = 0; k < PROBE_COLUMNS; ++k) sums[k] = acc_zero();
    uint stop = end;
#if FP64
    if (j + PROBE_COLUMNS <= columns) {
      // Rows of which all these columns belong to the part come last.
      const uint reach = j + PROBE_COLUMNS - (part == 1 ? 1 : 0);
      const uint whole = part == 0 || reach <= top ? start : max(start, reach - top);
      double8 wide[PROBE_COLUMNS / 8];
      for (uint k = 0; k < PROBE_COLUMNS / 8; ++k) wide[k] = 0;
      for (uint i = whole; i < end; ++i) {
        __global const REAL *row = a + (size_t)i * columns + j;
        const double8 factor = factors[i];
#pragma unroll
        for (uint k = 0; k < PROBE_COLUMNS / 8; ++k) wide[k] = fma(eight(row + 8 * k), factor, wide[k]);
      }
      for (uint k = 0; k < PROBE_COLUMNS / 8; ++k) vstore8(wide[k], k, sums);
      stop = min(end, whole);
    }
#endif
    for (uint i = start; i < stop; ++i) {
      const uint width = part_width(part, top + i, columns);
      for (uint k = 0; k < PROBE_COLUMNS && j + k < width; ++k) {
        sums[k] = acc_join(sums[k], acc_times(factors[i], a[(size_t)i * columns + j + k]));
      }
    }
    for (uint k = 0; k < PROBE_COLUMNS && j + k < columns; ++k) out[k] = sums[k];
  }
}

__kernel void probe_total(
    __global const ACC *partial, const uint runs, const uint columns, const uint start, __global ACC *out) {
  const uint j = get_global_id(0), p = get_global_id(1);
  if (j >= columns) return;
  ACC sum = acc_zero();
  for (uint run = 0; run < runs; ++run) sum = acc_join(sum, partial[((size_t)run * 2 + p) * columns + j]);
  out[start + p * columns + j] = sum;
}

__kernel void bit_sum(
    __global const uint *w, const ulong offset, const uint before, const ulong count, __global uint *sums) {
  __local uint parts[PROBE_ITEMS];
  const uint item = get_local_id(0), items = get_local_size(0);
  const ulong start = get_group_id(0) * (ulong)PROBE_WORDS, end = min(count, start + PROBE_WORDS);
  __global const uint *words = w + offset;
  const uint8 steps = (uint8)(1, 3, 5, 7, 9, 11, 13, 15);
  uint8 eight_sums = 0;
  uint sum = 0;
  for (ulong k = start + 8 * item; k + 8 <= end; k += 8 * items) {
    eight_sums += vload8(0, words + k) * (2 * (before + (uint)k) + steps);
  }
  for (ulong k = start + ((end - start) & ~7UL) + item; k < end; k += items) sum += words[k] * (2 * (before + (uint)k) + 1);
  const uint4 four = eight_sums.lo + eight_sums.hi;
  parts[item] = sum + four.s0 + four.s1 + four.s2 + four.s3;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    uint total = 0;
    for (uint k = 0; k < items; ++k) total += parts[k];
    sums[get_group_id(0)] = total;
  }
}
