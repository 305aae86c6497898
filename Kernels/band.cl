// Blocked reduction of a symmetric matrix to a band of b = BAND diagonals on either side, a panel of b columns a round: all but the
// factorisation of the panels is products.
//
// A panel that starts at column c has m = n - c - b rows left of the band; a column of it is a row of m numbers here. It becomes
// R by reflectors v_0 ... v_(b-1), rows of V, v_j[j] = 1 and zeros before: H_j = I - tau_j v_j v_j^T, and H_0 H_1 ... = I - V^T T V,
// the inverse of T the upper triangle of V V^T with 1 / tau on its diagonal (Joffrain et al., ACM TOMS 32, 2006): L below is its
// transpose. What lies beyond, A, becomes A - V^T Z - Z^T V with U = V A, M = V A V^T and
//
//   Z = L^-1 (U - M L^-T V / 2)
//
//   gather   the panel out of A, and what the first column needs
//   column   j: reflector j, whose inner products with all columns the last launch summed by groups; the columns after it reflected;
//            row j of R into A, row j of L; the inner products of column j + 1 with all, summed by groups
//   product  U by runs of rows of A, of which the lower triangle is read, twice
//   fold     U <- the sums of all runs; V again, for the update, and into A beyond the diagonal, where the back-transformation
//            finds it; M by groups
//   middle   F <- [-L^-1 M L^-T / 2, L^-1], so that Z = F [V; U]
//   entries  the band, at last
//
// Outside this file: the product Z and the update of A. tau = 0 stands for a column that is reduced already; then v = 0, and L has
// the row of an identity.
// Sources: Bischof, Lang, Sun, ACM TOMS 26 (2000); Dongarra, Sorensen, Hammarling (1989).
//
// Index map: a: n x n, row-major. stack: rows of n: b of V, of Z (for the products), of V again, of U. Inner products: a row of b a
// group, those of column j with all, its pivot and what is before it left out; pivots: b, entry j of all columns; both are
// read from one buffer and written to another. triangle: L, b x b. partial: runs x b x n. middles: groups x b x b.
// factors: F, b x 2b. band: n x (b + 1).
//
// Launch: gather, column, fold: a group of WG items BAND_RUN positions of m; middle: one group; product: a group of BAND_EDGE items as many
// positions, by runs of `span` rows; entries: items n (b + 1).
//
// BAND: b, 32. BAND_RUN and BAND_EDGE: positions of a group. All by the host.

#define SETS (WG / BAND)
#define OWN (BAND / SETS)

// The sums over all lanes of what item (lane, set) has for columns set, set + SETS, ...
static inline void total_lanes(
    const REAL sums[OWN], __local REAL parts[BAND][BAND + 1], __local REAL folded[BAND][SETS + 1], __global REAL *out) {
  const uint item = get_local_id(0), lane = item % BAND, set = item / BAND;
  barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
  for (uint o = 0; o < OWN; ++o) parts[set + o * SETS][lane] = sums[o];
  barrier(CLK_LOCAL_MEM_FENCE);
  const uint k = item / SETS, part = item % SETS;
  REAL sum = 0;
#pragma unroll
  for (uint t = 0; t < OWN; ++t) sum += parts[k][part * OWN + t];
  folded[k][part] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < BAND) {
    REAL total = 0;
    for (uint p = 0; p < SETS; ++p) total += folded[item][p];
    out[item] = total;
  }
}

