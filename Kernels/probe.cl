// Products of a matrix with one or two vectors, for verification: O(1) operations an entry, each sum in accumulators.
//
//   probe_rows     out[i, p] <- sum_j a[i, j] v[p, j], p < 2; out[i, 2] <- sum_j a[i, j]^2
//   probe_columns  partial[c, p, j] <- sum over the c-th run of PROBE_ROWS rows i of a[i, j] u[p, i]
//   probe_total    out[p, j] <- sum_c partial[c, p, j], c ascending
//   bit_sum        sums[g] <- sum over the g-th run of PROBE_WORDS words k of (2k + 1) w[k], mod 2^32
//
// part: 0 all of a, 1 on and below the diagonal, 2 below it. The order of every sum depends on the shape and the group size
// alone: the same input gives the same bits.
//
// Buffers: a: rows x columns, row-major; v: 2 x columns, u: 2 x rows accumulators; out: rows x 3, or 2 x columns; partial:
// runs x 2 x columns accumulators; w: words of any matrix, from an offset on; sums: a word a group.
// Launch: probe_rows: a group of any size up to PROBE_ITEMS a row; probe_columns: an item eight columns, by runs;
// probe_total: columns x 2 items; bit_sum: a group of any size up to PROBE_ITEMS a run.

#define PROBE_ITEMS 64

static inline uint part_width(uint part, uint i, uint columns) {
  return part == 0 ? columns : min(part == 1 ? i + 1 : i, columns);
}

#if FP64
static inline double8 eight(__global const REAL *a) {
#if REAL64
  return vload8(0, a);
#else
  return convert_double8(vload8(0, a));
#endif
}
static inline double fold(double8 x) {
  const double4 four = x.lo + x.hi;
  const double2 two = four.lo + four.hi;
  return two.lo + two.hi;
}
#endif

__kernel void probe_rows(
    __global const REAL *a, const uint columns, const uint part, __global const ACC *v, __global ACC *out) {
  __local ACC sums[3 * PROBE_ITEMS];
  const uint i = get_group_id(0), item = get_local_id(0), items = get_local_size(0);
  const uint width = part_width(part, i, columns);
  __global const REAL *row = a + (size_t)i * columns;
  ACC first = acc_zero(), second = acc_zero(), square = acc_zero();
  uint rest = 0;
#if FP64
  double8 s0 = 0, s1 = 0, s2 = 0;
  for (uint j = 8 * item; j + 8 <= width; j += 8 * items) {
    const double8 x = eight(row + j);
    s0 = fma(x, vload8(0, v + j), s0);
    s1 = fma(x, vload8(0, v + columns + j), s1);
    s2 = fma(x, x, s2);
  }
  first = fold(s0);
  second = fold(s1);
  square = fold(s2);
  rest = width & ~7u;
#endif
  for (uint j = rest + item; j < width; j += items) {
    first = acc_join(first, acc_times(v[j], row[j]));
    second = acc_join(second, acc_times(v[columns + j], row[j]));
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
    __global const REAL *a, const uint rows, const uint columns, const uint part, __global const ACC *u,
    __global ACC *partial) {
  const uint j = 8 * get_global_id(0), run = get_global_id(1);
  if (j >= columns) return;
  const uint end = min(rows, (run + 1) * PROBE_ROWS);
  __global ACC *out = partial + (size_t)run * 2 * columns + j;
  ACC first[8], second[8];
  for (uint k = 0; k < 8; ++k) first[k] = second[k] = acc_zero();
  uint i = run * PROBE_ROWS;
#if FP64
  double8 s0 = 0, s1 = 0;
  // Rows of which all eight columns belong to the part come last.
  const uint whole = part == 0 ? 0 : j + (part == 1 ? 7 : 8);
  for (uint k = max(i, j + 8 <= columns ? whole : end); k < end; ++k) {
    const double8 x = eight(a + (size_t)k * columns + j);
    s0 = fma(x, u[k], s0);
    s1 = fma(x, u[rows + k], s1);
  }
  vstore8(s0, 0, first);
  vstore8(s1, 0, second);
  const uint stop = j + 8 <= columns ? min(end, whole) : end;
#else
  const uint stop = end;
#endif
  for (; i < stop; ++i) {
    const uint width = part_width(part, i, columns);
    for (uint k = 0; k < 8 && j + k < width; ++k) {
      const REAL x = a[(size_t)i * columns + j + k];
      first[k] = acc_join(first[k], acc_times(u[i], x));
      second[k] = acc_join(second[k], acc_times(u[rows + i], x));
    }
  }
  for (uint k = 0; k < 8 && j + k < columns; ++k) {
    out[k] = first[k];
    out[columns + k] = second[k];
  }
}

__kernel void probe_total(__global const ACC *partial, const uint runs, const uint columns, __global ACC *out) {
  const uint j = get_global_id(0), p = get_global_id(1);
  if (j >= columns) return;
  ACC sum = acc_zero();
  for (uint run = 0; run < runs; ++run) sum = acc_join(sum, partial[((size_t)run * 2 + p) * columns + j]);
  out[p * columns + j] = sum;
}

__kernel void bit_sum(__global const uint *w, const ulong offset, const ulong count, __global uint *sums) {
  __local uint parts[PROBE_ITEMS];
  const uint item = get_local_id(0), items = get_local_size(0);
  const ulong start = get_group_id(0) * (ulong)PROBE_WORDS, end = min(count, start + PROBE_WORDS);
  __global const uint *words = w + offset;
  const uint8 steps = (uint8)(1, 3, 5, 7, 9, 11, 13, 15);
  uint8 eight_sums = 0;
  uint sum = 0;
  for (ulong k = start + 8 * item; k + 8 <= end; k += 8 * items) {
    eight_sums += vload8(0, words + k) * (2 * (uint)k + steps);
  }
  for (ulong k = start + ((end - start) & ~7UL) + item; k < end; k += items) sum += words[k] * (2 * (uint)k + 1);
  const uint4 four = eight_sums.lo + eight_sums.hi;
  parts[item] = sum + four.s0 + four.s1 + four.s2 + four.s3;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    uint total = 0;
    for (uint k = 0; k < items; ++k) total += parts[k];
    sums[get_group_id(0)] = total;
  }
}
