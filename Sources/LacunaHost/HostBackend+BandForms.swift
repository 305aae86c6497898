import COpenBLAS
import LacunaAlgebra

extension HostBackend {
  public func performResolventForms(
    of w: HostMatrix<Element>, band: SymmetricBand, shifts: [Double], probes: [[Double]],
    into out: HostMatrix<Element>
  ) throws(BackendError) {
    // Their factors take 4bd numbers each.
    let chunk = 8
    for first in stride(from: 0, to: shifts.count, by: chunk) {
      let passes = try bandPasses(band, shifts: Array(shifts[first..<min(first + chunk, shifts.count)]), probes)
      let height = passes.count * band.width * Self.stripWidth
      let scratch = try ThreadScratch<Element>(count: 4 * height, threads: threads.count)
      formsOfStrips(
        w.pointer, columns: w.columns, passes: passes, stripWidth: Self.stripWidth,
        out.pointer + first * (2 + probes.count) * w.columns, scratch: scratch, device: self)
    }
  }

  /// Columns that go through all passes together: their state stays in the second cache.
  private static var stripWidth: Int { 128 }

  /// The matrices of all passes lie in one piece of memory, which is the system's again afterwards.
  private func bandPasses(
    _ band: SymmetricBand, shifts: [Double], _ probes: [[Double]]
  ) throws(BackendError) -> [BandPass<Element>] {
    let blocks = (band.order + band.width - 1) / band.width
    let matrices = try makeMatrix(rows: shifts.count, columns: 4 * blocks * band.width * band.width)
    return try band.factored(at: shifts, threads: threads) { r, factors in
      for (i, value) in factors.blocks.enumerated() {
        matrices.pointer[r * matrices.columns + i] = Element(value)
      }
      return BandPass(
        order: factors.order, width: factors.width, storage: matrices,
        matrices: matrices.pointer + r * matrices.columns, weights: probes.map(factors.weights))
    }
  }
}

/// One shift: the matrices of `SymmetricBand.ShiftedFactors`, and for each probe g the weights L⁻¹g.
private struct BandPass<Element: HostScalar> {
  var order, width: Int
  /// Of all shifts; the matrices of this one.
  var storage: HostMatrix<Element>
  var matrices: UnsafeMutablePointer<Element>
  var weights: [[Double]]
}

@_specialize(where Element == Float)
@_specialize(where Element == Double)
private func formsOfStrips<Element: HostScalar>(
  _ w: UnsafeMutablePointer<Element>, columns: Int, passes: [BandPass<Element>], stripWidth: Int,
  _ out: UnsafeMutablePointer<Element>, scratch: ThreadScratch<Element>, device: HostBackend<Element>
) {
  guard let order = passes.first?.order, let b = passes.first?.width, let probes = passes.first?.weights.count else {
    return
  }
  let strips = (columns + stripWidth - 1) / stripWidth
  let rowsAPass = 2 + probes
  let single = device.singleThreaded
  let (n, lead, stride) = (blasint(b), blasint(stripWidth), blasint(columns))
  device.threads.loop(over: strips, cost: order * stripWidth * passes.count) { range in
    scratch.during { state in
      // y and x of this block of rows and of the one before, in turn, of every pass.
      let size = b * stripWidth
      for strip in range {
        let first = strip * stripWidth
        let width = min(stripWidth, columns - first)
        var sums = [SIMD8<Double>](repeating: .zero, count: passes.count * rowsAPass * (stripWidth / 8))
        for j in 0..<(order + b - 1) / b {
          let rows = min(b, order - j * b)
          let (height, count) = (blasint(rows), blasint(width))
          for (r, pass) in passes.enumerated() {
            let y = state + (4 * r + j % 2) * size
            let yBefore = state + (4 * r + 1 - j % 2) * size
            let (x, xBefore) = (y + 2 * size, yBefore + 2 * size)
            let matrix = pass.matrices + 4 * j * b * b
            single.blas {
              $0.gemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, height, count, height, 1, matrix, n,
                w + j * b * columns + first, stride, 0, y, lead)
              if j > 0 {
                $0.gemm(
                  CblasRowMajor, CblasNoTrans, CblasNoTrans, height, count, n, 1, matrix + b * b, n, yBefore, lead, 1,
                  y, lead)
              }
              $0.gemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, height, count, height, 1, matrix + 2 * b * b, n, y, lead, 0,
                x, lead)
              if j > 0 {
                $0.gemm(
                  CblasRowMajor, CblasNoTrans, CblasNoTrans, height, count, n, 1, matrix + 3 * b * b, n, xBefore, lead,
                  1, x, lead)
              }
            }
            for k in 0..<(width + 7) / 8 {
              let base = r * rowsAPass * (stripWidth / 8) + k
              addSquares(y + 8 * k, rows: rows, stride: stripWidth, to: &sums[base])
              addSquares(x + 8 * k, rows: rows, stride: stripWidth, to: &sums[base + stripWidth / 8])
              for (p, weights) in pass.weights.enumerated() {
                for i in 0..<rows {
                  sums[base + (2 + p) * (stripWidth / 8)] += eight(y + i * stripWidth + 8 * k) * weights[j * b + i]
                }
              }
            }
          }
        }
        for row in 0..<passes.count * rowsAPass {
          for k in 0..<width {
            out[row * columns + first + k] = Element(sums[row * (stripWidth / 8) + k / 8][k % 8])
          }
        }
      }
    }
  }
}

@inline(__always)
private func eight<Element: HostScalar>(_ x: UnsafeMutablePointer<Element>) -> SIMD8<Double> {
  SIMD8<Double>(UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Element>.self))
}

/// Σ_i x_i² of eight columns.
@inline(__always)
private func addSquares<Element: HostScalar>(
  _ x: UnsafeMutablePointer<Element>, rows: Int, stride: Int, to sum: inout SIMD8<Double>
) {
  var total = sum
  for i in 0..<rows {
    let value = eight(x + i * stride)
    total += value * value
  }
  sum = total
}