__kernel void band_gather(
    __global const REAL *a, const uint n, const uint c, __global REAL *v, __global REAL *dots, __global REAL *pivots,
    __global REAL *triangle) {
  __local REAL tile[BAND][BAND + 1], folded[BAND][SETS + 1];
  const uint item = get_local_id(0), lane = item % BAND, set = item / BAND, group = get_group_id(0), m = n - c - BAND;
  __global const REAL *block = a + (c + BAND) * n + c;
  REAL sums[OWN];
#pragma unroll
  for (uint o = 0; o < OWN; ++o) sums[o] = 0;
  for (uint base = group * BAND_RUN; base < min(m, (group + 1) * BAND_RUN); base += BAND) {
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (uint o = 0; o < OWN; ++o) {
      const uint i = set + o * SETS;
      tile[lane][i] = base + i < m ? block[(base + i) * n + lane] : 0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const uint r = base + lane;
#pragma unroll
    for (uint o = 0; o < OWN; ++o) {
      const uint k = set + o * SETS;
      const REAL value = tile[k][lane];
      if (r < m) v[k * n + r] = value;
      if (r == 0) pivots[k] = value;
      if (r > 0) sums[o] = fma(value, tile[0][lane], sums[o]);
    }
  }
  if (group == 0) {
    for (uint e = item; e < BAND * BAND; e += WG) triangle[e] = e % (BAND + 1) == 0 ? 1 : 0;
  }
  total_lanes(sums, tile, folded, dots + group * BAND);
}

__kernel void band_column(
    __global REAL *a, const uint n, const uint c, const uint j, const uint groups, __global REAL *v,
    __global const REAL *dots, __global const REAL *pivots, __global REAL *next_dots, __global REAL *next_pivots,
    __global REAL *triangle, __global REAL *tau) {
  __local REAL parts[BAND][BAND + 1], folded[BAND][SETS + 1], dot[BAND], pivot[BAND], own[BAND_RUN], next[BAND_RUN];
  const uint item = get_local_id(0), lane = item % BAND, set = item / BAND, group = get_group_id(0), m = n - c - BAND;
  const uint start = group * BAND_RUN;
  const bool last = j + 1 == BAND;
  // All that is read of the panel is on its way before the sums are known.
  REAL held[OWN][BAND_RUN / BAND], x = 0, y = 0;
#pragma unroll
  for (uint o = 0; o < OWN; ++o) {
#pragma unroll
    for (uint s = 0; s < BAND_RUN / BAND; ++s) {
      const uint r = start + s * BAND + lane;
      held[o][s] = r < m ? v[(set + o * SETS) * n + r] : 0;
    }
  }
  if (item < BAND_RUN && start + item < m) {
    x = v[j * n + start + item];
    if (!last) y = v[(j + 1) * n + start + item];
  }
  REAL sum = 0;
#pragma unroll 8
  for (uint g = set; g < groups; g += SETS) sum += dots[g * BAND + lane];
  folded[lane][set] = sum;
  if (item < BAND) pivot[item] = pivots[item];
  barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
  if (item < BAND) {
    REAL total = 0;
    for (uint p = 0; p < SETS; ++p) total += folded[item][p];
    dot[item] = total;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  // Every group finds the reflector for itself.
  const REAL alpha = pivot[j];
  REAL beta, t;
  reflect(alpha, dot[j], &beta, &t);
  const REAL scale = t != 0 ? 1 / (alpha - beta) : 0;
  if (item < BAND_RUN) {
    const uint r = start + item;
    x = t == 0 || r >= m ? 0 : r > j ? x * scale : r == j ? 1 : 0;
    own[item] = x;
    next[item] = r < m && r > j + 1 && !last ? fma(-t * fma(scale, dot[j + 1], pivot[j + 1]), x, y) : 0;
  }
  if (group == 0 && item <= j) {
    const REAL product = t != 0 ? fma(scale, dot[item], pivot[item]) : 0;
    triangle[j * BAND + item] = item < j ? product : t != 0 ? 1 / t : 1;
    if (item == j) tau[c + j] = t;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  REAL sums[OWN];
#pragma unroll
  for (uint o = 0; o < OWN; ++o) {
    const uint k = set + o * SETS;
    const REAL weight = k > j ? t * fma(scale, dot[k], pivot[k]) : 0;
    sums[o] = 0;
#pragma unroll
    for (uint s = 0; s < BAND_RUN / BAND; ++s) {
      const uint i = s * BAND + lane, r = start + i;
      REAL value = k == j ? own[i] : k > j ? fma(-weight, own[i], held[o][s]) : held[o][s];
      if (r < m) {
        if (k >= j && r == j) {
          a[(c + BAND + j) * n + c + k] = k == j ? beta : value;
          if (k > j) value = 0;
        }
        if (k >= j) v[k * n + r] = value;
        if (r == j + 1) next_pivots[k] = value;
      }
      sums[o] = fma(value, next[i], sums[o]);
    }
  }
  total_lanes(sums, parts, folded, next_dots + group * BAND);
}

// Of a slice of A and one of V.
#define DEPTH 16
#define BAND_ITEMS BAND_EDGE
#define ACROSS 32
#define DOWN (BAND_ITEMS / ACROSS)
#define OWN_ROWS (BAND / DOWN)
#define OWN_COLUMNS (BAND_EDGE / ACROSS)
#define SHARE (DEPTH * BAND_EDGE / BAND_ITEMS)
#define V_SHARE (DEPTH * BAND / BAND_ITEMS)
#if REAL64
typedef double2 PAIR;
#else
typedef float2 PAIR;
#endif

// An item's share of DEPTH rows from k on of the symmetric matrix, in columns from j on.
static inline void fetch_symmetric(
    __global const REAL *a, const uint n, const uint m, const uint k, const uint end, const uint j, REAL share[SHARE]) {
  const uint item = get_local_id(0);
  const bool turned = k + DEPTH <= j;
#pragma unroll
  for (uint part = 0; part < SHARE; ++part) {
    const uint e = part * BAND_ITEMS + item;
    const uint row = k + (turned ? e % DEPTH : e / BAND_EDGE), column = j + (turned ? e / DEPTH : e % BAND_EDGE);
    share[part] = row < end && column < m ? a[max(row, column) * n + min(row, column)] : 0;
  }
}

static inline void fetch_rows(
    __global const REAL *v, const uint n, const uint k, const uint end, REAL share[V_SHARE]) {
#pragma unroll
  for (uint part = 0; part < V_SHARE; ++part) {
    const uint e = part * BAND_ITEMS + get_local_id(0), row = k + e % DEPTH;
    share[part] = row < end ? v[e / DEPTH * n + row] : 0;
  }
}

__kernel __attribute__((reqd_work_group_size(BAND_ITEMS, 1, 1))) void band_product(
    __global const REAL *a, const uint n, const uint first, __global const REAL *v, const uint span, __global REAL *partial) {
  __local REAL left[DEPTH][BAND] __attribute__((aligned(16))), right[DEPTH][BAND_EDGE + 1];
  const uint item = get_local_id(0), x = item % ACROSS, y = item / ACROSS, m = n - first;
  const uint j = get_group_id(0) * BAND_EDGE, run = get_global_id(1), begin = run * span, end = min(m, begin + span);
  a += first * (n + 1);
  REAL sums[OWN_ROWS][OWN_COLUMNS], share[SHARE], v_share[V_SHARE];
#pragma unroll
  for (uint r = 0; r < OWN_ROWS; ++r) {
#pragma unroll
    for (uint s = 0; s < OWN_COLUMNS; ++s) sums[r][s] = 0;
  }
  fetch_symmetric(a, n, m, begin, end, j, share);
  fetch_rows(v, n, begin, end, v_share);
  for (uint k = begin; k < end; k += DEPTH) {
    const bool turned = k + DEPTH <= j;
#pragma unroll
    for (uint part = 0; part < SHARE; ++part) {
      const uint e = part * BAND_ITEMS + item;
      right[turned ? e % DEPTH : e / BAND_EDGE][turned ? e / DEPTH : e % BAND_EDGE] = share[part];
    }
#pragma unroll
    for (uint part = 0; part < V_SHARE; ++part) {
      const uint e = part * BAND_ITEMS + item;
      left[e % DEPTH][e / DEPTH] = v_share[part];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    // The next slice is on its way while this one is worked on.
    if (k + DEPTH < end) {
      fetch_symmetric(a, n, m, k + DEPTH, end, j, share);
      fetch_rows(v, n, k + DEPTH, end, v_share);
    }
#pragma unroll 4
    for (uint q = 0; q < DEPTH; ++q) {
      REAL p[OWN_ROWS];
#pragma unroll
      for (uint r = 0; r < OWN_ROWS; r += 2) {
        const PAIR two = *(__local const PAIR *)&left[q][y * OWN_ROWS + r];
        p[r] = two.s0;
        p[r + 1] = two.s1;
      }
#pragma unroll
      for (uint s = 0; s < OWN_COLUMNS; ++s) {
        const REAL value = right[q][x + s * ACROSS];
#pragma unroll
        for (uint r = 0; r < OWN_ROWS; ++r) sums[r][s] = fma(p[r], value, sums[r][s]);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  partial += (run * BAND + y * OWN_ROWS) * n;
#pragma unroll
  for (uint r = 0; r < OWN_ROWS; ++r) {
#pragma unroll
    for (uint s = 0; s < OWN_COLUMNS; ++s) {
      const uint column = j + x + s * ACROSS;
      if (column < m) partial[r * n + column] = sums[r][s];
    }
  }
}

__kernel void band_fold(
    __global const REAL *partial, const uint runs, __global REAL *a, const uint n, const uint c, __global REAL *stack,
    __global REAL *middles) {
  __local REAL u[BAND][BAND + 1], v[BAND][BAND + 1];
  const uint item = get_local_id(0), lane = item % BAND, set = item / BAND, group = get_group_id(0), m = n - c - BAND;
  const uint row = item / SETS, column = item % SETS;
  REAL sums[OWN];
#pragma unroll
  for (uint o = 0; o < OWN; ++o) sums[o] = 0;
  for (uint base = group * BAND_RUN; base < min(m, (group + 1) * BAND_RUN); base += BAND) {
    const uint r = base + lane;
    barrier(CLK_LOCAL_MEM_FENCE);
    REAL totals[OWN];
#pragma unroll
    for (uint o = 0; o < OWN; ++o) totals[o] = 0;
    if (r < m) {
#pragma unroll 4
      for (uint run = 0; run < runs; ++run) {
#pragma unroll
        for (uint o = 0; o < OWN; ++o) totals[o] += partial[(run * BAND + set + o * SETS) * n + r];
      }
    }
#pragma unroll
    for (uint o = 0; o < OWN; ++o) {
      const uint k = set + o * SETS;
      REAL value = 0;
      if (r < m) {
        value = stack[k * n + r];
        stack[(2 * BAND + k) * n + r] = value;
        stack[(3 * BAND + k) * n + r] = totals[o];
        a[(c + k) * n + c + BAND + r] = value;
      }
      u[k][lane] = totals[o];
      v[k][lane] = value;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll 4
    for (uint i = 0; i < BAND; ++i) {
#pragma unroll
      for (uint o = 0; o < OWN; ++o) sums[o] = fma(u[row][i], v[column + o * SETS][i], sums[o]);
    }
  }
#pragma unroll
  for (uint o = 0; o < OWN; ++o) middles[(group * BAND + row) * BAND + column + o * SETS] = sums[o];
}

__kernel void band_middle(
    __global const REAL *middles, const uint groups, __global const REAL *triangle, __global REAL *factors) {
  __local REAL l[BAND][BAND + 1], inverse[BAND][BAND + 1], middle[BAND][BAND + 1];
  const uint item = get_local_id(0), column = item % BAND, set = item / BAND;
  REAL sums[OWN];
#pragma unroll
  for (uint o = 0; o < OWN; ++o) sums[o] = 0;
#pragma unroll 4
  for (uint g = 0; g < groups; ++g) {
#pragma unroll
    for (uint o = 0; o < OWN; ++o) sums[o] += middles[(g * BAND + set + o * SETS) * BAND + column];
  }
#pragma unroll
  for (uint o = 0; o < OWN; ++o) {
    const uint row = set + o * SETS;
    const REAL entry = triangle[row * BAND + column];
    middle[row][column] = sums[o];
    l[row][column] = row == column ? 1 / entry : entry;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  // A column of the inverse an item.
  if (item < BAND) {
    REAL x[BAND];
#pragma unroll
    for (uint i = 0; i < BAND; ++i) {
      REAL value = i == item ? 1 : 0;
#pragma unroll
      for (uint k = 0; k < i; ++k) value = fma(-l[i][k], x[k], value);
      x[i] = value * l[i][i];
      inverse[i][item] = x[i];
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
  for (uint o = 0; o < OWN; ++o) {
    const uint row = set + o * SETS;
    REAL sum = 0;
    for (uint k = 0; k < BAND; ++k) sum = fma(middle[row][k], inverse[column][k], sum);
    l[row][column] = REAL_C(0.5) * sum;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
  for (uint o = 0; o < OWN; ++o) {
    const uint row = set + o * SETS;
    REAL sum = 0;
    for (uint k = 0; k < BAND; ++k) sum = fma(inverse[row][k], l[k][column], sum);
    factors[row * 2 * BAND + column] = -sum;
    factors[row * 2 * BAND + BAND + column] = inverse[row][column];
  }
}

__kernel void band_entries(__global const REAL *a, const uint n, const uint width, __global REAL *band) {
  const uint e = get_global_id(0), i = e / (width + 1), t = e % (width + 1);
  if (i < n) band[e] = t <= i ? a[i * n + i - t] : 0;
}
