// First-order autoregression along each row, in place: z <- L z with (L L^T)[i, j] = rho^|i - j|.
//
//   forward  x[0] = z[0];  x[j] = rho x[j - 1] + c z[j],  c = sqrt(1 - rho^2)
//   adjoint  x = L^T z:    s[j] = z[j] + rho s[j + 1];  x[0] = s[0],  x[j] = c s[j]
//
//   autoregress_scan  each row is swept in tiles of WG elements; inside a tile the recurrence is a scan (Hillis and Steele
//                     1986): after the step of stride t an item holds the sum of its last 2t terms, weighted by powers of
//                     rho. The tile's last value carries on. For devices whose items share memory accesses.
//   autoregress_rows  the recurrence as it stands, a row an item. For processors.
//
// Buffers: x: rows x columns, row-major, read and written.
// Launch: scan: one group of WG a row; rows: a row an item, groups of one.

__kernel void autoregress_scan(
    __global REAL *x, const uint columns, const REAL rho, const REAL innovation, const uint adjoint) {
  __local REAL line[WG];
  const uint item = get_local_id(0);
  __global REAL *row = x + get_group_id(0) * columns;
  REAL carry = 0;
  for (uint base = 0; base < columns; base += WG) {
    const uint step = base + item;
    const uint j = adjoint ? columns - 1 - step : step;
    REAL value = step < columns ? row[j] : 0;
    if (!adjoint && j > 0) value *= innovation;
    REAL power = rho;
    for (uint stride = 1; stride < WG; stride *= 2) {
      line[item] = value;
      barrier(CLK_LOCAL_MEM_FENCE);
      if (item >= stride) value = fma(power, line[item - stride], value);
      power *= power;
      barrier(CLK_LOCAL_MEM_FENCE);
    }
    value = fma(pown(rho, (int)item + 1), carry, value);
    line[item] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    carry = line[WG - 1];
    barrier(CLK_LOCAL_MEM_FENCE);
    if (step < columns) row[j] = adjoint && j > 0 ? innovation * value : value;
  }
}

__kernel void autoregress_rows(
    __global REAL *x, const uint columns, const REAL rho, const REAL innovation, const uint adjoint) {
  __global REAL *row = x + get_global_id(0) * columns;
  if (adjoint) {
    REAL sum = 0;
    for (uint j = columns - 1; j > 0; --j) {
      sum = fma(rho, sum, row[j]);
      row[j] = innovation * sum;
    }
    row[0] = fma(rho, sum, row[0]);
  } else {
    REAL value = row[0];
    for (uint j = 1; j < columns; ++j) {
      value = fma(rho, value, innovation * row[j]);
      row[j] = value;
    }
  }
}
