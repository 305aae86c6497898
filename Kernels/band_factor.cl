// Factors of B + shift_r I for a band B with b diagonals on either side, at many shifts: B + shift I = L L^T and L^T L = M M^T,
// in block rows L_j, C_j and M_j, N_j of b rows.
//
//   C_j = B_j,j-1 L_(j-1)^-T          L_j L_j^T = B_jj + shift I - C_j C_j^T
//   N_j = L_j^T C_j M_(j-1)^-T        M_j M_j^T = L_j^T L_j + C_(j+1)^T C_(j+1) - N_j N_j^T
//   h_j = L_j^-1 (g_j - C_j h_(j-1))  for each probe g
//
// What is wanted, and in which order an indefinite matrix is found: `SymmetricBand.factor(shift:)`. L goes one block row ahead
// of M: L_0, L_1, M_0, L_2, M_1, ..., 2 blocks steps. All in float64, whatever REAL is.
//
// Buffers: entries: order x (b + 1), B_i,i-t at t; shifts; probes: probe_count x order, each g; state: for each shift
// 8 b^2 + 2 probe_count b numbers, kept from launch to launch; factors and weights: as band_forms.cl reads them, L_j^-1,
// -L_j^-1 C_j, M_j^-1, -M_j^-1 N_j; failures: for each shift the order of the leading minor that is not positive, or 0.
// The launch's shifts are those from first_shift on, state, factors and weights theirs alone.
// Launch: a group of WG items a shift, along the second dimension; steps first...last - 1.
// d: stride * b + b numbers: the block that is worked on, and 1 over the roots of its pivots.
//
// No barrier depends on a condition: some compilers for processors copy what follows one that does. An indefinite matrix is
// gone through to the end.

#if FP64

#define LANES 32
#define FENCES (CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
// Every item's share of b lines of numbers, from a line on and in each to `end`: neighbours take neighbouring numbers of a line.
// All items go equally often through the outer loop: PoCL 3.1 errs where some pass a loop of loops over.
#define SHARE_FROM(start, line, number, end) \
  for (uint passed = start; passed < b; passed += WG / LANES) \
    for (uint line = passed + get_local_id(0) / LANES, number = get_local_id(0) % LANES; line < b && number < (end); \
         number += LANES)
#define SHARE(line, number) SHARE_FROM(0, line, number, b)
// The unit triangle V beside the pivots' in one array: row i, column k < i.
#define V(i, k) d[(k) * stride + (i) + 1]
// Where `band_forms.cl` has row i, column k of a matrix.
#define PACKED(i, k) (((i) / FORM_TILE * b + (k)) * FORM_TILE + (i) % FORM_TILE)

