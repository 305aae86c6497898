import LacunaAlgebra
import LacunaFourier

extension HostBackend {
  public func performFilterCirculant(
    _ z: HostMatrix<Element>, eigenvalues: [Element], into out: HostMatrix<Element>
  ) throws(BackendError) {
    filterRows(
      z.pointer, rows: z.rows, columns: z.columns, factors: circulantFactors(eigenvalues),
      out.pointer,
      outColumns: out.columns, transform: transforms.transform(count: eigenvalues.count),
      threads: threads)
  }

  public func performCirculantForms(
    of q: HostMatrix<Element>, eigenvalues: [Element], into out: HostMatrix<Element>
  ) throws(BackendError) {
    formsOfRows(
      q.pointer, rows: q.rows, columns: q.columns, factors: circulantFactors(eigenvalues),
      out.pointer,
      transform: transforms.transform(count: eigenvalues.count), threads: threads)
  }

  /// The eigenvalues with the 1/m of the transform there and back.
  private func circulantFactors(_ eigenvalues: [Element]) -> [Double] {
    Element.doubles(eigenvalues).map { $0 / Double(eigenvalues.count) }
  }
}

/// Buffers of one task: a complex row and the scratch of its transform.
private struct RowPair: ~Copyable {
  let real: UnsafeMutablePointer<Double>
  let imaginary: UnsafeMutablePointer<Double>
  let workspace: UnsafeMutablePointer<Double>

  init(_ transform: FourierTransform) {
    real = .allocate(capacity: 2 * transform.count + transform.workspaceCount)
    imaginary = real + transform.count
    workspace = imaginary + transform.count
  }

  deinit { real.deallocate() }
}

/// A power of two that brings the largest entry of a row near 1: two packed rows then err each relative to itself.
@inline(__always)
private func powerOfTwoScale<Element: HostScalar>(_ x: UnsafeMutablePointer<Element>, count: Int)
  -> Double
{
  var largest = Element.zero
  for j in 0..<count { largest = max(largest, abs(x[j])) }
  guard largest.isNormal else { return 1 }
  return Double(sign: .plus, exponent: -Int(largest.exponent), significand: 1)
}

/// buffer ← scale · row, padded with zeros.
@inline(__always)
private func load<Element: HostScalar>(
  _ row: UnsafeMutablePointer<Element>?, count: Int, scale: Double,
  into buffer: UnsafeMutablePointer<Double>,
  padded: Int
) {
  if let row {
    for j in 0..<count { buffer[j] = Double(row[j]) * scale }
    (buffer + count).update(repeating: 0, count: padded - count)
  } else {
    buffer.update(repeating: 0, count: padded)
  }
}

/// Rows 2p and 2p + 1 are the real and imaginary part of one transform: C is real, so it treats the parts apart.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func filterRows<Element: HostScalar>(
  _ z: UnsafeMutablePointer<Element>, rows: Int, columns: Int, factors: [Double],
  _ out: UnsafeMutablePointer<Element>, outColumns: Int, transform: FourierTransform,
  threads: HostThreads
) {
  let m = factors.count
  threads.loop(over: (rows + 1) / 2, cost: 40 * m) { range in
    let pair = RowPair(transform)
    for p in range {
      let first = z + 2 * p * columns
      let second = 2 * p + 1 < rows ? first + columns : nil
      let firstScale = powerOfTwoScale(first, count: columns)
      let secondScale = second.map { powerOfTwoScale($0, count: columns) } ?? 1
      load(first, count: columns, scale: firstScale, into: pair.real, padded: m)
      load(second, count: columns, scale: secondScale, into: pair.imaginary, padded: m)
      transform.forward(real: pair.real, imaginary: pair.imaginary, workspace: pair.workspace)
      for k in 0..<m {
        pair.real[k] *= factors[k]
        pair.imaginary[k] *= factors[k]
      }
      transform.backward(real: pair.real, imaginary: pair.imaginary, workspace: pair.workspace)
      let target = out + 2 * p * outColumns
      for j in 0..<outColumns { target[j] = Element(pair.real[j] / firstScale) }
      if second != nil {
        for j in 0..<outColumns {
          target[outColumns + j] = Element(pair.imaginary[j] / secondScale)
        }
      }
    }
  }
}

/// q C qᵀ = Σ_k factor_k |q̂_k|², two rows a transform z = q + i·r, taken apart by their symmetry.
@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func formsOfRows<Element: HostScalar>(
  _ q: UnsafeMutablePointer<Element>, rows: Int, columns: Int, factors: [Double],
  _ out: UnsafeMutablePointer<Element>, transform: FourierTransform, threads: HostThreads
) {
  let m = factors.count
  threads.loop(over: (rows + 1) / 2, cost: 20 * m) { range in
    let pair = RowPair(transform)
    for p in range {
      let first = q + 2 * p * columns
      let second = 2 * p + 1 < rows ? first + columns : nil
      let firstScale = powerOfTwoScale(first, count: columns)
      let secondScale = second.map { powerOfTwoScale($0, count: columns) } ?? 1
      load(first, count: columns, scale: firstScale, into: pair.real, padded: m)
      load(second, count: columns, scale: secondScale, into: pair.imaginary, padded: m)
      transform.forward(real: pair.real, imaginary: pair.imaginary, workspace: pair.workspace)
      var firstForm = 0.0
      var secondForm = 0.0
      for k in 0..<m {
        let mirror = k == 0 ? 0 : m - k
        // ẑ_k + conj ẑ_(m−k) = 2 q̂_k and ẑ_k − conj ẑ_(m−k) = 2i r̂_k.
        let sumRe = pair.real[k] + pair.real[mirror]
        let sumIm = pair.imaginary[k] - pair.imaginary[mirror]
        let differenceRe = pair.real[k] - pair.real[mirror]
        let differenceIm = pair.imaginary[k] + pair.imaginary[mirror]
        firstForm += factors[k] * (sumRe * sumRe + sumIm * sumIm)
        secondForm += factors[k] * (differenceRe * differenceRe + differenceIm * differenceIm)
      }
      out[2 * p] = Element(firstForm / 4 / firstScale / firstScale)
      if second != nil { out[2 * p + 1] = Element(secondForm / 4 / secondScale / secondScale) }
    }
  }
}
