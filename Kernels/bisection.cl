// Eigenvalues of a symmetric tridiagonal matrix T by bisection, one an item, in float64.
//
// The number of eigenvalues below s is that of negative pivots of T - s (Sylvester's inertia):
//   q[0] = d[0] - s;  q[i] = d[i] - s - e2[i - 1] / q[i - 1],  a pivot below `floor` in modulus taken as -floor.
// Source: Barth, Martin, Wilkinson, Numer. Math. 9 (1967).
//
// Buffers: d: n; e2: n - 1 squares of the off-diagonal; values: n, values[j] the j-th eigenvalue from below; intervals: n,
// what is left of [low, high] around it, from launch to launch.
// limits: low, high, which hold all eigenvalues; the width at which halving stops, as it does at neighbouring numbers; floor.
// Launch: n items rounded up to WG; `halvings` at most a launch, the first with fresh = 1. Needs FP64.

#if FP64
__kernel void bisect(
    __global const double *d, __global const double *e2, const uint n, __global const double *limits,
    __global double2 *intervals, const uint halvings, const uint fresh, __global double *values) {
  const uint j = get_global_id(0);
  if (j >= n) return;
  double low = fresh ? limits[0] : intervals[j].s0, high = fresh ? limits[1] : intervals[j].s1;
  const double width = limits[2], floor_pivot = limits[3];
  for (uint halving = 0; halving < halvings && high - low > width; ++halving) {
    const double middle = low + 0.5 * (high - low);
    if (middle <= low || middle >= high) break;
    double q = d[0] - middle;
    if (fabs(q) < floor_pivot) q = -floor_pivot;
    uint below = q < 0;
    for (uint i = 1; i < n; ++i) {
      q = d[i] - middle - e2[i - 1] / q;
      if (fabs(q) < floor_pivot) q = -floor_pivot;
      below += q < 0;
    }
    if (below > j) {
      high = middle;
    } else {
      low = middle;
    }
  }
  intervals[j] = (double2)(low, high);
  values[j] = low + 0.5 * (high - low);
}
#endif
