// Samples seen through their masks, drawn where they are used: the rows that a mask-aggregated Gram is the Gram of.
//
//   out[t, j] <- x[i, j] sum over the `span` pairs p of row t of w[p mod M] visible(p, j)
//
// Row t has the pairs first + t span ... first + (t + 1) span - 1 of x, pair p being mask p mod M of row i = p div M of x,
// and number base + p of the whole pattern, base = M times the first sample. With span = 1 a row is a sample under one
// mask, with span = M under the sum of its masks. `hidden` exchanges visible and hidden. No mask is stored.
//
//   bernoulli   visible iff word j mod 4 of block P ceil(d / 4) + j div 4 is below the threshold, P = base + p
//   fixed       visible iff the keyed permutation number P sends j below `visible` (KeyedPermutation): a Feistel network
//               of four double rounds, left ^= top(a right + b), right ^= top(a' left + b'), walked until below d; the
//               sixteen constants are the words of blocks 4 P ... 4 P + 3
//   given       visible iff masks[p mod M, j] is not 0
//
// Buffers: x: samples x columns, out: rows x columns, row-major; w: M, read where weighted is 1; masks: M x columns bytes.
// Launch: bernoulli: ceil(columns / 4) x rows items, groups of WG x 1; fixed: one group of WG a row; given: columns x rows
// items, groups of WG x 1.

static inline void put_masked(
    __global const REAL *x, __global REAL *out, const ulong sample, const uint t, const uint j, const uint columns,
    const REAL total) {
  out[t * columns + j] = total != 0 ? total * x[(uint)sample * columns + j] : 0;
}

__kernel void mask_bernoulli(
    __global const REAL *x, __global REAL *out, const uint columns, const ulong base, const ulong first,
    const uint masks, const uint span, __global const REAL *w, const uint weighted, const uint hidden,
    const ulong stream, const ulong seed, const ulong threshold) {
  const uint quad = get_global_id(0), t = get_global_id(1), quads = (columns + 3) / 4;
  if (quad >= quads) return;
  const ulong start = first + (ulong)t * span;
  REAL totals[4] = {0, 0, 0, 0};
  for (uint s = 0; s < span; ++s) {
    const ulong pair = start + s;
    const uint4 words = philox((base + pair) * quads + quad, stream, seed);
    const REAL weight = weighted ? w[pair % masks] : 1;
    totals[0] += ((ulong)words.s0 < threshold) != hidden ? weight : 0;
    totals[1] += ((ulong)words.s1 < threshold) != hidden ? weight : 0;
    totals[2] += ((ulong)words.s2 < threshold) != hidden ? weight : 0;
    totals[3] += ((ulong)words.s3 < threshold) != hidden ? weight : 0;
  }
  for (uint k = 0; k < 4; ++k) {
    if (4 * quad + k < columns) put_masked(x, out, start / masks, t, 4 * quad + k, columns, totals[k]);
  }
}

__kernel void mask_fixed(
    __global const REAL *x, __global REAL *out, const uint columns, const ulong base, const ulong first,
    const uint masks, const uint span, __global const REAL *w, const uint weighted, const uint hidden,
    const ulong stream, const ulong seed, const uint visible, const uint low_bits, const uint high_bits) {
  __local uint4 rounds[4];
  const uint t = get_group_id(0), item = get_local_id(0);
  const ulong start = first + (ulong)t * span;
  // With one pair a row there is nothing to add up: out is written once for each pair.
  for (uint s = 0; s < span; ++s) {
    const ulong pair = start + s;
    if (item < 4) rounds[item] = philox(4 * (base + pair) + item, stream, seed);
    barrier(CLK_LOCAL_MEM_FENCE);
    const REAL weight = weighted ? w[pair % masks] : 1;
    for (uint j = item; j < columns; j += WG) {
      uint image = j;
      do {
        uint right = image & ((1u << low_bits) - 1), left = image >> low_bits;
        for (uint k = 0; k < 4; ++k) {
          const uint4 keys = rounds[k];
          left ^= (keys.s0 * right + keys.s1) >> (32 - high_bits);
          right ^= (keys.s2 * left + keys.s3) >> (32 - low_bits);
        }
        image = left << low_bits | right;
      } while (image >= columns);
      const REAL factor = (image < visible) != hidden ? weight : 0;
      const REAL total = s == 0 ? factor : out[t * columns + j] + factor;
      if (s + 1 < span) {
        out[t * columns + j] = total;
      } else {
        put_masked(x, out, start / masks, t, j, columns, total);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

__kernel void mask_given(
    __global const REAL *x, __global REAL *out, const uint columns, const ulong base, const ulong first,
    const uint masks, const uint span, __global const REAL *w, const uint weighted, const uint hidden,
    __global const uchar *pattern) {
  const uint j = get_global_id(0), t = get_global_id(1);
  if (j >= columns) return;
  const ulong start = first + (ulong)t * span;
  REAL total = 0;
  for (uint s = 0; s < span; ++s) {
    const uint mask = (uint)((start + s) % masks);
    const REAL weight = weighted ? w[mask] : 1;
    total += (pattern[mask * columns + j] != 0) != hidden ? weight : 0;
  }
  put_masked(x, out, start / masks, t, j, columns, total);
}
