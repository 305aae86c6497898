// Rows of eigenvectors of the parts of a tridiagonal matrix, and what happens to them when two parts become one.
//
//   leaf_rows    W[r, c] <- leaves[r, c - first] on the columns of the leaf that r is a row of, else 0
//   edge_entries answers[n + r] <- the entry of row r next to the seam: in the upper part's last column or the lower's first
//   turn_rows    W[p, c], W[q, c] <- x cos + y sin, y cos - x sin, one rotation of the list after the other
//   pack_rows    halves of rows of W to where products read them: those of the upper part's columns to packed[upper[r]],
//                those of the lower part's to packed[lower[r]], unless NONE
//   clear_block  W[offset + i stride + c] <- 0
//
// A node is two neighbouring parts, upper and lower, over the rows and columns spans[node].s0 ... s1 - 1 and s1 ... s2 - 1;
// node[r] is that of row and column r. A leaf has no seam. plans[node].s1 ... s2 - 1: its rotations, (p, q) in pairs, (cos, sin)
// in turns.
// Buffers: w: n x n, row-major; leaves: n x width; answers: 2 n, of which secular.cl
// has the first half; upper, lower: n.
// Launch: columns x rows items, groups of WG x 1; leaf_rows: n x n; edge_entries, turn_rows: n; pack_rows: the largest node by n;
// clear_block: the block's.

#if FP64
typedef double WIDE;
typedef double2 WIDE2;
#else
typedef float WIDE;
typedef float2 WIDE2;
#endif

#define NONE 0xffffffffu

__kernel void leaf_rows(
    __global REAL *w, const uint n, __global const REAL *leaves, const uint width, __global const uint *node,
    __global const uint4 *spans) {
  const uint c = get_global_id(0), r = get_global_id(1);
  if (c >= n) return;
  const uint4 span = spans[node[r]];
  w[r * n + c] = c >= span.s0 && c < span.s2 ? leaves[r * width + c - span.s0] : 0;
}

__kernel void edge_entries(
    __global const REAL *w, const uint n, __global const uint *node, __global const uint4 *spans, __global WIDE *answers) {
  const uint r = get_global_id(0);
  if (r >= n) return;
  const uint middle = spans[node[r]].s1;
  answers[n + r] = w[r * n + (r < middle ? middle - 1 : middle)];
}

__kernel void turn_rows(
    __global REAL *w, const uint n, __global const uint *node, __global const uint4 *plans, __global const uint2 *pairs,
    __global const WIDE2 *turns) {
  const uint c = get_global_id(0);
  if (c >= n) return;
  const uint4 plan = plans[node[c]];
  // The second row of a rotation is often the first of the next one.
  uint held = NONE;
  REAL y = 0;
  for (uint t = plan.s1; t < plan.s2; ++t) {
    const uint2 pair = pairs[t];
    const REAL cosine = (REAL)turns[t].s0, sine = (REAL)turns[t].s1;
    const REAL x = pair.s0 == held ? y : w[pair.s0 * n + c];
    y = w[pair.s1 * n + c];
    w[pair.s0 * n + c] = fma(cosine, x, sine * y);
    y = fma(cosine, y, -sine * x);
    w[pair.s1 * n + c] = y;
    held = pair.s1;
  }
}

__kernel void pack_rows(
    __global const REAL *w, const uint n, __global const uint *node, __global const uint4 *spans,
    __global const uint *upper, __global const uint *lower, __global REAL *packed) {
  const uint x = get_global_id(0), r = get_global_id(1);
  const uint4 span = spans[node[r]];
  const uint c = span.s0 + x;
  if (c >= span.s2) return;
  const uint target = c < span.s1 ? upper[r] : lower[r];
  if (target != NONE) packed[target + (c < span.s1 ? x : c - span.s1)] = w[r * n + c];
}

__kernel void clear_block(__global REAL *w, const uint offset, const uint stride, const uint columns) {
  const uint c = get_global_id(0), i = get_global_id(1);
  if (c < columns) w[offset + i * stride + c] = 0;
}
