// The diagonal of a square matrix: A[i, i] += value; v[i] <- A[i, i]; A[i, i] <- v[i].
//
// Buffers: a: size x size, row-major; v: size.
// Launch: size items rounded up to WG.

__kernel void add_diagonal(__global REAL *a, const uint size, const REAL value) {
  const uint i = get_global_id(0);
  if (i < size) a[i * (size + 1)] += value;
}

__kernel void get_diagonal(__global const REAL *a, const uint size, __global REAL *v) {
  const uint i = get_global_id(0);
  if (i < size) v[i] = a[i * (size + 1)];
}

__kernel void set_diagonal(__global REAL *a, const uint size, __global const REAL *v) {
  const uint i = get_global_id(0);
  if (i < size) a[i * (size + 1)] = v[i];
}
