// Products of float64 matrices by the matrix units of NVIDIA's chips, a tile of C a group: mma.sync of PTX.
//
//   mma_product  as tile_product of tiles.cl, with its arguments, index map, shapes and batches
//
// One instruction of a warp adds A B to C, A: MMA_ROWS x MMA_DEPTH, B: MMA_DEPTH x 8. Its 32 lanes hold the three in pieces
// (PTX ISA, "Matrix Fragments for mma.m8n8k4 with .f64 floating point type" and its like for m16n8k8), lane = 4 g + t:
//
//   A  a[i] is row g + 8 (i mod R), column t + 4 (i div R), R = MMA_ROWS / 8
//   B  b[i] is row t + 4 i, column g
//   C  c[i] is row g + 8 (i div 2), column 2 t + i mod 2
//
// Slices of A and B, DEPTH deep, come into local memory by copies that pass no register (cp.async), STAGES - 1 slices ahead of the
// one that is worked on: one barrier a slice. Four numbers are added to a row there, so that no two lanes of a half-warp meet in
// a bank. A warp has 32 x 32 of the tile, which leaves registers for two groups on a multiprocessor.
//
// Launch: groups of 256 items, item i being lane i mod 32 of warp i div 32; columns by rows of tiles, as tile_product.
//
// MMA_DEPTH: 8 from compute capability 9.0, else 4, by the host; with MMA_TILE_ROWS and MMA_TILE_COLUMNS, the edges of a tile, 64 and
// 128. MMA_BY_HAND: the instructions are replaced, by loops over operands in local memory and by plain copies, for devices
// without them: a test of all but the instructions.

#define MMA_ROWS (MMA_DEPTH == 8 ? 16 : 8)
#define A_COUNT (MMA_ROWS * MMA_DEPTH / 32)
#define B_COUNT (MMA_DEPTH * 8 / 32)
#define C_COUNT (MMA_ROWS * 8 / 32)
#define ITEMS 256
// Of a slice.
#define DEPTH 8
// Edge of a warp's part of the tile, and the pieces of it.
#define PART 32
#define DOWN (PART / MMA_ROWS)
#define ALONG (PART / 8)
#define PADDING 4

#ifdef MMA_BY_HAND
#define STAGES 2
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
static inline void bring(__local double *to, __global const double *from, const bool there) { *to = there ? *from : 0; }
#define GATHER
#define AWAIT
#else
#define STAGES 3
#define EXCHANGE
#define MULTIPLY(c, a, b) multiply(c, a, b)
static inline void multiply(double c[C_COUNT], const double a[A_COUNT], const double b[B_COUNT]) {
#if MMA_DEPTH == 8
  __asm__ volatile(
      "mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
      : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(b[0]), "d"(b[1]));
#else
  __asm__ volatile(
      "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
      : "+d"(c[0]), "+d"(c[1])
      : "d"(a[0]), "d"(b[0]));
#endif
}
// Copies one number, or puts 0.
static inline void bring(__local double *to, __global const double *from, const bool there) {
  const uint address = (uint)(size_t)to, bytes = there ? 8 : 0;
  __asm__ volatile("cp.async.ca.shared.global [%0], [%1], 8, %2;" ::"r"(address), "l"(from), "r"(bytes) : "memory");
}
// Copies since the last of these belong together; of all but the latest of them the item's own have arrived.
#define GATHER __asm__ volatile("cp.async.commit_group;" ::: "memory")
#define AWAIT __asm__ volatile("cp.async.wait_group 1;" ::: "memory")
#endif

// Entry e of a slice of DEPTH by `edge`: its place along, and in depth.
#define PLACE_ALONG(e, edge, turned) ((turned) ? (e) % (edge) : (e) / DEPTH)
#define PLACE_DEEP(e, edge, turned) ((turned) ? (e) / (edge) : (e) % DEPTH)

#define BRING(slice, edge, from, stride, turned, width, depth)                                                   \
  _Pragma("unroll") for (uint part = 0; part < DEPTH * (edge) / ITEMS; ++part) {                                 \
    const uint e = part * ITEMS + item, i = PLACE_ALONG(e, edge, turned), k = PLACE_DEEP(e, edge, turned);       \
    const bool there = i < (width) && k < (depth);                                                               \
    bring(&(slice)[k][i], (from) + (there ? (turned) ? k * (stride) + i : i * (stride) + k : 0), there);         \
  }

// The slices of A and B from `coming` on, if there is one.
#define BRING_SLICES                                                                                             \
  if (coming < end) {                                                                                            \
    __global const REAL *u = a + (turned_a ? coming * a_stride : coming);                                        \
    __global const REAL *v = b + (turned_b ? coming : coming * b_stride);                                        \
    BRING(left[into], MMA_TILE_ROWS, u, a_stride, turned_a, rows - row, end - coming)                            \
    BRING(right[into], MMA_TILE_COLUMNS, v, b_stride, !turned_b, columns - column, end - coming)                 \
  }                                                                                                              \
  GATHER;                                                                                                        \
  coming += DEPTH;                                                                                               \
  into = into + 1 == STAGES ? 0 : into + 1;

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void mma_product(
    __global const REAL *a, const uint a_offset, const uint a_stride, const uint a_step, __global const REAL *b,
    const uint b_offset, const uint b_stride, const uint b_step, __global REAL *c, const uint c_offset,
    const uint c_stride, const uint c_step, const uint rows, const uint columns, const uint inner, const REAL alpha,
    const REAL beta, const uint shape) {
  __local double left[STAGES][DEPTH][MMA_TILE_ROWS + PADDING], right[STAGES][DEPTH][MMA_TILE_COLUMNS + PADDING];
  EXCHANGE
  const uint item = get_local_id(0), g = item % 32 / 4, t = item % 4, warp = item / 32;
  const uint tiles = (rows + MMA_TILE_ROWS - 1) / MMA_TILE_ROWS, block = get_global_id(1) / tiles;
  const uint2 place = tile_place(tiles);
  const uint row = place.s1 * MMA_TILE_ROWS, column = place.s0 * MMA_TILE_COLUMNS;
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
  uint coming = begin, into = 0, from = 0;
  for (uint stage = 1; stage < STAGES; ++stage) {
    BRING_SLICES
  }
  for (uint first = begin; first < end; first += DEPTH) {
    AWAIT;
    // What all items brought is there, and the slice before this one is done with: the next one to come takes its place.
    barrier(CLK_LOCAL_MEM_FENCE);
    BRING_SLICES
#pragma unroll
    for (uint k = 0; k < DEPTH; k += MMA_DEPTH) {
      double y[ALONG][B_COUNT];
#pragma unroll
      for (uint s = 0; s < ALONG; ++s) {
#pragma unroll
        for (uint i = 0; i < B_COUNT; ++i) y[s][i] = right[from][k + t + 4 * i][along + 8 * s + g];
      }
#pragma unroll
      for (uint r = 0; r < DOWN; ++r) {
        double x[A_COUNT];
#pragma unroll
        for (uint i = 0; i < A_COUNT; ++i) {
          x[i] = left[from][k + t + i / (MMA_ROWS / 8) * 4][down + MMA_ROWS * r + g + i % (MMA_ROWS / 8) * 8];
        }
#pragma unroll
        for (uint s = 0; s < ALONG; ++s) MULTIPLY(sums[r][s], x, y[s]);
      }
    }
    from = from + 1 == STAGES ? 0 : from + 1;
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
