// Blocked Householder tridiagonalisation of a symmetric matrix, a column a round, with no wait for the host between columns.
//
// In a panel that starts at column p, with i columns done, V and W (a row a vector) hold reflectors and their companions:
// the matrix in force is A - V^T W - W^T V. Column c = p + i goes through
//
//   column     the last W finished: w <- y - tau (y . v) / 2 v, y = tau (z - V^T (W v) - W^T (V v)); then x <- column c of the
//              matrix in force; d[c] <- x[c]; squares of x below c + 1 summed by groups
//   tiles      beta = -sign(alpha) |x|, alpha = x[c + 1]; tau = (beta - alpha) / beta; v = x / (alpha - beta), v[c + 1] = 1;
//              e[c] <- beta; v also goes to row c above the diagonal of A, where the back-transformation finds it. A v by
//              tiles of the lower triangle, each read once: a tile gives its rows a sum and its columns another
//              (reflector, then tiles_rows: the same for processors, a tile an item)
//   gather     z <- the sums of all tiles, in an order that the shape alone decides; z . v summed by groups; the inner
//              products V v and W v, one group each
//
// Of y only this is wanted beside w: y . v = tau (z . v - 2 (V v) . (W v)).
//
// and the panel ends with `finish` (the last W) and, outside this file, A <- A - V^T W - W^T V beyond the panel.
// tau = 0 stands for a column that is reduced already; then w = 0.
//
// Index map: a: n x n, row-major. panel: three stacks of `width` rows of n: V, W, and V again (for the products);
// x, z: n. partial: tiles x n. sums: groups of ROWS that cover n rows; d, e, tau: n. dots: 2 width, V v then W v.
//
// Launch: column: a group of WG items for ROWS rows from `first` on, a multiple of TS not above c; reflector, finish: an item a row;
// tiles: one group of TS items a tile (tiles_rows: one of one item), t = bi (bi + 1) / 2 + bj, bj <= bi, counted from `first`;
// gather: the groups of `column` + 2 i.
//
// SHARING: items that share a row of `column` and `gather`, by the host; several on a GPU, whose items wait long for what they sum.
// PANEL: most columns of a panel, by the host.
// TS: edge of a tile and items of its group, by the host. TR: rows of a tile held at a time, default 16, divides TS.

#ifndef TR
#define TR 16
#endif

// Rows of a group of `column` and `gather`, each shared by SHARING items.
#define ROWS (WG / SHARING)

static inline REAL sum_of(__global const REAL *sums, const uint groups) {
  REAL total = 0;
  for (uint g = 0; g < groups; ++g) total += sums[g];
  return total;
}

static inline REAL group_total(REAL x, __local REAL *scratch) {
  const uint item = get_local_id(0);
  scratch[item] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint half_width = WG / 2; half_width > 0; half_width >>= 1) {
    if (item < half_width) scratch[item] += scratch[item + half_width];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  return scratch[0];
}

// Element r of the companion y of the p-th reflector of a panel.
static inline REAL companion(
    __global const REAL *v, __global const REAL *w, const uint n, const uint r, const uint p, __global const REAL *z,
    __global const REAL *dots, const REAL tau) {
  REAL value = z[r];
  for (uint k = 0; k < p; ++k) value -= v[k * n + r] * dots[p + k] + w[k * n + r] * dots[k];
  return tau != 0 ? tau * value : 0;
}

// The factor of v in w <- y + factor v, y . v = tau (z . v - 2 form).
static inline REAL correction(const REAL total, const REAL form, const REAL tau) {
  return REAL_C(-0.5) * tau * (tau * (total - 2 * form));
}

// Of the items that share a row, each having a part of x: the sum, for the first of them.
static inline REAL row_total(REAL x, __local REAL *scratch) {
#if SHARING > 1
  const uint item = get_local_id(0);
  scratch[item] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint s = 1; item < ROWS && s < SHARING; ++s) x += scratch[s * ROWS + item];
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  return x;
}

