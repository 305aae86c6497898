// Products of float64 matrices by the matrix units of NVIDIA's chips, a tile of C a group: mma.sync of PTX.
//
//   mma_product  as tile_product of tiles.cl, with its arguments, index map, shapes and batches
//
// One instruction of a warp adds A B to C, A: MMA_ROWS x MMA_DEPTH, B: MMA_DEPTH x 8. Its 32 lanes hold the three in pieces
// (PTX ISA, "Matrix Fragments for mma.m8n8k4 with .f64 floating point type" and its like for m16n8k16), lane = 4 g + t:
//
//   A  a[i] is row g + 8 (i mod R), column t + 4 (i div R), R = MMA_ROWS / 8
//   B  b[i] is row t + 4 i, column g
//   C  c[i] is row g + 8 (i div 2), column 2 t + i mod 2
//
// A slice of A and one of B lie in local memory; four numbers are added to a row there, so that no two lanes of a half-warp meet in a
// bank. A warp has 32 x 32 of the tile.
//
// Launch: groups of 256 items, item i being lane i mod 32 of warp i div 32; columns by rows of tiles, as tile_product.
//
// MMA_DEPTH: 16 from compute capability 9.0, else 4, by the host; with MMA_TILE_ROWS and MMA_TILE_COLUMNS, the edges of a tile, 128 and
// 64. MMA_BY_HAND: the instruction is replaced by loops over its operands in local memory, for devices without it: a test of all
// but the instruction.

#define MMA_ROWS (MMA_DEPTH == 16 ? 16 : 8)
#define A_COUNT (MMA_ROWS * MMA_DEPTH / 32)
#define B_COUNT (MMA_DEPTH * 8 / 32)
#define C_COUNT (MMA_ROWS * 8 / 32)
#define ITEMS 256
// Of a slice.
#define DEPTH 16
// Edge of a warp's part of the tile, and the pieces of it.
#define PART 32
#define DOWN (PART / MMA_ROWS)
#define ALONG (PART / 8)
#define LEFT_SHARE (DEPTH * MMA_TILE_ROWS / ITEMS)
#define RIGHT_SHARE (DEPTH * MMA_TILE_COLUMNS / ITEMS)
#define PADDING 4

#ifdef MMA_BY_HAND
// Every lane lays down what it holds, and takes the operands of its own results from the lanes that hold them.
#define EXCHANGE __local double held[ITEMS * (A_COUNT + B_COUNT)];
#define MULTIPLY(c, a, b) multiply(c, a, b, held)
static inline void multiply(double c[C_COUNT], const double a[A_COUNT], const double b[B_COUNT], __local double *held) {
  const uint item = get_local_id(0), lane = item % 32;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint i = 0; i < A_COUNT; ++i) held[item * A_COUNT + i] = a[i];
  for (uint i = 0; i < B_COUNT; ++i) held[ITEMS * A_COUNT + item * B_COUNT + i] = b[i];
  barrier(CLK_LOCAL_MEM_FENCE);
  __local const double *left = held + (item - lane) * A_COUNT;
  __local const double *right = held + ITEMS * A_COUNT + (item - lane) * B_COUNT;
  for (uint i = 0; i < C_COUNT; ++i) {
    const uint row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
    for (uint k = 0; k < MMA_DEPTH; ++k) {
      const double x = left[(row % 8 * 4 + k % 4) * A_COUNT + k / 4 * (MMA_ROWS / 8) + row / 8];
      c[i] = fma(x, right[(column * 4 + k % 4) * B_COUNT + k / 4], c[i]);
    }
  }
}
#else
#define EXCHANGE
#define MULTIPLY(c, a, b) multiply(c, a, b)
static inline void multiply(double c[C_COUNT], const double a[A_COUNT], const double b[B_COUNT]) {
#if MMA_DEPTH == 16
  __asm__ volatile(
      "mma.sync.aligned.m16n8k16.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7, %8, %9, %10, %11}, "
      "{%12, %13, %14, %15}, {%0, %1, %2, %3};"
      : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
      : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(a[4]), "d"(a[5]), "d"(a[6]), "d"(a[7]), "d"(b[0]), "d"(b[1]),
        "d"(b[2]), "d"(b[3]));
#else
  __asm__ volatile(
      "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
      : "+d"(c[0]), "+d"(c[1])
      : "d"(a[0]), "d"(b[0]));
#endif
}
#endif

// Entry e of a slice of DEPTH by `edge`: its place along, and in depth. Where depth is contiguous, four of it are taken together: 32
// bytes, what a chip fetches at least.
#define PLACE_ALONG(e, edge, turned) ((turned) ? (e) % (edge) : (e) / 4 % (edge))
#define PLACE_DEEP(e, edge, turned) ((turned) ? (e) / (edge) : (e) / (4 * (edge)) * 4 + (e) % 4)

#define FETCH(share, count, edge, from, stride, turned, width, depth)                                            \
  _Pragma("unroll") for (uint part = 0; part < (count); ++part) {                                                \
    const uint e = part * ITEMS + item, i = PLACE_ALONG(e, edge, turned), k = PLACE_DEEP(e, edge, turned);       \
    share[part] = i < (width) && k < (depth) ? (from)[(turned) ? k * (stride) + i : i * (stride) + k] : 0;       \
  }

