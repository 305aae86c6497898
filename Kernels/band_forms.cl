// Forms of the resolvents R_r = (B + shift_r I)^-1 of a band B with b diagonals on either side in the columns w_k of a matrix, at
// many shifts.
//
//   out[rows r, k]         <- w_k^T R_r w_k      = sum_i y_ik^2
//   out[rows r + 1, k]     <- |R_r w_k|^2        = sum_i x_ik^2
//   out[rows r + 2 + p, k] <- w_k^T R_r g_p      = sum_i y_ik h_pi
//   in blocks of b rows: y_j = P_j w_j + Q_j y_(j-1),  x_j = S_j y_j + T_j x_(j-1),  rows = 2 + probes
//
// The recurrences and their matrices, P and S lower triangular: `SymmetricBand.ShiftedFactors`, by the host or by
// band_factor.cl.
//
// Buffers: w: order x columns; factors: shifts x blocks x 4, each P_j, Q_j, S_j, T_j, as REAL4 of FORM_TILE rows in a column,
// [row / FORM_TILE][column], with rows of zeros to the end of the last; weights: shifts x probes x blocks * b, h with zeros from
// row `order` on; sums: probes x shifts * columns, any; out: rows * shifts x columns
// from out_offset on. Row-major.
// Launch: strips of `span` columns by shifts along the second dimension, shifts first: groups of the same strip share what
// they read of w. A group has span / 4 x ceil(b / FORM_TILE) items, and an item FORM_TILE rows of four columns, two pairs half
// a strip apart: the state y_j and x_j of a strip stays in local memory.

#if REAL64
typedef double2 PAIR;
typedef double4 FOUR;
#else
typedef float2 PAIR;
typedef float4 FOUR;
#endif

// Adds F v to the sums of an item: `count` columns of F, and as many rows of v, `pitch` pairs apart.
static inline void add_product(
    FOUR sums[FORM_TILE], __global const FOUR *f, __local const PAIR *v, const uint count, const uint pitch) {
#pragma unroll 4
  for (uint k = 0; k < count; ++k) {
    const FOUR rows = f[k], columns = (FOUR)(v[k * pitch], v[k * pitch + pitch / 2]);
    sums[0] = fma((FOUR)rows.s0, columns, sums[0]);
    sums[1] = fma((FOUR)rows.s1, columns, sums[1]);
    sums[2] = fma((FOUR)rows.s2, columns, sums[2]);
    sums[3] = fma((FOUR)rows.s3, columns, sums[3]);
  }
}

// Keeps an item's numbers as rows of the state.
static inline void keep(const FOUR values[FORM_TILE], __local PAIR *v, const uint pitch) {
#pragma unroll
  for (uint q = 0; q < FORM_TILE; ++q) {
    v[q * pitch] = values[q].s01;
    v[q * pitch + pitch / 2] = values[q].s23;
  }
}

// Adds to each column's sum the squares of the item's rows.
static inline void add_squares(ACC sums[4], const FOUR values[FORM_TILE]) {
  FOUR squares = values[0] * values[0];
#pragma unroll
  for (uint q = 1; q < FORM_TILE; ++q) squares = fma(values[q], values[q], squares);
  sums[0] = acc_product(sums[0], squares.s0, 1);
  sums[1] = acc_product(sums[1], squares.s1, 1);
  sums[2] = acc_product(sums[2], squares.s2, 1);
  sums[3] = acc_product(sums[3], squares.s3, 1);
}

// Writes the sums over all items of each column.
static inline void write_sums(
    const ACC sums[4], __local ACC *scratch, const uint lane, const uint tile, const uint tiles, const uint span,
    const uint count, __global REAL *out) {
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[tile * span + 2 * lane] = sums[0];
  scratch[tile * span + 2 * lane + 1] = sums[1];
  scratch[tile * span + span / 2 + 2 * lane] = sums[2];
  scratch[tile * span + span / 2 + 2 * lane + 1] = sums[3];
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint k = get_local_id(0); k < count; k += get_local_size(0)) {
    ACC total = scratch[k];
    for (uint t = 1; t < tiles; ++t) total = acc_join(total, scratch[t * span + k]);
    out[k] = acc_real(total);
  }
}

