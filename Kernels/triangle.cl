// Triangles of a square matrix.
//
//   symmetrize   A[j, i] <- A[i, j] for j < i, through a tile in local memory so that both sides are contiguous
//   clear_upper  A[i, j] <- 0 for j > i
//   add_lower    S[i, j] += scale T[i, j] for j <= i: a strip of a product onto a lower triangle;
//                S is a block, S[i, j] = s[offset + i * stride + j]
//
// Buffers: a: size x size, row-major; s: any buffer that holds the block; t: rows x width, row-major.
// Launch: symmetrize: two-dimensional, groups of TILE x TILE over size rounded up to TILE; others: columns x rows items,
// groups of WG x 1.
//
// TILE: edge of the square tiles of symmetrize, 16.

__kernel void symmetrize(__global REAL *a, const uint size) {
  __local REAL tile[TILE][TILE + 1];
  const uint x = get_local_id(0), y = get_local_id(1);
  const uint tile_row = get_global_id(1) - y, tile_column = get_global_id(0) - x;
  const bool below = tile_column <= tile_row;
  if (below && tile_row + y < size && tile_column + x < size) {
    tile[y][x] = a[(tile_row + y) * size + tile_column + x];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const uint i = tile_column + y, j = tile_row + x;
  if (below && j < size && i < j) a[i * size + j] = tile[x][y];
}

__kernel void clear_upper(__global REAL *a, const uint size) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j < size && j > i) a[i * size + j] = 0;
}

__kernel void add_lower(
    __global REAL *s, const uint offset, const uint stride, __global const REAL *t, const uint width,
    const REAL scale) {
  const uint j = get_global_id(0), i = get_global_id(1);
  if (j >= width || j > i) return;
  const uint e = offset + i * stride + j;
  s[e] = fma(scale, t[i * width + j], s[e]);
}
