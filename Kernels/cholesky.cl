// Cholesky's diagonal blocks: what lies between the products of the blocked factorisation and inverse.
//
//   factor_block   A[b, b] = L L^T, in place, b = first ... first + size - 1; the first pivot that is not positive goes into
//                  status (counted from 1) unless one is there, and nothing more is done
//   factor_rows    the same for a GPU, and the rows below with it: A[r, b] <- A[r, b] L[b, b]^-T by substitution. Every group
//                  factors the block for itself, so none waits for another; the first has no rows, and puts L[b, b] into
//                  `factors` (order x NB), since others may still read A[b, b]. The block lies in registers, and each of its
//                  columns is shown to all once; after a pivot that is not positive what is written means nothing
//   place_factors  A[b, b] <- the rows of factors, all blocks at once
//   invert_block   L[b, b] <- L[b, b]^-1, in place, with zeros above; a column an item:
//                  y[i] = (delta[i, c] - sum_(c <= k < i) L[i, k] y[k]) / L[i, i]
//
// Buffers: a: n x n, row-major with row stride `stride`; status: one int.
// Launch: factor_block: one group of NB items; invert_block: one group of NB a block of NB rows; factor_rows: a
// group of WG, and one more for every NB rows below; place_factors: order NB items.
//
// NB: order of a block, by the host: 64, or 32 where local memory holds no more. One block of NB (NB + 1) elements is local.

static inline void load_block(__global const REAL *a, const uint stride, const uint first, const uint size,
                              __local REAL *l) {
  // Row after row, an item a column: contiguous.
  const uint item = get_local_id(0);
  for (uint i = 0; i < size; ++i) l[i * (NB + 1) + item] = item <= i ? a[(first + i) * stride + first + item] : 0;
  barrier(CLK_LOCAL_MEM_FENCE);
}

__kernel void factor_block(
    __global REAL *a, const uint stride, const uint first, const uint size, __global int *status) {
  __local REAL l[NB * (NB + 1)];
  __local int failed;
  const uint item = get_local_id(0);
  if (item == 0) failed = status[0];
  load_block(a, stride, first, size, l);
  if (failed) return;
  for (uint j = 0; j < size; ++j) {
    const REAL pivot = l[j * (NB + 1) + j];
    if (!(pivot > 0)) {
      if (item == 0) status[0] = (int)(first + j + 1);
      return;
    }
    const REAL root = sqrt(pivot);
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item == j) l[j * (NB + 1) + j] = root;
    if (item > j && item < size) l[item * (NB + 1) + j] /= root;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item > j && item < size) {
      const REAL factor = l[item * (NB + 1) + j];
      for (uint k = j + 1; k <= item; ++k) l[item * (NB + 1) + k] -= factor * l[k * (NB + 1) + j];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (uint i = item; i < size; ++i) a[(first + i) * stride + first + item] = l[i * (NB + 1) + item];
}

// Columns of a row that an item holds: those of WG / NB items alternate.
#define LANES (WG / NB)
#define COLUMNS (NB / LANES)
// Of the block an item holds every TALL-th row of every BROAD-th column.
#define TALL 16
#define BROAD (WG / TALL)

