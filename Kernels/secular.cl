// Eigenvalues and eigenvectors of D + z z^T, D diagonal and ascending: many such problems side by side.
//
//   secular_roots    lambda[i] <- the i-th root from below of f(lambda) = 1 + sum_j z[j]^2 / (d[j] - lambda), between d[i] and
//                    d[i + 1], kept as base + mu: base the nearer pole, mu small and relatively exact
//   secular_weights  zhat[j] <- sign z[j] sqrt(prod_i (lambda[i] - d[j]) / prod_(i != j) (d[i] - d[j])): the weights whose
//                    exact roots the computed ones are (Loewner), which makes the vectors orthogonal
//   secular_norms    scale[i] <- 1 / sqrt(sum_j (zhat[j] / (d[j] - lambda[i]))^2)
//   secular_vectors  u[r, c] <- scale[i] zhat[j] / (d[j] - lambda[i]), i = from + r, j = order[c]: rows of eigenvectors
//
// Both sums of f, over the poles up to d[i] and over those beyond, are replaced by a constant and one pole each, which match
// them and their slopes, and the root of that is the next iterate; every second time the nearer pole keeps its own weight. The
// root stays between two bounds; where a step leaves them, or f shrinks slowly, the bounds' geometric mean is next.
// Sources: Gu, Eisenstat, SIAM J. Matrix Anal. Appl. 15 (1994) and 16 (1995); Li, LAPACK Working Note 89 (1993).
//
// SECULAR_STEPS: iterations of a root at most, by the host, which divides them among launches; a dozen are usual.
// WIDE: double where the device has it, else float.
// Buffers: d, z, zhat, scale, values, order: n, problem by problem; node[g]: the problem of entry g; spans[node].s0: where it
// starts; plans[node].s0: its order k, of the entries that follow. order counts from that start. root[g] = (base, mu).
// brackets, marks: what an iteration leaves to the next launch, (|mu|, lower and upper bound of |mu|, last |f|) and (pole that
// base is, iterations done). u: rows x k, row-major.
// Launch: n items, one a root or a weight, whose sums do not depend on the group's size; `steps` iterations at most a launch,
// the first with fresh = 1. vectors: k x rows items. Groups of WG x 1.

#if FP64
typedef double WIDE;
typedef double2 WIDE2;
typedef double4 WIDE4;
#define WIDE_C(x) x
#define WIDE_EPSILON 0x1p-52
#else
typedef float WIDE;
typedef float2 WIDE2;
typedef float4 WIDE4;
#define WIDE_C(x) x##f
#define WIDE_EPSILON 0x1p-23f
#endif

// The sums over poles first...i and i + 1...end - 1 of z^2 / (d - lambda), each with its slope; lambda = base + mu.
static inline WIDE4 secular_sums(
    __global const WIDE *d, __global const WIDE *z, const uint first, const uint i, const uint end, const WIDE base,
    const WIDE mu) {
  WIDE4 sums = (WIDE4)(0, 0, 0, 0);
  for (uint j = first; j <= i; ++j) {
    const WIDE t = z[j] / ((d[j] - base) - mu);
    sums.s0 = fma(t, z[j], sums.s0);
    sums.s1 = fma(t, t, sums.s1);
  }
  for (uint j = end - 1; j > i; --j) {
    const WIDE t = z[j] / ((d[j] - base) - mu);
    sums.s2 = fma(t, z[j], sums.s2);
    sums.s3 = fma(t, t, sums.s3);
  }
  return sums;
}

// The root of the smaller modulus of c x^2 - a x + b where the other one lies beyond a pole; NaN where there is none.
static inline WIDE smaller_root(const WIDE c, const WIDE a, const WIDE b) {
  const WIDE r = sqrt(fabs(a * a - 4 * b * c));
  return a > 0 ? 2 * b / (a + r) : (a - r) / (2 * c);
}

// Where the search begins: the half of the interval that holds the root, bounds and a first guess.
static inline WIDE4 secular_start(
    __global const WIDE *d, __global const WIDE *z, const uint first, const uint i, const uint end, uint *pole) {
  WIDE low, high, size;
  if (i + 1 == end) {
    // Beyond all poles: z[i]^2 <= mu <= |z|^2.
    high = 0;
    for (uint j = first; j < end; ++j) high = fma(z[j], z[j], high);
    low = z[i] * z[i];
    size = first == i ? high : WIDE_C(0.5) * high;
    *pole = i;
  } else {
    const WIDE gap = d[i + 1] - d[i], middle = WIDE_C(0.5) * gap, left = z[i] * z[i], right = z[i + 1] * z[i + 1];
    const WIDE4 sums = secular_sums(d, z, first, i, end, d[i], middle);
    // f at the middle without the two poles beside it, which the first guess takes as they are.
    const WIDE others = 1 + (sums.s0 + left / middle) + (sums.s2 - right / (gap - middle));
    if (1 + sums.s0 + sums.s2 >= 0) {
      *pole = i;
      low = left / (1 + sums.s2);
      high = middle;
      size = smaller_root(others, fma(others, gap, left + right), left * gap);
    } else {
      *pole = i + 1;
      low = right / -sums.s0;
      high = gap - middle;
      size = smaller_root(-others, fma(-others, gap, left + right), right * gap);
    }
  }
  low = min(low, high);
  size = size >= low ? min(size, high) : low;
  return (WIDE4)(size, low, high, INFINITY);
}

