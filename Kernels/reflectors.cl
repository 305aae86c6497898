// Blocks of Householder reflectors in compact form, H[c] ... H[c + count - 1] = I - V^T T V (Schreiber, Van Loan 1989).
// Reflector i is zero before coordinate i + width: width is 1 where a matrix was made tridiagonal, else that of the band.
//
//   reflectors_gather    V[k, j] <- A[c + k, c + width + j] for j >= k, else 0, and beyond the columns of A: the reflectors as
//                        rows, from above its diagonal
//   reflectors_triangle  T[i, i] = tau[c + i]; T[r, i] = -tau[c + i] sum_(r <= k < i) T[r, k] G[k, i], G = V V^T: its diagonal
//                        blocks of NB, zeros beside them. Two of them make one, whose block above the diagonal is -T1 G12 T2.
//
// Buffers: a: n x n, row-major; v: count rows of `stride`, n - c - width at least; g, t: count x count; tau: n.
// Launch: gather: stride x count items, groups of WG x 1; triangle: a group of WG items a block.
//
// NB: of a block, by the host. Its triangle is local.

__kernel void reflectors_gather(
    __global const REAL *a, const uint n, const uint c, const uint width, __global REAL *v, const uint stride) {
  const uint j = get_global_id(0), k = get_global_id(1), columns = n - c - width;
  if (j < stride) v[k * stride + j] = j >= k && j < columns ? a[(c + k) * n + c + width + j] : 0;
}

__kernel void reflectors_triangle(
    __global const REAL *g, const uint count, const uint c, __global const REAL *tau, __global REAL *t) {
  __local REAL columns[NB * (NB + 1) / 2], row[NB], factors[NB];
  const uint item = get_local_id(0), first = get_group_id(0) * NB, size = min((uint)NB, count - first);
  const bool held = item < size;
  g += first * count + first;
  if (held) factors[item] = tau[c + first + item];
  for (uint e = item; e < size * count; e += WG) {
    const uint r = first + e / count, i = e % count;
    if (i < r || i >= first + size) t[r * count + i] = 0;
  }
  REAL next = 0;
  for (uint i = 0; i < size; ++i) {
    if (held) row[item] = next;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (held && i + 1 < size) next = g[(i + 1) * count + item];
    if (held && item <= i) {
      REAL value = 0;
#pragma unroll 4
      for (uint k = 0; k < i; ++k) value = fma(k < item ? 0 : columns[k * (k + 1) / 2 + item], row[k], value);
      value = item == i ? factors[i] : -factors[i] * value;
      columns[i * (i + 1) / 2 + item] = value;
      t[(first + item) * count + first + i] = value;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
