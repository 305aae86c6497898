import LacunaAlgebra
import RealModule

extension HostBackend {
  public func performAutoregress(_ x: HostMatrix<Element>, correlation: Element, adjoint: Bool)
    throws(BackendError)
  {
    autoregressRows(
      x.pointer, rows: x.rows, columns: x.columns, correlation: Double(correlation),
      adjoint: adjoint,
      threads: threads)
  }

  public func performMixBlocks(
    _ x: HostMatrix<Element>, bounds: [Int], scale: Element, shift: [Element]
  ) throws(BackendError) {
    mixRows(
      x.pointer, rows: x.rows, columns: x.columns, bounds: bounds, scale: scale, shift: shift,
      threads: threads)
  }
}

/// Rows treated together, so that the recursions of several hide the latency of one.
private let group = 8

/// x_1 = z_1, x_j = ρ·x_(j−1) + c·z_j with c = √(1 − ρ²); the adjoint runs s_j = z_j + ρ·s_(j+1) from the end and gives
/// c·s_j, and s_1 for the first. In float64 throughout.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func autoregressRows<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, rows: Int, columns: Int, correlation: Double, adjoint: Bool,
  threads: HostThreads
) {
  guard columns > 0 else { return }
  let innovation = Double.sqrt((1 - correlation) * (1 + correlation))
  let groups = (rows + group - 1) / group
  threads.loop(over: groups, cost: group * columns) { range in
    for g in range {
      let first = x + g * group * columns
      if (g + 1) * group <= rows {
        recurse(first, count: group, columns, correlation, innovation, adjoint)
      } else {
        for i in 0..<rows - g * group {
          recurse(first + i * columns, count: 1, columns, correlation, innovation, adjoint)
        }
      }
    }
  }
}

@inline(__always)
private func recurse<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, count: Int, _ columns: Int, _ correlation: Double,
  _ innovation: Double,
  _ adjoint: Bool
) {
  var state = SIMD8<Double>.zero
  if adjoint {
    var j = columns - 1
    while j >= 0 {
      let factor = j == 0 ? 1 : innovation
      for i in 0..<count {
        state[i] = Double(x[i * columns + j]) + correlation * state[i]
        x[i * columns + j] = Element(factor * state[i])
      }
      j -= 1
    }
  } else {
    for i in 0..<count { state[i] = Double(x[i * columns]) }
    for j in 1..<max(columns, 1) {
      for i in 0..<count {
        state[i] = correlation * state[i] + innovation * Double(x[i * columns + j])
        x[i * columns + j] = Element(state[i])
      }
    }
  }
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func mixRows<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, rows: Int, columns: Int, bounds: [Int], scale: Element,
  shift: [Element],
  threads: HostThreads
) {
  threads.loop(over: rows, cost: columns) { range in
    for i in range {
      let row = x + i * columns
      for b in 0..<shift.count where bounds[b] < bounds[b + 1] {
        let block = bounds[b]..<bounds[b + 1]
        var sum = 0.0
        for j in block { sum += Double(row[j]) }
        let offset = Element(Double(shift[b]) * (sum / Double(block.count)))
        for j in block { row[j] = scale * row[j] + offset }
      }
    }
  }
}