__kernel void secular_roots(
    __global const WIDE *d, __global const WIDE *z, const uint n, __global const uint *node, __global const uint4 *spans,
    __global const uint4 *plans, __global WIDE4 *brackets, __global uint2 *marks, const uint steps, const uint fresh,
    __global WIDE2 *root, __global WIDE *values) {
  const uint i = get_global_id(0);
  if (i >= n) return;
  const uint first = spans[node[i]].s0, end = first + plans[node[i]].s0;
  if (i >= end) return;
  WIDE4 bracket;
  uint pole, done = 0;
  if (fresh) {
    bracket = secular_start(d, z, first, i, end, &pole);
  } else {
    bracket = brackets[i];
    pole = marks[i].s0;
    done = marks[i].s1;
  }
  const WIDE base = d[pole], sign = pole == i ? 1 : -1;
  WIDE size = bracket.s0, low = bracket.s1, high = bracket.s2, last = bracket.s3;
  const uint stop = min(done + steps, (uint)SECULAR_STEPS);
  while (done < stop) {
    const WIDE mu = sign * size;
    const WIDE4 sums = secular_sums(d, z, first, i, end, base, mu);
    const WIDE f = 1 + sums.s0 + sums.s2, slope = sums.s1 + sums.s3;
    if (fabs(f) <= 4 * WIDE_EPSILON * (1 - sums.s0 + sums.s2)) {
      done = SECULAR_STEPS;
      break;
    }
    // f grows with lambda: below 0 the root is to the right.
    if ((f < 0) == (pole == i)) {
      low = max(low, size);
    } else {
      high = min(high, size);
    }
    if (high - low <= WIDE_EPSILON * high) {
      done = SECULAR_STEPS;
      break;
    }
    const WIDE left = (d[i] - base) - mu;
    WIDE step;
    if (i + 1 == end) {
      const WIDE rest = fma(-left, sums.s1, f);
      step = rest > 0 ? left + left * left * sums.s1 / rest : 0;
    } else {
      const WIDE right = (d[i + 1] - base) - mu, gap = d[i + 1] - d[i];
      WIDE c;
      if (done % 2 == 1) {
        c = f - left * sums.s1 - right * sums.s3;
      } else if (pole == i) {
        c = f - right * slope + gap * (z[i] / left) * (z[i] / left);
      } else {
        c = f - left * slope - gap * (z[i + 1] / right) * (z[i + 1] / right);
      }
      step = smaller_root(c, (left + right) * f - left * right * slope, left * right * f);
    }
    // Newton's step where the model's goes the wrong way.
    if (!(f * step < 0)) step = -f / slope;
    WIDE next = sign * (mu + step);
    const bool slow = done >= 2 && done % 3 == 2 && fabs(f) > WIDE_C(0.25) * last;
    last = fabs(f);
    if (slow || !(next > low && next < high)) {
      next = high > 4 * low ? sqrt(low) * sqrt(high) : low + WIDE_C(0.5) * (high - low);
    }
    const WIDE change = fabs(next - size);
    size = next;
    ++done;
    if (change <= WIDE_C(0.5) * WIDE_EPSILON * size) done = SECULAR_STEPS;
  }
  brackets[i] = (WIDE4)(size, low, high, last);
  marks[i] = (uint2)(pole, done);
  root[i] = (WIDE2)(base, sign * size);
  values[i] = base + sign * size;
}

__kernel void secular_weights(
    __global const WIDE *d, __global const WIDE *z, const uint n, __global const uint *node, __global const uint4 *spans,
    __global const uint4 *plans, __global const WIDE2 *root, __global WIDE *zhat) {
  const uint j = get_global_id(0);
  if (j >= n) return;
  const uint first = spans[node[j]].s0, end = first + plans[node[j]].s0;
  if (j >= end) return;
  const WIDE pole = d[j];
  WIDE product = 1;
  for (uint i = first; i < end; ++i) {
    product *= ((root[i].s0 - pole) + root[i].s1) / (i == j ? 1 : d[i] - pole);
  }
  zhat[j] = copysign(sqrt(fabs(product)), z[j]);
}

__kernel void secular_norms(
    __global const WIDE *d, __global const WIDE *zhat, const uint n, __global const uint *node, __global const uint4 *spans,
    __global const uint4 *plans, __global const WIDE2 *root, __global WIDE *scale) {
  const uint i = get_global_id(0);
  if (i >= n) return;
  const uint first = spans[node[i]].s0, end = first + plans[node[i]].s0;
  if (i >= end) return;
  const WIDE base = root[i].s0, mu = root[i].s1;
  WIDE sum = 0;
  for (uint j = first; j < end; ++j) {
    const WIDE t = zhat[j] / ((d[j] - base) - mu);
    sum = fma(t, t, sum);
  }
  scale[i] = 1 / sqrt(sum);
}

__kernel void secular_vectors(
    __global const WIDE *d, __global const WIDE *zhat, __global const WIDE2 *root, __global const WIDE *scale,
    __global const uint *order, const uint first, const uint k, const uint from, __global REAL *u) {
  const uint c = get_global_id(0), r = get_global_id(1);
  if (c >= k) return;
  const uint i = first + from + r, j = first + order[first + c];
  u[r * k + c] = (REAL)(scale[i] * (zhat[j] / ((d[j] - root[i].s0) - root[i].s1)));
}