__kernel void band_forms(
    __global const REAL *w, const uint order, const uint columns, const uint width, const uint span,
    __global const FOUR *factors, const uint shifts, __global const REAL *weights, const uint probes,
    __global ACC *sums, __global REAL *out, const uint out_offset, __local PAIR *state) {
  const uint r = get_global_id(1) % shifts, first = get_global_id(1) / shifts * span;
  const uint lanes = span / 4, lane = get_local_id(0) % lanes, tile = get_local_id(0) / lanes;
  const uint tiles = (width + FORM_TILE - 1) / FORM_TILE, blocks = (order + width - 1) / width;
  const uint pitch = span / 2, size = tiles * width, count = min(span, columns - first);
  const uint row = tile * FORM_TILE, left = 2 * lane, right = span / 2 + 2 * lane;
  __local PAIR *y = state, *x = state + tiles * FORM_TILE * pitch;
  __local PAIR *own_y = y + row * pitch + lane, *own_x = x + row * pitch + lane;
  const uint triangle = min(row + FORM_TILE, width);
  factors += (size_t)r * blocks * 4 * size + tile * width;
  weights += (size_t)r * probes * blocks * width;
  sums += r * columns + first;
  out += out_offset + r * (2 + probes) * columns + first;
  ACC form[4], square[4];
#pragma unroll
  for (uint k = 0; k < 4; ++k) form[k] = square[k] = acc_zero();
  for (uint j = 0; j < blocks; ++j) {
    FOUR values[FORM_TILE], next[FORM_TILE];
    // On its way while the state of the block before is worked on.
#pragma unroll
    for (uint q = 0; q < FORM_TILE; ++q) {
      const uint i = j * width + row + q;
      const bool has = row + q < width && i < order;
      __global const REAL *at = w + i * columns + first;
      values[q].s0 = has && left < count ? at[left] : 0;
      values[q].s1 = has && left + 1 < count ? at[left + 1] : 0;
      values[q].s2 = has && right < count ? at[right] : 0;
      values[q].s3 = has && right + 1 < count ? at[right + 1] : 0;
      next[q] = 0;
    }
    if (j > 0) add_product(next, factors + size, y + lane, width, pitch);
    barrier(CLK_LOCAL_MEM_FENCE);
    keep(values, own_y, pitch);
    barrier(CLK_LOCAL_MEM_FENCE);
    add_product(next, factors, y + lane, triangle, pitch);
    barrier(CLK_LOCAL_MEM_FENCE);
    keep(next, own_y, pitch);
    add_squares(form, next);
#pragma unroll
    for (uint q = 0; q < FORM_TILE; ++q) next[q] = 0;
    if (j > 0) add_product(next, factors + 3 * size, x + lane, width, pitch);
    barrier(CLK_LOCAL_MEM_FENCE);
    add_product(next, factors + 2 * size, y + lane, triangle, pitch);
    // Those of the block before were read ahead of the last barrier.
    keep(next, own_x, pitch);
    add_squares(square, next);
    for (uint e = get_local_id(0); e < probes * count; e += get_local_size(0)) {
      const uint p = e / count, k = e % count;
      __global const REAL *h = weights + (p * blocks + j) * width;
      __global ACC *sum = sums + p * shifts * columns + k;
      ACC total = j > 0 ? *sum : acc_zero();
      for (uint i = 0; i < width; ++i) total = acc_product(total, ((__local const REAL *)y)[i * span + k], h[i]);
      *sum = total;
      if (j + 1 == blocks) out[(2 + p) * columns + k] = acc_real(total);
    }
    factors += 4 * size;
  }
  write_sums(form, (__local ACC *)state, lane, tile, tiles, span, count, out);
  write_sums(square, (__local ACC *)state, lane, tile, tiles, span, count, out + columns);
}
