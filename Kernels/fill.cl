// Independent random entries: x[e] <- value offset + e of a stream under a law, 0 <= e < count.
//
//   gaussian    block b holds values 2b and 2b + 1: sqrt(-2 ln u) cos 2 pi v and sqrt(-2 ln u) sin 2 pi v
//   rademacher  block b holds values 128 b ... 128 b + 127, a bit each, low bit of the first word first; set: -1
//   student     block b holds value b: sqrt((nu - 2)(u^(-2/nu) - 1)) cos 2 pi v
//   sparse      block b holds values 4b ... 4b + 3: +magnitude below t, -magnitude below 2t, else 0
//
// u and v are the two uniforms of a block. In float64 they and the angle are formed exactly as on the host. In float32
// the 64 random bits stay integers until the last step: the angle is reduced to an eighth of a turn exactly, and for
// u > 1/2 the radius comes from 1 - u, so a value is right to a few units in its own last place.
//
// Buffers: x, count elements, written. Shapes do not matter: e counts row-major.
// Launch: one item a block (gaussian, student, sparse), items = blocks touched rounded up to WG; rademacher: groups of WG
// items, each group WG blocks.

static inline ulong high_bits(uint4 w) { return ((ulong)w.s0 << 32 | (ulong)w.s1) >> 12; }
static inline ulong low_bits(uint4 w) { return ((ulong)w.s2 << 32 | (ulong)w.s3) >> 12; }

#if REAL64
static inline double uniform(ulong bits) { return ((double)bits + 0.5) * 0x1p-52; }
static inline double log_uniform(ulong bits) { return log(uniform(bits)); }
static inline double2 turn(ulong bits) {
  const double angle = 6.283185307179586476925286766559 * uniform(bits);
  return (double2)(cos(angle), sin(angle));
}
#else
// u = (2 bits + 1) / 2^53, odd numerators below 2^53.
static inline float log_uniform(ulong bits) {
  const ulong numerator = 2 * bits + 1;
  if (numerator > (1UL << 52)) return log1p(-(float)((1UL << 53) - numerator) * 0x1p-53f);
  return log((float)numerator * 0x1p-53f);
}
static inline float2 turn(ulong bits) {
  const ulong numerator = 2 * bits + 1;
  const uint quarter = (uint)((numerator + (1UL << 50)) >> 51) & 3;
  const long rest = (long)numerator - (long)(((numerator + (1UL << 50)) >> 51) << 51);
  const float half_turns = (float)rest * 0x1p-52f;
  const float c = cospi(half_turns), s = sinpi(half_turns);
  const float x = quarter & 1 ? s : c, y = quarter & 1 ? c : s;
  return (float2)(quarter == 1 || quarter == 2 ? -x : x, quarter & 2 ? -y : y);
}
#endif

static inline void put(__global REAL *x, ulong index, ulong offset, uint count, REAL value) {
  if (index >= offset && index - offset < count) x[index - offset] = value;
}

__kernel void fill_gaussian(__global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed) {
  const ulong block = offset / 2 + get_global_id(0);
  const uint4 w = philox(block, stream, seed);
  const REAL radius = sqrt(REAL_C(-2.0) * log_uniform(high_bits(w)));
#if REAL64
  const double2 direction = turn(low_bits(w));
#else
  const float2 direction = turn(low_bits(w));
#endif
  put(x, 2 * block, offset, count, radius * direction.s0);
  put(x, 2 * block + 1, offset, count, radius * direction.s1);
}

__kernel void fill_student(
    __global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed, const REAL degrees) {
  const uint e = get_global_id(0);
  if (e >= count) return;
  const uint4 w = philox(offset + e, stream, seed);
#if FP64 && !REAL64
  // The exponential magnifies the logarithm's rounding in the far tail: float64 keeps it out of the result.
  const double log_u = log(((double)high_bits(w) + 0.5) * 0x1p-52);
  const float radius = (float)sqrt(((double)degrees - 2) * expm1(-2 / (double)degrees * log_u));
#else
  const REAL radius = sqrt((degrees - 2) * expm1(-2 / degrees * log_uniform(high_bits(w))));
#endif
  x[e] = radius * turn(low_bits(w)).s0;
}

__kernel void fill_sparse(
    __global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed, const uint threshold,
    const REAL magnitude) {
  const ulong block = offset / 4 + get_global_id(0);
  const uint4 four = philox(block, stream, seed);
  const uint w[4] = {four.s0, four.s1, four.s2, four.s3};
  for (uint k = 0; k < 4; ++k) {
    const bool minus = threshold == 0x80000000u || w[k] < 2 * threshold;
    put(x, 4 * block + k, offset, count, w[k] < threshold ? magnitude : minus ? -magnitude : 0);
  }
}

__kernel void fill_rademacher(
    __global REAL *x, const uint count, const ulong offset, const ulong stream, const ulong seed) {
  __local uint words[4 * WG];
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
    put(x, 128 * first + bit, offset, count, words[bit / 32] >> (bit % 32) & 1 ? -1 : 1);
  }
}
