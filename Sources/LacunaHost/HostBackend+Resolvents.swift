import LacunaAlgebra

extension HostBackend {
  public func performResolventForms(
    of w: HostMatrix<Element>, tridiagonal t: SymmetricTridiagonal, shifts: [Double],
    probes: [[Double]],
    into out: HostMatrix<Element>
  ) throws(BackendError) {
    var passes: [ResolventPass] = []
    for shift in shifts {
      let factors = try t.factor(shift: shift)
      passes.append(ResolventPass(factors: factors, weights: probes.map(factors.weights)))
    }
    formsOfColumns(
      w.pointer, order: w.rows, columns: w.columns, passes: passes, rowsAPass: 2 + probes.count,
      out.pointer,
      threads: threads)
  }
}

/// One shift: the factors, and for each probe g the weights D⁻¹L⁻¹g.
private struct ResolventPass {
  var factors: SymmetricTridiagonal.ShiftedFactors
  var weights: [[Double]]
}

/// Eight columns at a time: copied once to float64, then all shifts from the second cache.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func formsOfColumns<Element: HostScalar>(
  _ w: UnsafeMutablePointer<Element>, order: Int, columns: Int, passes: [ResolventPass],
  rowsAPass: Int,
  _ out: UnsafeMutablePointer<Element>, threads: HostThreads
) {
  let width = 8
  let strips = (columns + width - 1) / width
  threads.loop(over: strips, cost: order * width * max(passes.count, 1)) { range in
    withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: max(order, 1)) { strip in
      for index in range {
        let first = index * width
        let count = min(width, columns - first)
        for j in 0..<order {
          let row = w + j * columns + first
          if count == width {
            strip[j] = SIMD8<Double>(UnsafeRawPointer(row).loadUnaligned(as: SIMD8<Element>.self))
          } else {
            strip[j] = .zero
            for k in 0..<count { strip[j][k] = Double(row[k]) }
          }
        }
        func store(_ values: SIMD8<Double>, row: Int) {
          for k in 0..<count { out[row * columns + first + k] = Element(values[k]) }
        }
        let columnsOfStrip = UnsafeBufferPointer(strip)
        for (r, pass) in passes.enumerated() {
          let (form, square) = forms(columnsOfStrip, order: order, pass.factors.rows)
          store(form, row: r * rowsAPass)
          store(square, row: r * rowsAPass + 1)
          for (p, weights) in pass.weights.enumerated() {
            store(
              product(columnsOfStrip, order: order, pass.factors.rows, weights),
              row: r * rowsAPass + 2 + p)
          }
        }
      }
    }
  }
}

/// wᵀRw and ‖Rw‖² of eight columns.
@inline(__always)
private func forms(
  _ w: UnsafeBufferPointer<SIMD8<Double>>, order: Int, _ rows: [SIMD4<Double>]
) -> (SIMD8<Double>, SIMD8<Double>) {
  var (y, x) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
  var (form, square) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
  rows.withUnsafeBufferPointer { rows in
    for j in 0..<order {
      let row = rows[j]
      y = w[j] - y * row.x
      let v = y * row.y
      form += y * v
      x = v - x * row.z
      square += x * x * row.w
    }
  }
  return (form, square)
}

/// wᵀRg of eight columns.
@inline(__always)
private func product(
  _ w: UnsafeBufferPointer<SIMD8<Double>>, order: Int, _ rows: [SIMD4<Double>], _ weights: [Double]
) -> SIMD8<Double> {
  var (y, sum) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
  rows.withUnsafeBufferPointer { rows in
    weights.withUnsafeBufferPointer { weights in
      for j in 0..<order {
        y = w[j] - y * rows[j].x
        sum += y * weights[j]
      }
    }
  }
  return sum
}