// The lower triangle of d, symmetric, becomes the columns of pivots: L = (those) D^-1/2, with D the diagonal; V = D^1/2 L^-1.
// Returns the row of the first pivot that is not positive, or b.
static inline uint eliminate(__local double *d, const uint b, const uint stride) {
  uint failed = b;
  for (uint k = 0; k < b; ++k) {
    const double pivot = d[k * stride + k];
    if (!(pivot > 0 && isfinite(pivot))) failed = min(failed, k);
    const double reciprocal = 1 / pivot;
    SHARE_FROM(k + 1, i, t, i + 1) {
      const double factor = d[i * stride + k] * reciprocal;
      if (t > k) {
        d[i * stride + t] = fma(-factor, d[t * stride + k], d[i * stride + t]);
      } else {
        V(i, t) = t == k ? -factor : fma(-factor, V(k, t), V(i, t));
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  return failed;
}

__kernel void band_factor(
    __global const double *entries, const uint order, const uint b, __global const double *shifts,
    const uint first_shift, __global const double *probes, const uint probe_count, const uint first, const uint last,
    __global double *state, __global REAL *factors, __global REAL *weights, __global uint *failures,
    __local double *d) {
  const uint r = get_global_id(1), blocks = (order + b - 1) / b, square = b * b, stride = (b + 1) | 1;
  const uint size = (b + FORM_TILE - 1) / FORM_TILE * FORM_TILE * b;
  const double shift = shifts[first_shift + r];
  __local double *scale = d + stride * b;
  state += r * (8 * square + 2 * probe_count * b);
  __global double *turned = state + 4 * square, *h = state + 8 * square, *rest = h + probe_count * b;
  factors += (size_t)r * blocks * 4 * size;
  weights += (size_t)r * probe_count * blocks * b;
  uint failed = first > 0 ? failures[first_shift + r] : 0;
  for (uint s = first; s < last; ++s) {
    const bool ends = s + 1 == 2 * blocks, second = s > 0 && (s % 2 == 0 || ends);
    const uint j = s == 0 ? 0 : ends ? blocks - 1 : second ? s / 2 - 1 : (s + 1) / 2;
    // L_j, C_j and C_(j+1); what stands left of the diagonal in this factor, of which there is nothing in the first block row.
    __global double *lower = state + j % 2 * square, *c = state + (2 + j % 2) * square;
    __global const double *next = state + (2 + (j + 1) % 2) * square;
    __global double *left = second ? state + 7 * square : c, *inverse = state + (second ? 6 : 5) * square;
    const uint depth = j > 0 ? b : 0;
    SHARE(i, k) {
      const uint row = j * b + i;
      double sum = 0;
      if (second) {
        for (uint t = i; t <= k && t < depth; ++t) sum = fma(lower[t * b + i], c[t * b + k], sum);
      } else if (depth > 0 && k >= i && row < order) {
        sum = entries[row * (b + 1) + b + i - k];
      }
      d[i * stride + k] = sum;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    // Divided by the factor of the block row above.
    SHARE(k, i) {
      double sum = 0;
      for (uint t = i; t <= k && t < depth; ++t) sum = fma(d[i * stride + t], inverse[k * b + t], sum);
      left[i * b + k] = turned[k * b + i] = sum;
    }
    barrier(FENCES);
    SHARE_FROM(0, i, k, i + 1) {
      const uint row = j * b + i;
      double sum = 0;
      if (second) {
        for (uint t = i; t < b; ++t) sum = fma(lower[t * b + i], lower[t * b + k], sum);
        for (uint t = 0; t <= k && j + 1 < blocks; ++t) sum = fma(next[t * b + i], next[t * b + k], sum);
      } else {
        sum = row < order ? entries[row * (b + 1) + i - k] + (k == i ? shift : 0) : k == i;
      }
      for (uint t = i; t < depth; ++t) sum = fma(-turned[t * b + i], turned[t * b + k], sum);
      d[i * stride + k] = sum;
    }
    barrier(FENCES);
    const uint row = eliminate(d, b, stride);
    // Where M alone fails, which rounding may do, the minor is the whole matrix's.
    if (row < b && (failed == 0 || failed == order)) failed = second ? order : min(j * b + row, order - 1) + 1;
    for (uint k = get_local_id(0); k < b; k += WG) scale[k] = 1 / sqrt(d[k * stride + k]);
    barrier(CLK_LOCAL_MEM_FENCE);
    __global REAL *target = factors + (4 * j + (second ? 2 : 0)) * size;
    SHARE(i, k) {
      const double entry = k < i ? V(i, k) * scale[i] : k == i ? scale[i] : 0;
      inverse[i * b + k] = entry;
      target[PACKED(i, k)] = (REAL)entry;
      if (!second) lower[i * b + k] = k <= i ? d[i * stride + k] * scale[k] : 0;
    }
    barrier(FENCES);
    SHARE(i, k) {
      double sum = 0;
      for (uint t = 0; t <= min(i, k) && t < depth; ++t) sum = fma(-inverse[i * b + t], left[t * b + k], sum);
      target[size + PACKED(i, k)] = (REAL)sum;
    }
    for (uint e = square + get_local_id(0); e < size; e += WG) {
      target[PACKED(e / b, e % b)] = target[size + PACKED(e / b, e % b)] = 0;
    }
    // h_j = L_j^-1 (g_j - C_j h_(j-1)).
    const uint numbers = second ? 0 : probe_count * b;
    for (uint e = get_local_id(0); e < numbers; e += WG) {
      const uint i = e % b, at = j * b + i;
      double sum = at < order ? probes[e / b * order + at] : 0;
      for (uint k = i; k < depth; ++k) sum = fma(-turned[k * b + i], h[e / b * b + k], sum);
      rest[e] = sum;
    }
    barrier(FENCES);
    for (uint e = get_local_id(0); e < numbers; e += WG) {
      const uint i = e % b;
      double sum = rest[e];
      for (uint k = 0; k < i; ++k) sum = fma(V(i, k), rest[e / b * b + k], sum);
      h[e] = sum * scale[i];
      weights[(e / b * blocks + j) * b + i] = (REAL)h[e];
    }
    barrier(FENCES);
  }
  if (get_local_id(0) == 0) failures[first_shift + r] = failed;
}

#endif