__kernel void tridiagonal_column(
    __global const REAL *a, const uint n, const uint c, const uint first, __global REAL *panel, const uint width,
    const uint i, __global REAL *x, __global const REAL *z, __global REAL *d, __global const REAL *tau,
    __global const REAL *dots, __global const REAL *dot_sums, __global REAL *square_sums, const uint groups) {
  __local REAL scratch[WG];
  // Of the reflectors before: their entries c, and what the last one's products with them are.
  __local REAL v_at[PANEL], w_at[PANEL], v_dot[PANEL], w_dot[PANEL];
  const uint item = get_local_id(0), part = item / ROWS, r = first + get_group_id(0) * ROWS + item % ROWS;
  const uint p = max(i, 1u) - 1;
  const bool mine = r >= c && r < n;
  __global REAL *v = panel, *w = panel + width * n;
  for (uint k = item; k < p; k += WG) {
    v_at[k] = v[k * n + c];
    w_at[k] = w[k * n + c];
    v_dot[k] = dots[k];
    w_dot[k] = dots[p + k];
  }
  REAL total = 0;
#if SHARING > 1
  for (uint g = item; g < groups; g += WG) total += dot_sums[g];
  total = group_total(total, scratch);
#else
  total = sum_of(dot_sums, groups);
#endif
  barrier(CLK_LOCAL_MEM_FENCE);
  REAL value = 0, lost = 0;
  for (uint k = part; mine && k < p; k += SHARING) {
    const REAL v_row = v[k * n + r], w_row = w[k * n + r];
    value -= v_row * w_at[k] + w_row * v_at[k];
    lost += v_row * w_dot[k] + w_row * v_dot[k];
  }
  value = row_total(value, scratch);
  lost = row_total(lost, scratch);
  if (mine && part == 0) {
    value += a[r * n + c];
    if (i > 0) {
      REAL form = 0, lost_column = 0;
      for (uint k = 0; k < p; ++k) {
        form = fma(v_dot[k], w_dot[k], form);
        lost_column += v_at[k] * w_dot[k] + w_at[k] * v_dot[k];
      }
      const REAL t = tau[c - 1], fix = correction(total, form, t);
      const REAL v_row = v[p * n + r], v_column = v[p * n + c];
      const REAL w_row = fma(fix, v_row, t != 0 ? t * (z[r] - lost) : 0);
      const REAL w_column = fma(fix, v_column, t != 0 ? t * (z[c] - lost_column) : 0);
      w[p * n + r] = w_row;
      value -= v_row * w_column + w_row * v_column;
    }
    x[r] = value;
    if (r == c) d[c] = value;
  }
  const REAL squares = group_total(part == 0 && r > c + 1 && r < n ? value * value : 0, scratch);
  if (item == 0) square_sums[get_group_id(0)] = squares;
}

static inline REAL reflected(const uint r, const uint c, const REAL value, const REAL alpha, const REAL beta, const REAL t) {
  return r == c + 1 ? 1 : r > c + 1 && t != 0 ? value / (alpha - beta) : 0;
}

__kernel void tridiagonal_reflector(
    __global REAL *a, const uint n, const uint c, const uint first, __global REAL *panel, const uint i,
    __global const REAL *x, __global REAL *e, __global REAL *tau, __global const REAL *square_sums, const uint groups,
    const uint keep) {
  const uint r = first + get_global_id(0);
  if (r >= n) return;
  const REAL alpha = x[c + 1];
  REAL beta, t;
  reflect(alpha, sum_of(square_sums, groups), &beta, &t);
  if (r == c + 1) {
    e[c] = beta;
    tau[c] = t;
  }
  const REAL v = reflected(r, c, x[r], alpha, beta, t);
  panel[i * n + r] = v;
  if (keep && r > c) a[c * n + r] = v;
}

static inline uint tile_row(const uint t) {
  uint bi = (uint)((sqrt(8.0f * (float)t + 1.0f) - 1.0f) * 0.5f);
  while (bi * (bi + 1) / 2 > t) --bi;
  while ((bi + 1) * (bi + 2) / 2 <= t) ++bi;
  return bi;
}