__kernel void factor_rows(
    __global REAL *a, const uint stride, const uint first, const uint size, const uint order, __global REAL *factors,
    __global int *status) {
  __local REAL l[NB * (NB + 1)];
  // A column of the block, while the one before it is still read; then the pivots' roots, and what divides by them.
  __local REAL shown[2 * NB];
  // LANES columns of the rows below, while those before them are still read.
  __local REAL solved[2 * WG];
  const uint item = get_local_id(0), group = get_group_id(0), x0 = item % BROAD, y0 = item / BROAD;
  REAL own[NB / TALL][NB / BROAD];
#pragma unroll
  for (uint r = 0; r < NB / TALL; ++r) {
#pragma unroll
    for (uint s = 0; s < NB / BROAD; ++s) {
      const uint i = y0 + TALL * r, k = x0 + BROAD * s;
      own[r][s] = k <= i && i < size ? a[(first + i) * stride + first + k] : 0;
    }
  }
  // Column after column: its items show it, and every item takes its product with itself from what is right of it. What lies above
  // the diagonal is never read.
  for (uint j = 0; j < size; ++j) {
    __local REAL *column = shown + j % 2 * NB;
#pragma unroll
    for (uint r = 0; r < NB / TALL; ++r) {
#pragma unroll
      for (uint s = 0; s < NB / BROAD; ++s) {
        if (x0 + BROAD * s == j) column[y0 + TALL * r] = own[r][s];
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    // After a pivot that is not positive nothing that is computed counts, and all goes on in step.
    const REAL pivot = column[j], inverse = 1 / pivot;
    if (!(pivot > 0) && group == 0 && item == 0 && status[0] == 0) status[0] = (int)(first + j + 1);
    if (item < NB) l[item * (NB + 1) + j] = item < j ? 0 : column[item];
    REAL left[NB / TALL];
#pragma unroll
    for (uint r = 0; r < NB / TALL; ++r) left[r] = column[y0 + TALL * r];
#pragma unroll
    for (uint s = 0; s < NB / BROAD; ++s) {
      const uint k = x0 + BROAD * s;
      const REAL factor = k > j ? column[k] * inverse : 0;
#pragma unroll
      for (uint r = 0; r < NB / TALL; ++r) own[r][s] -= left[r] * factor;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  __local REAL *roots = shown, *inverses = shown + NB;
  if (item < NB) {
    roots[item] = item < size ? sqrt(l[item * (NB + 1) + item]) : 1;
    inverses[item] = 1 / roots[item];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint e = item; e < NB * NB; e += WG) {
    const uint i = e / NB, j = e % NB;
    if (j <= i && j < size) l[i * (NB + 1) + j] = i == j ? roots[j] : l[i * (NB + 1) + j] * inverses[j];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  if (group == 0) {
    for (uint e = item; e < size * NB; e += WG) factors[first * NB + e] = l[e / NB * (NB + 1) + e % NB];
    return;
  }
  // There are rows below whole blocks alone. LANES columns at a time: their items show them, and every item of a row solves for
  // all of them.
  const uint row = item / LANES, lane = item % LANES, r = first + NB * group + row;
  __global REAL *line = a + r * stride + first + lane;
  REAL x[COLUMNS];
#pragma unroll
  for (uint t = 0; t < COLUMNS; ++t) x[t] = r < order ? line[LANES * t] : 0;
#pragma unroll
  for (uint part = 0; part < COLUMNS; ++part) {
    __local REAL *values = solved + part % 2 * WG;
    values[item] = x[part];
    barrier(CLK_LOCAL_MEM_FENCE);
    REAL z[LANES];
#pragma unroll
    for (uint o = 0; o < LANES; ++o) {
      const uint j = part * LANES + o;
      z[o] = values[row * LANES + o];
#pragma unroll
      for (uint q = 0; q < o; ++q) z[o] -= z[q] * l[j * (NB + 1) + part * LANES + q];
      z[o] *= inverses[j];
      if (lane == o) x[part] = z[o];
    }
#pragma unroll
    for (uint t = part + 1; t < COLUMNS; ++t) {
      const uint k = t * LANES + lane;
#pragma unroll
      for (uint o = 0; o < LANES; ++o) x[t] -= z[o] * l[k * (NB + 1) + part * LANES + o];
    }
  }
  if (r >= order) return;
#pragma unroll
  for (uint t = 0; t < COLUMNS; ++t) line[LANES * t] = x[t];
}

__kernel void place_factors(
    __global REAL *a, const uint stride, const uint order, __global const REAL *factors) {
  const uint e = get_global_id(0), i = e / NB, j = e % NB;
  if (i < order && j <= i % NB) a[i * stride + i / NB * NB + j] = factors[e];
}

__kernel void invert_block(__global REAL *a, const uint stride, const uint order) {
  __local REAL l[NB * (NB + 1)];
  const uint first = get_group_id(0) * NB, item = get_local_id(0);
  const uint size = min((uint)NB, order - first);
  load_block(a, stride, first, size, l);
  if (item >= size) return;
  __global REAL *column = a + first * stride + first + item;
  for (uint base = 0; base < size; base += HELD) {
    REAL y[HELD];
#pragma unroll
    for (uint i = 0; i < HELD; ++i) y[i] = base + i == item ? 1 : 0;
    for (uint k = item; k < base; ++k) {
      const REAL value = column[k * stride];
#pragma unroll
      for (uint i = 0; i < HELD; ++i) y[i] -= value * l[(base + i) * (NB + 1) + k];
    }
#pragma unroll
    for (uint k = 0; k < HELD; ++k) {
      y[k] /= l[(base + k) * (NB + 1) + base + k];
#pragma unroll
      for (uint i = k + 1; i < HELD; ++i) y[i] -= y[k] * l[(base + i) * (NB + 1) + base + k];
    }
#pragma unroll
    for (uint i = 0; i < HELD; ++i) {
      if (base + i < size) column[(base + i) * stride] = y[i];
    }
  }
}
