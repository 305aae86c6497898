// Independent random entries: x[e] <- value offset + e of a stream under a law, 0 <= e < count.
//
//   gaussian    block b holds values 2b and 2b + 1: sqrt(-2 ln u) cos 2 pi v and sqrt(-2 ln u) sin 2 pi v
//   rademacher  block b holds values 128 b ... 128 b + 127, a bit each, low bit of the first word first; set: -1
//   student     block b holds value b: sqrt((nu - 2)(u^(-2/nu) - 1)) cos 2 pi v; variance: nu - 2, exponent: -2/nu, which a
//               device may divide to a unit or two only
//   sparse      block b holds values 4b ... 4b + 3: +magnitude below t, -magnitude below 2t, else 0
//
// u and v are the two uniforms of a block: 52 bits each in float64, the first words of their halves in float32. The angle
// is brought within an eighth of a turn in integers, and for u > 1/2 in float32 the radius comes from 1 - u, so a value is
// right to a few units in its own last place.
//
// Each group also sums the bits of what it computed, before it is written (see bit_sum of probe.cl), where sealing is not 0 but 1
// more than the number of elements before x in the matrix, mod 2^31: memory that does not keep them is found so.
//
// Buffers: x, count elements, written; sums, a word a group. Shapes do not matter: e counts row-major.
// Launch: one item a block (gaussian, student, sparse), items = blocks touched rounded up to WG; rademacher: groups of WG
// items, each group WG blocks.

#if REAL64
typedef double2 PAIR;
#define BITS 53
// u = numerator / 2^53, an odd number.
static inline ulong radius_numerator(uint4 w) { return ((((ulong)w.s0 << 32 | (ulong)w.s1) >> 12) << 1) + 1; }
static inline ulong angle_numerator(uint4 w) { return ((((ulong)w.s2 << 32 | (ulong)w.s3) >> 12) << 1) + 1; }
static inline double log_uniform(ulong numerator) { return log((double)numerator * 0x1p-53); }
#else
typedef float2 PAIR;
#define BITS 33
// u = numerator / 2^33, an odd number.
static inline ulong radius_numerator(uint4 w) { return 2 * (ulong)w.s0 + 1; }
static inline ulong angle_numerator(uint4 w) { return 2 * (ulong)w.s2 + 1; }
static inline float log_uniform(ulong numerator) {
  if (numerator > (1UL << 32)) return log1p(-(float)((1UL << 33) - numerator) * 0x1p-33f);
  return log((float)numerator * 0x1p-33f);
}
#endif

// cos and sin of 2 pi numerator / 2^BITS: the nearest quarter turn less, then exchanged and signed.
static inline PAIR turn(ulong numerator) {
  const ulong quarters = (numerator + (1UL << (BITS - 3))) >> (BITS - 2);
  const long rest = (long)numerator - (long)(quarters << (BITS - 2));
  const uint quarter = (uint)quarters & 3;
#if REAL64
  const REAL half_turns = (double)rest * 0x1p-52;
#else
  const REAL half_turns = (float)rest * 0x1p-32f;
#endif
  const REAL c = cospi(half_turns), s = sinpi(half_turns);
  const REAL x = quarter & 1 ? s : c, y = quarter & 1 ? c : s;
  return (PAIR)(quarter == 1 || quarter == 2 ? -x : x, quarter & 2 ? -y : y);
}

// Writes a value; its part of the bit sum.
static inline uint put(__global REAL *x, ulong index, ulong offset, uint count, uint sealing, REAL value) {
  if (index < offset || index - offset >= count) return 0;
  const uint e = (uint)(index - offset), place = e + (sealing - 1);
  x[e] = value;
#if REAL64
  const uint2 bits = as_uint2(value);
  return bits.s0 * (4 * place + 1) + bits.s1 * (4 * place + 3);
#else
  return as_uint(value) * (2 * place + 1);
#endif
}

// The sum over the group, to its place.
static inline void seal(uint sum, uint sealing, __global uint *sums, __local uint *scratch) {
  if (!sealing) return;
  const uint item = get_local_id(0);
  scratch[item] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item < 8) {
    for (uint k = item + 8; k < WG; k += 8) sum += scratch[k];
    scratch[item] = sum;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    for (uint k = 1; k < 8; ++k) sum += scratch[k];
    sums[get_group_id(0)] = sum;
  }
}

__kernel void fill_gaussian(__global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed,
    const uint sealing, __global uint *sums) {
  __local uint scratch[WG];
  const ulong block = offset / 2 + get_global_id(0);
  const uint4 w = philox(block, stream, seed);
  const REAL radius = sqrt(REAL_C(-2.0) * log_uniform(radius_numerator(w)));
  const PAIR direction = turn(angle_numerator(w));
  uint sum = put(x, 2 * block, offset, count, sealing, radius * direction.s0);
  sum += put(x, 2 * block + 1, offset, count, sealing, radius * direction.s1);
  seal(sum, sealing, sums, scratch);
}

__kernel void fill_student(
    __global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed,
    const uint sealing, __global uint *sums, const REAL variance, const REAL exponent) {
  __local uint scratch[WG];
  const uint e = get_global_id(0);
  const uint4 w = philox(offset + e, stream, seed);
  const REAL radius = sqrt(variance * expm1(exponent * log_uniform(radius_numerator(w))));
  const uint sum = put(x, offset + e, offset, count, sealing, radius * turn(angle_numerator(w)).s0);
  seal(sum, sealing, sums, scratch);
}

__kernel void fill_sparse(
    __global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed,
    const uint sealing, __global uint *sums, const uint threshold, const REAL magnitude) {
  __local uint scratch[WG];
  uint sum = 0;
  const ulong block = offset / 4 + get_global_id(0);
  const uint4 four = philox(block, stream, seed);
  const uint w[4] = {four.s0, four.s1, four.s2, four.s3};
  for (uint k = 0; k < 4; ++k) {
    const bool minus = threshold == 0x80000000u || w[k] < 2 * threshold;
    sum += put(x, 4 * block + k, offset, count, sealing, w[k] < threshold ? magnitude : minus ? -magnitude : 0);
  }
  seal(sum, sealing, sums, scratch);
}

__kernel void fill_rademacher(
    __global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed,
    const uint sealing, __global uint *sums) {
  __local uint scratch[WG];
  __local uint words[4 * WG];
  uint sum = 0;
  const uint item = get_local_id(0);
  const ulong first = offset / 128 + get_group_id(0) * (ulong)WG;
  const uint4 w = philox(first + item, stream, seed);
  words[4 * item] = w.s0;
  words[4 * item + 1] = w.s1;
  words[4 * item + 2] = w.s2;
  words[4 * item + 3] = w.s3;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint k = 0; k < 128; ++k) {
    const uint bit = k * WG + item;
    sum += put(x, 128 * first + bit, offset, count, sealing, words[bit / 32] >> (bit % 32) & 1 ? -1 : 1);
  }
  seal(sum, sealing, sums, scratch);
}