__kernel void tridiagonal_tiles(
    __global REAL *a, const uint n, const uint c, const uint first, __global REAL *panel, const uint v_index,
    __global const REAL *x, __global REAL *e, __global REAL *tau, __global const REAL *square_sums, const uint groups,
    const uint keep, __global REAL *partial) {
  __local REAL tile[TR][TS + 1];
  __local REAL v_rows[TS], v_columns[TS], row_parts[TS / TR][TS];
  const uint t = get_group_id(0), item = get_local_id(0);
  const uint bi = tile_row(t), bj = t - bi * (bi + 1) / 2;
  const uint row = first + bi * TS, column = first + bj * TS;
  // Every group finds the reflector for itself.
  REAL square = 0;
  for (uint g = item; g < groups; g += TS) square += square_sums[g];
  v_rows[item] = square;
  barrier(CLK_LOCAL_MEM_FENCE);
  square = 0;
  for (uint g = 0; g < min(groups, (uint)TS); ++g) square += v_rows[g];
  barrier(CLK_LOCAL_MEM_FENCE);
  const REAL alpha = x[c + 1];
  REAL beta, factor;
  reflect(alpha, square, &beta, &factor);
  const uint r = row + item;
  v_rows[item] = r < n ? reflected(r, c, x[r], alpha, beta, factor) : 0;
  v_columns[item] = column + item < n ? reflected(column + item, c, x[column + item], alpha, beta, factor) : 0;
  if (bi == bj && r < n) {
    if (r == c + 1) {
      e[c] = beta;
      tau[c] = factor;
    }
    panel[v_index * n + r] = v_rows[item];
    if (keep && r > c) a[c * n + r] = v_rows[item];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const uint j = column + item;
  const uint part = item / TR, lane = item % TR;
  REAL column_sum = 0;
  for (uint base = 0; base < TS; base += TR) {
    __global const REAL *source = a + (row + base) * n + j;
    if (bi != bj && row + TS <= n) {
#pragma unroll
      for (uint k = 0; k < TR; ++k) {
        const REAL value = source[k * n];
        tile[k][item] = value;
        column_sum = fma(value, v_rows[base + k], column_sum);
      }
    } else {
      for (uint k = 0; k < TR; ++k) {
        const uint i = row + base + k;
        const REAL value = i < n && j <= i ? source[k * n] : 0;
        tile[k][item] = value;
        if (j < i) column_sum = fma(value, v_rows[base + k], column_sum);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    REAL row_sum = 0;
    for (uint k = 0; k < TR; ++k) row_sum = fma(tile[lane][part * TR + k], v_columns[part * TR + k], row_sum);
    row_parts[part][base + lane] = row_sum;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  REAL row_total = 0;
  for (uint k = 0; k < TS / TR; ++k) row_total += row_parts[k][item];
  if (bi == bj) {
    if (row + item < n) partial[bi * n + row + item] = row_total + column_sum;
  } else {
    if (row + item < n) partial[bj * n + row + item] = row_total;
    partial[bi * n + j] = column_sum;
  }
}

#if REAL64
typedef double4 LANES;
#define LOAD(p) vload4(0, p)
#define STORE(x, p) vstore4(x, 0, p)
#define TOTAL(x) ((x.s0 + x.s1) + (x.s2 + x.s3))
#define WIDTH 4
#else
typedef float8 LANES;
#define LOAD(p) vload8(0, p)
#define STORE(x, p) vstore8(x, 0, p)
#define TOTAL(x) (((x.s0 + x.s1) + (x.s2 + x.s3)) + ((x.s4 + x.s5) + (x.s6 + x.s7)))
#define WIDTH 8
#endif

__kernel void tridiagonal_tiles_rows(
    __global const REAL *a, const uint n, const uint first, __global const REAL *panel, const uint v_offset,
    __global REAL *partial) {
  __global const REAL *v = panel + v_offset;
  const uint t = get_global_id(0);
  const uint bi = tile_row(t), bj = t - bi * (bi + 1) / 2;
  const uint row = first + bi * TS, column = first + bj * TS, height = min((uint)TS, n - row);
  REAL row_sums[TS];
  if (bi == bj) {
    REAL column_sums[TS];
    for (uint i = 0; i < height; ++i) {
      const REAL factor = v[row + i];
      __global const REAL *line = a + (row + i) * n + column;
      REAL sum = line[i] * factor;
      for (uint j = 0; j < i; ++j) {
        sum = fma(line[j], v[column + j], sum);
        column_sums[j] = fma(line[j], factor, column_sums[j]);
      }
      row_sums[i] = sum;
      column_sums[i] = 0;
    }
    for (uint i = 0; i < height; ++i) partial[bi * n + row + i] = row_sums[i] + column_sums[i];
    return;
  }
  for (uint i = 0; i < height; ++i) row_sums[i] = 0;
  for (uint base = 0; base < TS; base += 4 * WIDTH) {
    __global const REAL *x = v + column + base;
    const LANES x0 = LOAD(x), x1 = LOAD(x + WIDTH), x2 = LOAD(x + 2 * WIDTH), x3 = LOAD(x + 3 * WIDTH);
    LANES y0 = 0, y1 = 0, y2 = 0, y3 = 0;
    for (uint i = 0; i < height; ++i) {
      __global const REAL *line = a + (row + i) * n + column + base;
      const LANES a0 = LOAD(line), a1 = LOAD(line + WIDTH), a2 = LOAD(line + 2 * WIDTH), a3 = LOAD(line + 3 * WIDTH);
      const LANES factor = (LANES)(v[row + i]);
      const LANES sum = fma(a0, x0, a1 * x1) + fma(a2, x2, a3 * x3);
      y0 = fma(a0, factor, y0);
      y1 = fma(a1, factor, y1);
      y2 = fma(a2, factor, y2);
      y3 = fma(a3, factor, y3);
      row_sums[i] += TOTAL(sum);
    }
    __global REAL *y = partial + bi * n + column + base;
    STORE(y0, y);
    STORE(y1, y + WIDTH);
    STORE(y2, y + 2 * WIDTH);
    STORE(y3, y + 3 * WIDTH);
  }
  for (uint i = 0; i < height; ++i) partial[bj * n + row + i] = row_sums[i];
}

__kernel void tridiagonal_gather(
    __global const REAL *partial, const uint tiles, const uint n, const uint first, __global const REAL *panel,
    const uint width, const uint i, __global REAL *z, __global REAL *dots, __global REAL *dot_sums,
    const uint row_groups) {
  __local REAL scratch[WG];
  const uint group = get_group_id(0), item = get_local_id(0);
  __global const REAL *v = panel + i * n;
  if (group < row_groups) {
    const uint part = item / ROWS, r = first + group * ROWS + item % ROWS;
    REAL total = 0;
    if (r < n) {
#pragma unroll 8
      for (uint k = part; k < tiles; k += SHARING) total += partial[k * n + r];
    }
    total = row_total(total, scratch);
    REAL product = 0;
    if (r < n && part == 0) {
      z[r] = total;
      product = v[r] != 0 ? total * v[r] : 0;
    }
    product = group_total(product, scratch);
    if (item == 0) dot_sums[group] = product;
  } else {
    const uint k = group - row_groups;
    __global const REAL *left = panel + (k < i ? k : width + k - i) * n;
    REAL sum = 0;
    // Both are read before either is looked at: an item waits for them once.
#pragma unroll 4
    for (uint r = first + item; r < n; r += WG) {
      const REAL x = v[r], y = left[r];
      sum = fma(x != 0 ? y : 0, x, sum);
    }
    sum = group_total(sum, scratch);
    if (item == 0) dots[k] = sum;
  }
}

// The last companion of a panel, and the second copy of V, for rows beyond the panel.
__kernel void tridiagonal_finish(
    const uint n, const uint c, const uint first, __global REAL *panel, const uint width, const uint count,
    __global const REAL *z, __global const REAL *tau, __global const REAL *dots, __global const REAL *dot_sums,
    const uint groups) {
  const uint r = first + get_global_id(0);
  if (r <= c || r >= n) return;
  __global REAL *v = panel, *w = panel + width * n, *again = panel + 2 * width * n;
  const uint p = count - 1;
  REAL form = 0;
  for (uint k = 0; k < p; ++k) form = fma(dots[k], dots[p + k], form);
  const REAL fix = correction(sum_of(dot_sums, groups), form, tau[c]);
  w[p * n + r] = fma(fix, v[p * n + r], companion(v, w, n, r, p, z, dots, tau[c]));
  for (uint k = 0; k < count; ++k) again[k * n + r] = v[k * n + r];
}
