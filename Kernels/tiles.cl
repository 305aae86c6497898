// Products of blocks in one launch, a tile of C a group: where launches would weigh more than the arithmetic.
//
//   tile_product  C[i, j] <- alpha sum_k A[i, k] B[k, j] + beta C[i, j], k ascending; with beta = 0 the old C is not read
//
// Index map: A[i, k] = a[a_offset + i * a_stride + k], or with the bit TURNED_A a[a_offset + k * a_stride + i]; B likewise
// with TURNED_B; C[i, j] = c[c_offset + i * c_stride + j]. C may lie in the buffers of A and B, apart from both.
// Further bits of `shape`, for triangles: LOWER_C computes j <= i alone; LOWER_A, UPPER_A, LOWER_B say that A[i, k] is 0 for
// k > i or k < i, or B[k, j] for k < j: most of these zeros are passed over, some are read.
// A batch: block t of a, b and c starts a_step, b_step and c_step elements after block t - 1.
//
// Launch: groups of 256 items; columns by rows of tiles, the rows of tiles of all blocks one below the other.
//
// PRODUCT_TILE: edge of a tile, 64, by the host, which divides by it. DEPTH: of a slice, default 16.

#ifndef DEPTH
#define DEPTH 16
#endif

#define TURNED_A 1
#define TURNED_B 2
#define LOWER_C 4
#define LOWER_A 8
#define UPPER_A 16
#define LOWER_B 32

#define ITEMS 256
// An item has entries y + SIDE r, x + SIDE s of the tile, r, s < OWN.
#define SIDE 16
#define OWN (PRODUCT_TILE / SIDE)

// A slice of DEPTH by PRODUCT_TILE numbers into local memory: along is the index whose neighbours lie side by side.
static inline void load_slice(
    __global const REAL *from, const uint stride, const bool turned, const uint width, const uint depth,
    __local REAL slice[DEPTH][PRODUCT_TILE + 1]) {
  const uint item = get_local_id(0);
#pragma unroll
  for (uint part = 0; part < DEPTH * PRODUCT_TILE / ITEMS; ++part) {
    const uint e = part * ITEMS + item;
    const uint k = turned ? e / PRODUCT_TILE : e % DEPTH, i = turned ? e % PRODUCT_TILE : e / DEPTH;
    slice[k][i] = i < width && k < depth ? from[turned ? k * stride + i : i * stride + k] : 0;
  }
}

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void tile_product(
    __global const REAL *a, const uint a_offset, const uint a_stride, const uint a_step, __global const REAL *b,
    const uint b_offset, const uint b_stride, const uint b_step, __global REAL *c, const uint c_offset,
    const uint c_stride, const uint c_step, const uint rows, const uint columns, const uint inner, const REAL alpha,
    const REAL beta, const uint shape) {
  __local REAL left[DEPTH][PRODUCT_TILE + 1], right[DEPTH][PRODUCT_TILE + 1];
  const uint item = get_local_id(0), x = item % SIDE, y = item / SIDE;
  const uint tiles = (rows + PRODUCT_TILE - 1) / PRODUCT_TILE, block = get_global_id(1) / tiles;
  const uint row = get_global_id(1) % tiles * PRODUCT_TILE, column = get_group_id(0) * PRODUCT_TILE;
  if (shape & LOWER_C && column > row) return;
  uint begin = 0, end = inner;
  if (shape & LOWER_A) end = min(end, row + PRODUCT_TILE);
  if (shape & UPPER_A) begin = row;
  if (shape & LOWER_B) begin = max(begin, column);
  const bool turned_a = shape & TURNED_A, turned_b = shape & TURNED_B;
  a += a_offset + block * a_step + (turned_a ? row : row * a_stride);
  b += b_offset + block * b_step + (turned_b ? column * b_stride : column);
  REAL sums[OWN][OWN];
#pragma unroll
  for (uint r = 0; r < OWN; ++r) {
#pragma unroll
    for (uint s = 0; s < OWN; ++s) sums[r][s] = 0;
  }
  for (uint first = begin; first < end; first += DEPTH) {
    load_slice(a + (turned_a ? first * a_stride : first), a_stride, turned_a, rows - row, end - first, left);
    load_slice(b + (turned_b ? first : first * b_stride), b_stride, !turned_b, columns - column, end - first, right);
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (uint k = 0; k < DEPTH; ++k) {
      REAL u[OWN], v[OWN];
#pragma unroll
      for (uint r = 0; r < OWN; ++r) {
        u[r] = left[k][y + SIDE * r];
        v[r] = right[k][x + SIDE * r];
      }
#pragma unroll
      for (uint r = 0; r < OWN; ++r) {
#pragma unroll
        for (uint s = 0; s < OWN; ++s) sums[r][s] = fma(u[r], v[s], sums[r][s]);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  c += c_offset + block * c_step;
#pragma unroll
  for (uint r = 0; r < OWN; ++r) {
#pragma unroll
    for (uint s = 0; s < OWN; ++s) {
      const uint i = row + y + SIDE * r, j = column + x + SIDE * s;
      if (i >= rows || j >= columns || (shape & LOWER_C && j > i)) continue;
      const uint e = i * c_stride + j;
      c[e] = beta == 0 ? alpha * sums[r][s] : fma(beta, c[e], alpha * sums[r][s]);
    }
  }
}