#define PUT(share, count, edge, turned, slice)                                                                   \
  _Pragma("unroll") for (uint part = 0; part < (count); ++part) {                                                \
    const uint e = part * ITEMS + item;                                                                          \
    slice[PLACE_DEEP(e, edge, turned)][PLACE_ALONG(e, edge, turned)] = share[part];                              \
  }

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void mma_product(
    __global const REAL *a, const uint a_offset, const uint a_stride, const uint a_step, __global const REAL *b,
    const uint b_offset, const uint b_stride, const uint b_step, __global REAL *c, const uint c_offset,
    const uint c_stride, const uint c_step, const uint rows, const uint columns, const uint inner, const REAL alpha,
    const REAL beta, const uint shape) {
  __local double left[DEPTH][MMA_TILE_ROWS + PADDING], right[DEPTH][MMA_TILE_COLUMNS + PADDING];
  EXCHANGE
  const uint item = get_local_id(0), g = item % 32 / 4, t = item % 4, warp = item / 32;
  const uint tiles = (rows + MMA_TILE_ROWS - 1) / MMA_TILE_ROWS, block = get_global_id(1) / tiles;
  const uint row = get_global_id(1) % tiles * MMA_TILE_ROWS, column = get_group_id(0) * MMA_TILE_COLUMNS;
  if (shape & LOWER_C && column >= row + MMA_TILE_ROWS) return;
  uint begin = 0, end = inner;
  if (shape & LOWER_A) end = min(end, row + MMA_TILE_ROWS);
  if (shape & UPPER_A) begin = row;
  if (shape & LOWER_B) begin = max(begin, column);
  const bool turned_a = shape & TURNED_A, turned_b = shape & TURNED_B;
  a += a_offset + block * a_step + (turned_a ? row : row * a_stride);
  b += b_offset + block * b_step + (turned_b ? column * b_stride : column);
  const uint down = warp / (MMA_TILE_COLUMNS / PART) * PART, along = warp % (MMA_TILE_COLUMNS / PART) * PART;
  double sums[DOWN][ALONG][C_COUNT];
#pragma unroll
  for (uint r = 0; r < DOWN; ++r) {
#pragma unroll
    for (uint s = 0; s < ALONG; ++s) {
#pragma unroll
      for (uint i = 0; i < C_COUNT; ++i) sums[r][s][i] = 0;
    }
  }
  double left_share[LEFT_SHARE], right_share[RIGHT_SHARE];
  if (begin < end) {
    __global const REAL *u = a + (turned_a ? begin * a_stride : begin), *v = b + (turned_b ? begin : begin * b_stride);
    FETCH(left_share, LEFT_SHARE, MMA_TILE_ROWS, u, a_stride, turned_a, rows - row, end - begin)
    FETCH(right_share, RIGHT_SHARE, MMA_TILE_COLUMNS, v, b_stride, !turned_b, columns - column, end - begin)
  }
  for (uint first = begin; first < end; first += DEPTH) {
    PUT(left_share, LEFT_SHARE, MMA_TILE_ROWS, turned_a, left)
    PUT(right_share, RIGHT_SHARE, MMA_TILE_COLUMNS, !turned_b, right)
    barrier(CLK_LOCAL_MEM_FENCE);
    // The next slice is on its way while this one is worked on.
    const uint next = first + DEPTH;
    if (next < end) {
      __global const REAL *u = a + (turned_a ? next * a_stride : next), *v = b + (turned_b ? next : next * b_stride);
      FETCH(left_share, LEFT_SHARE, MMA_TILE_ROWS, u, a_stride, turned_a, rows - row, end - next)
      FETCH(right_share, RIGHT_SHARE, MMA_TILE_COLUMNS, v, b_stride, !turned_b, columns - column, end - next)
    }
#pragma unroll 1
    for (uint k = 0; k < DEPTH; k += MMA_DEPTH) {
      double y[ALONG][B_COUNT];
#pragma unroll
      for (uint s = 0; s < ALONG; ++s) {
#pragma unroll
        for (uint i = 0; i < B_COUNT; ++i) y[s][i] = right[k + t + 4 * i][along + 8 * s + g];
      }
#pragma unroll
      for (uint r = 0; r < DOWN; ++r) {
        double x[A_COUNT];
#pragma unroll
        for (uint i = 0; i < A_COUNT; ++i) {
          x[i] = left[k + t + i / (MMA_ROWS / 8) * 4][down + MMA_ROWS * r + g + i % (MMA_ROWS / 8) * 8];
        }
#pragma unroll
        for (uint s = 0; s < ALONG; ++s) MULTIPLY(sums[r][s], x, y[s]);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  c += c_offset + block * c_step;
#pragma unroll
  for (uint r = 0; r < DOWN; ++r) {
#pragma unroll
    for (uint s = 0; s < ALONG; ++s) {
#pragma unroll
      for (uint i = 0; i < C_COUNT; ++i) {
        const uint m = row + down + MMA_ROWS * r + g + i / 2 * 8, n = column + along + 8 * s + 2 * t + i % 2;
        if (m >= rows || n >= columns || (shape & LOWER_C && n > m)) continue;
        const uint e = m * c_stride + n;
        c[e] = beta == 0 ? alpha * sums[r][s][i] : fma(beta, c[e], alpha * sums[r][s][i]);
      }
    }
  }
}
