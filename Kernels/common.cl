// What every kernel shares: the element type, an accumulator wider than it, the random bits.
//
// Prepended to each of the other files when it is built.
//
// Index map: every matrix is row-major and dense, A[i, j] = a[i * columns + j]. The host refuses matrices of 2^31
// elements or more, so 32-bit indices suffice.
//
// Macros (set by the host on every build):
//   REAL64  1: REAL is double; 0: float
//   FP64    1: the device has double, and sums are accumulated in it; 0: sums are compensated pairs of floats
//   WG      work-group size of the one-dimensional kernels, 256

#if FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

#if REAL64
typedef double REAL;
#define REAL_C(x) x
#else
typedef float REAL;
#define REAL_C(x) x##f
#endif

// Entries that an item holds in registers at a time: loops over them have constant bounds and are unrolled, since an array with
// an index that is not known lies in memory.
#define HELD 8

// --- Accumulators -----------------------------------------------------------------------------------------------

#if FP64
typedef double ACC;
static inline ACC acc_zero(void) { return 0.0; }
static inline ACC acc_product(ACC sum, REAL x, REAL y) { return fma((double)x, (double)y, sum); }
static inline ACC acc_join(ACC x, ACC y) { return x + y; }
static inline ACC acc_times(ACC x, REAL y) { return x * (double)y; }
static inline REAL acc_real(ACC x) { return (REAL)x; }
#else
// An unevaluated sum s0 + s1 of two floats, renormalised after each step (Dekker 1971; Ogita, Rump, Oishi 2005).
typedef float2 ACC;
static inline ACC acc_zero(void) { return (float2)(0.0f, 0.0f); }
static inline ACC acc_pair(float x, float y) {
#pragma OPENCL FP_CONTRACT OFF
  float s = x + y;
  float t = s - x;
  return (float2)(s, (x - (s - t)) + (y - t));
}
static inline ACC acc_join(ACC x, ACC y) {
#pragma OPENCL FP_CONTRACT OFF
  float2 high = acc_pair(x.s0, y.s0);
  return acc_pair(high.s0, high.s1 + (x.s1 + y.s1));
}
static inline ACC acc_product(ACC sum, REAL x, REAL y) {
#pragma OPENCL FP_CONTRACT OFF
  float p = x * y;
  return acc_join(sum, (float2)(p, fma(x, y, -p)));
}
static inline ACC acc_times(ACC x, REAL y) {
#pragma OPENCL FP_CONTRACT OFF
  float p = x.s0 * y;
  return acc_pair(p, fma(x.s0, y, -p) + x.s1 * y);
}
static inline REAL acc_real(ACC x) { return x.s0 + x.s1; }
#endif

// The sum over a work-group of WG items, the same on every item, in an order that depends on WG alone.
static inline ACC group_sum(ACC x, __local ACC *scratch) {
  const uint item = get_local_id(0);
  scratch[item] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint half_width = WG / 2; half_width > 0; half_width >>= 1) {
    if (item < half_width) scratch[item] = acc_join(scratch[item], scratch[item + half_width]);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  ACC total = scratch[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return total;
}

#if FP64
// Eight numbers side by side, and the sum of eight.
static inline double8 eight(__global const REAL *a) {
#if REAL64
  return vload8(0, a);
#else
  return convert_double8(vload8(0, a));
#endif
}
static inline double fold(double8 x) {
  const double4 four = x.lo + x.hi;
  const double2 two = four.lo + four.hi;
  return two.lo + two.hi;
}
#endif

// --- Reflectors ---------------------------------------------------------------------------------------------------

// Sums of squares below this have lost digits to underflow, and reflectors made of them are not orthogonal. What is dropped
// instead is far below the rounding of a matrix whose largest entry lies within 2^-200 (float32 2^-20), as the host sees to.
#if REAL64
#define LEAST_SQUARE 0x1p-900
#else
#define LEAST_SQUARE 0x1p-96f
#endif

// beta and tau of a reflector; tau = 0 where there is nothing to reflect.
static inline void reflect(const REAL alpha, const REAL square, REAL *beta, REAL *t) {
  *beta = alpha;
  *t = 0;
  if (square > LEAST_SQUARE) {
    *beta = -copysign(sqrt(fma(alpha, alpha, square)), alpha);
    *t = (*beta - alpha) / *beta;
  }
}

// --- Products -----------------------------------------------------------------------------------------------------

// What kernels of products by tiles are told of their operands and result: see tiles.cl.
#define TURNED_A 1
#define TURNED_B 2
#define LOWER_C 4
#define LOWER_A 8
#define UPPER_A 16
#define LOWER_B 32

// The column and the row of a group's tile among those of one block of a product: down TILES_DOWN rows of tiles, then the next
// column of them, so that groups which run at the same time read a near square of the operands.
#define TILES_DOWN 8
static inline uint2 tile_place(const uint tiles) {
  const uint width = get_num_groups(0), place = get_global_id(1) % tiles * width + get_group_id(0);
  const uint top = place / (TILES_DOWN * width) * TILES_DOWN, rest = place % (TILES_DOWN * width);
  const uint height = min((uint)TILES_DOWN, tiles - top);
  return (uint2)(rest / height, top + rest % height);
}

// --- Random bits ------------------------------------------------------------------------------------------------

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011, doi:10.1145/2063384.2063405), one block of a stream:
// counter (block, stream), key seed, each low word first.
static inline uint4 philox(ulong block, ulong stream, ulong seed) {
  uint4 c = (uint4)((uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32));
  uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const ulong p0 = (ulong)0xD2511F53u * (ulong)c.s0;
    const ulong p1 = (ulong)0xCD9E8D57u * (ulong)c.s2;
    c = (uint4)((uint)(p1 >> 32) ^ c.s1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c.s3 ^ k1, (uint)p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}
