// Products of blocks in one launch, a tile of C a group: where launches would weigh more than the arithmetic, and triangles,
// which are added to where they lie.
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
// EDGE: of a tile. The file is built twice: with PRODUCT_TILE, by the host, so that many groups share what is small, and as
// WIDE with WIDE_TILE, whose items do twice as much with each number that they take from local memory. The host divides by both.

#ifdef WIDE
#define EDGE WIDE_TILE
#else
#define EDGE PRODUCT_TILE
#endif
// Of a slice, so that two of them fit 17 KiB.
#if defined(WIDE) && REAL64
#define DEPTH 8
#else
#define DEPTH 16
#endif

#define ITEMS 256
// An item has OWN rows and OWN columns of the tile: runs of 16 bytes, SIDE items side by side.
#define SIDE 16
#define OWN (EDGE / SIDE)
#if REAL64
typedef double2 PACK;
#define VEC 2
#define UNPACK(to, from) to[0] = from.s0, to[1] = from.s1
#else
typedef float4 PACK;
#define VEC 4
#define UNPACK(to, from) to[0] = from.s0, to[1] = from.s1, to[2] = from.s2, to[3] = from.s3
#endif
// Number r of those that belong to an item.
#define OWNED(item, r) ((r) / VEC * (SIDE * VEC) + (item) * VEC + (r) % VEC)
// Numbers of a slice that an item brings.
#define SHARE (DEPTH * EDGE / ITEMS)

// An item's share of a slice of DEPTH by EDGE numbers: along is the index whose neighbours lie side by side.
static inline void fetch(
    __global const REAL *from, const uint stride, const bool turned, const uint width, const uint depth, REAL share[SHARE]) {
#pragma unroll
  for (uint part = 0; part < SHARE; ++part) {
    const uint e = part * ITEMS + get_local_id(0);
    const uint k = turned ? e / EDGE : e % DEPTH, i = turned ? e % EDGE : e / DEPTH;
    share[part] = i < width && k < depth ? from[turned ? k * stride + i : i * stride + k] : 0;
  }
}

static inline void put(const REAL share[SHARE], const bool turned, __local REAL slice[DEPTH][EDGE + VEC]) {
#pragma unroll
  for (uint part = 0; part < SHARE; ++part) {
    const uint e = part * ITEMS + get_local_id(0);
    slice[turned ? e / EDGE : e % DEPTH][turned ? e % EDGE : e / DEPTH] = share[part];
  }
}

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void tile_product(
    __global const REAL *a, const uint a_offset, const uint a_stride, const uint a_step, __global const REAL *b,
    const uint b_offset, const uint b_stride, const uint b_step, __global REAL *c, const uint c_offset,
    const uint c_stride, const uint c_step, const uint rows, const uint columns, const uint inner, const REAL alpha,
    const REAL beta, const uint shape) {
  __local REAL left[DEPTH][EDGE + VEC] __attribute__((aligned(16))), right[DEPTH][EDGE + VEC] __attribute__((aligned(16)));
  const uint item = get_local_id(0), x = item % SIDE, y = item / SIDE;
  const uint tiles = (rows + EDGE - 1) / EDGE, block = get_global_id(1) / tiles;
  const uint2 place = tile_place(tiles);
  const uint row = place.s1 * EDGE, column = place.s0 * EDGE;
  if (shape & LOWER_C && column > row) return;
  uint begin = 0, end = inner;
  if (shape & LOWER_A) end = min(end, row + EDGE);
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
  REAL left_share[SHARE], right_share[SHARE];
  if (begin < end) {
    fetch(a + (turned_a ? begin * a_stride : begin), a_stride, turned_a, rows - row, end - begin, left_share);
    fetch(b + (turned_b ? begin : begin * b_stride), b_stride, !turned_b, columns - column, end - begin, right_share);
  }
  for (uint first = begin; first < end; first += DEPTH) {
    put(left_share, turned_a, left);
    put(right_share, !turned_b, right);
    barrier(CLK_LOCAL_MEM_FENCE);
    // The next slice is on its way while this one is worked on.
    const uint next = first + DEPTH;
    if (next < end) {
      fetch(a + (turned_a ? next * a_stride : next), a_stride, turned_a, rows - row, end - next, left_share);
      fetch(b + (turned_b ? next : next * b_stride), b_stride, !turned_b, columns - column, end - next, right_share);
    }
#pragma unroll 4
    for (uint k = 0; k < DEPTH; ++k) {
      REAL u[OWN], v[OWN];
#pragma unroll
      for (uint r = 0; r < OWN; r += VEC) {
        const PACK p = *(__local const PACK *)&left[k][OWNED(y, r)], q = *(__local const PACK *)&right[k][OWNED(x, r)];
        UNPACK((u + r), p);
        UNPACK((v + r), q);
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
      const uint i = row + OWNED(y, r), j = column + OWNED(x, s);
      if (i >= rows || j >= columns || (shape & LOWER_C && j > i)) continue;
      const uint e = i * c_stride + j;
      c[e] = beta == 0 ? alpha * sums[r][s] : fma(beta, c[e], alpha * sums[r][s]);
    }
  }
}
