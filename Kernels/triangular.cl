// Rows solved for by one diagonal block of a lower triangular matrix, in place: what lies between the products of a blocked
// substitution.
//
//   solve_rows  L x = b for each row b, by x[j] = (b[j] - sum_(k < j) x[k] L[j, k]) / L[j, j], j ascending;
//               transposed: L^T x = b, by x[j] = (b[j] - sum_(k > j) x[k] L[k, j]) / L[j, j], j descending
//
// Buffers: l, b: any buffers that hold the block of L (size x size, lower triangle read) and the rows (rows x size), each from
// an offset and with a row stride. They may be one buffer.
// Launch: a row an item, groups of NB.
//
// NB: largest size, by the host. One block of NB (NB + 1) elements is local.

__kernel void solve_rows(
    __global const REAL *l, const uint l_offset, const uint l_stride, __global REAL *b, const uint b_offset,
    const uint b_stride, const uint size, const uint rows, const uint transposed) {
  __local REAL block[NB * (NB + 1)];
  // Row j holds what x[j] multiplies: column j of L, or row j where transposed.
  const uint item = get_local_id(0);
  for (uint i = 0; i < size; ++i) {
    if (item <= i) block[transposed ? i * (NB + 1) + item : item * (NB + 1) + i] = l[l_offset + i * l_stride + item];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const uint r = get_global_id(0);
  if (r >= rows) return;
  __global REAL *row = b + b_offset + r * b_stride;
  const uint parts = (size + HELD - 1) / HELD;
  for (uint part = 0; part < parts; ++part) {
    const uint base = (transposed ? parts - 1 - part : part) * HELD;
    REAL x[HELD];
#pragma unroll
    for (uint j = 0; j < HELD; ++j) x[j] = base + j < size ? row[base + j] : 0;
    if (transposed) {
      for (uint k = size; k-- > base + HELD;) {
        const REAL value = row[k];
#pragma unroll
        for (uint j = 0; j < HELD; ++j) x[j] -= value * block[k * (NB + 1) + base + j];
      }
#pragma unroll
      for (uint back = 0; back < HELD; ++back) {
        const uint k = HELD - 1 - back;
        // Beyond the block x is zero, and so are its quotients, whatever stands in memory.
        x[k] = base + k < size ? x[k] / block[(base + k) * (NB + 1) + base + k] : 0;
#pragma unroll
        for (uint j = 0; j < k; ++j) x[j] -= base + k < size ? x[k] * block[(base + k) * (NB + 1) + base + j] : 0;
      }
    } else {
      for (uint k = 0; k < base; ++k) {
        const REAL value = row[k];
#pragma unroll
        for (uint j = 0; j < HELD; ++j) x[j] -= value * block[k * (NB + 1) + base + j];
      }
#pragma unroll
      for (uint k = 0; k < HELD; ++k) {
        x[k] /= block[(base + k) * (NB + 1) + base + k];
#pragma unroll
        for (uint j = k + 1; j < HELD; ++j) x[j] -= x[k] * block[(base + k) * (NB + 1) + base + j];
      }
    }
#pragma unroll
    for (uint j = 0; j < HELD; ++j) {
      if (base + j < size) row[base + j] = x[j];
    }
  }
}
