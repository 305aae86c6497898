// Samples seen through their masks, drawn where they are used: the rows that a mask-aggregated Gram is the Gram of.
//
//   out[t, j] <- x[i, j] sum over the `span` pairs p of row t of w[p mod M] visible(p, j)
//
// Row t has the pairs first + t span ... first + (t + 1) span - 1 of x, pair p being mask p mod M of row i = p div M of x,
// and number P = base + p of the whole pattern, base = M times the first sample. With span = 1 a row is a sample under one
// mask, with span = M under the sum of its masks. `hidden` exchanges visible and hidden. No mask is stored.
//
// A mask is drawn as W = ceil(columns / 32) words in local memory, bit j mod 32 of word j div 32 set where j is visible.
// Plane s = 0 ... 31 of such a word, the bits of weight 2^-1-s of 32 uniform numbers u, is word s mod 4 of block
// 8 (P W + j div 32) + s div 4 (MaskPattern):
//
//   bernoulli   visible iff u_j is below the threshold: decided by the first plane in which the two differ
//   fixed       visible iff u_j is among the `visible` smallest: of the candidates, those with a 0 in the next plane are
//               smaller; as many as fit are visible, or else the others are hidden; of equal ones, the lower j
//   given       visible iff bit j of row p mod M of the pattern is set
//
// Buffers: x: samples x columns, out: rows x columns, row-major; w: M, read where weighted is 1; pattern: M x W words.
// Local memory: words: W uints, for fixed 3 W + 1.
// Launch: one group of any size a row.

// Adds the mask in `words`, number s of the row's span, to row t of out; the last one multiplies by the sample.
static inline void put_masked(
    __global const REAL *x, __global REAL *out, __local const uint *words, const uint columns, const ulong sample,
    const uint t, const uint s, const uint span, const REAL weight, const uint hidden) {
  __global const REAL *source = x + (uint)sample * columns;
  __global REAL *row = out + t * columns;
  for (uint j = get_local_id(0); j < columns; j += get_local_size(0)) {
    const REAL factor = (words[j / 32] >> j % 32 & 1) != hidden ? weight : 0;
    const REAL total = s == 0 ? factor : row[j] + factor;
    // Not by a product alone: 0 NaN is NaN.
    row[j] = s + 1 < span ? total : total != 0 ? total * source[j] : 0;
  }
}

static inline uint plane_of(const uint4 words, const uint s) {
  return s % 4 == 0 ? words.s0 : s % 4 == 1 ? words.s1 : s % 4 == 2 ? words.s2 : words.s3;
}

__kernel void mask_bernoulli(
    __global const REAL *x, __global REAL *out, const uint columns, const ulong base, const ulong first,
    const uint masks, const uint span, const uint hidden, __local uint *words, const ulong stream, const ulong seed,
    const ulong threshold) {
  const uint t = get_group_id(0), count = (columns + 31) / 32;
  const ulong start = first + (ulong)t * span;
  for (uint s = 0; s < span; ++s) {
    for (uint word = get_local_id(0); word < count; word += get_local_size(0)) {
      const ulong block = 8 * ((base + start + s) * count + word);
      uint visible = 0, undecided = ~0u;
      for (uint k = 0; k < 32 && undecided != 0; k += 4) {
        const uint4 planes = philox(block + k / 4, stream, seed);
        for (uint l = 0; l < 4; ++l) {
          const uint plane = plane_of(planes, l);
          const uint bit = 0 - (uint)(threshold >> (31 - k - l) & 1);
          visible |= undecided & ~plane & bit;
          undecided &= ~(plane ^ bit);
        }
      }
      words[word] = threshold >> 32 ? ~0u : visible;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    put_masked(x, out, words, columns, start / masks, t, s, span, 1, hidden);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

__kernel void mask_fixed(
    __global const REAL *x, __global REAL *out, const uint columns, const ulong base, const ulong first,
    const uint masks, const uint span, const uint hidden, __local uint *words, const ulong stream, const ulong seed,
    const uint visible) {
  const uint t = get_group_id(0), item = get_local_id(0), size = get_local_size(0), count = (columns + 31) / 32;
  const ulong start = first + (ulong)t * span;
  __local uint *candidates = words + count, *current = words + 2 * count, *zeros = words + 3 * count;
  for (uint s = 0; s < span; ++s) {
    const ulong block = 8 * (base + start + s) * count;
    for (uint word = item; word < count; word += size) {
      words[word] = 0;
      candidates[word] = word + 1 == count && columns % 32 != 0 ? (1u << columns % 32) - 1 : ~0u;
    }
    uint wanted = visible, left = columns;
    uint4 planes = 0;
    // Every item counts alike, so all leave the loop together.
    for (uint k = 0; k < 32 && wanted > 0 && wanted < left; ++k) {
      if (item == 0) zeros[0] = 0;
      barrier(CLK_LOCAL_MEM_FENCE);
      uint own = 0;
      for (uint word = item; word < count; word += size) {
        if (candidates[word] == 0) continue;
        // An item with one word keeps its block for four planes.
        if (k % 4 == 0 || count > size) planes = philox(block + 8 * word + k / 4, stream, seed);
        current[word] = plane_of(planes, k);
        own += popcount(candidates[word] & ~current[word]);
      }
      if (own != 0) atomic_add(zeros, own);
      barrier(CLK_LOCAL_MEM_FENCE);
      const uint found = zeros[0];
      barrier(CLK_LOCAL_MEM_FENCE);
      for (uint word = item; word < count; word += size) {
        if (candidates[word] == 0) continue;
        if (found <= wanted) {
          words[word] |= candidates[word] & ~current[word];
          candidates[word] &= current[word];
        } else {
          candidates[word] &= ~current[word];
        }
      }
      left = found <= wanted ? left - found : found;
      wanted = found <= wanted ? wanted - found : wanted;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item == 0) {
      for (uint word = 0; wanted > 0; ++word) {
        uint rest = candidates[word];
        while (popcount(rest) > wanted) rest &= ~(1u << (31 - clz(rest)));
        words[word] |= rest;
        wanted -= popcount(rest);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    put_masked(x, out, words, columns, start / masks, t, s, span, 1, hidden);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

__kernel void mask_given(
    __global const REAL *x, __global REAL *out, const uint columns, const ulong base, const ulong first,
    const uint masks, const uint span, const uint hidden, __local uint *words, __global const uint *pattern,
    __global const REAL *w, const uint weighted) {
  const uint t = get_group_id(0), count = (columns + 31) / 32;
  const ulong start = first + (ulong)t * span;
  for (uint s = 0; s < span; ++s) {
    const uint mask = (uint)((start + s) % masks);
    for (uint word = get_local_id(0); word < count; word += get_local_size(0)) {
      words[word] = pattern[mask * count + word];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    put_masked(x, out, words, columns, start / masks, t, s, span, weighted ? w[mask] : 1, hidden);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
