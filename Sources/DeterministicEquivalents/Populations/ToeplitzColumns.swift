import LacunaAlgebra
import LacunaFourier

/// The first columns x = R e₁ and y = RΣR e₁ of a Toeplitz resolvent, and what the Gohberg–Semencul formula makes of them.
struct ToeplitzColumns {
  var resolvent: [Double]
  var resolventCovarianceResolvent: [Double]

  /// diag R and diag RΣR, in O(d).
  func diagonals() -> ResolventDiagonals {
    let (x, y) = (resolvent, resolventCovarianceResolvent)
    let d = x.count
    let slope = y[0] / x[0]
    var result = ResolventDiagonals(
      resolvent: Array(repeating: 0, count: d), resolventCovarianceResolvent: Array(repeating: 0, count: d))
    var squares = 0.0
    var products = 0.0
    // The diagonal is symmetric about its middle: sum up to there.
    for k in 0..<((d + 1) / 2) {
      squares += x[k] * x[k] - (k == 0 ? 0 : x[d - k] * x[d - k])
      products += x[k] * y[k] - (k == 0 ? 0 : x[d - k] * y[d - k])
      for index in [k, d - 1 - k] {
        result.resolvent[index] = squares / x[0]
        result.resolventCovarianceResolvent[index] = (2 * products - slope * squares) / x[0]
      }
    }
    return result
  }

  /// The sums of the diagonals of R and RΣR at lags 0 … d−1, in O(d log d).
  func diagonalSums() -> (resolvent: [Double], resolventCovarianceResolvent: [Double]) {
    let (x, y) = (resolvent, resolventCovarianceResolvent)
    let d = x.count
    let correlation = TriangularConvolution(count: d)
    let ramp = { (v: [Double]) in v.indices.map { Double($0) * v[$0] } }
    // At lag l: Σ_i (d − l − 2i) v_i w_(i+l).
    func weighted(_ v: [Double], _ w: [Double]) -> [Double] {
      let plain = correlation.correlate(v, w)
      let ramped = correlation.correlate(ramp(v), w)
      return plain.indices.map { Double(d - $0) * plain[$0] - 2 * ramped[$0] }
    }
    let xx = weighted(x, x).map { $0 / x[0] }
    let xy = weighted(x, y)
    let yx = weighted(y, x)
    let slope = y[0] / x[0]
    return (xx, xx.indices.map { (xy[$0] + yx[$0]) / x[0] - slope * xx[$0] })
  }
}

/// Convolutions of vectors of length d by Fourier transforms of a length ≥ 2d.
struct TriangularConvolution {
  let count: Int
  private let transform: FourierTransform

  init(count: Int) {
    self.count = count
    var length = 1
    while length < 2 * count { length *= 2 }
    transform = FourierTransform(count: length)
  }

  private typealias Spectrum = (real: [Double], imaginary: [Double])

  private func spectrum(_ v: [Double]) -> Spectrum {
    var real = v + Array(repeating: 0.0, count: transform.count - v.count)
    var imaginary = Array(repeating: 0.0, count: transform.count)
    transform.forward(real: &real, imaginary: &imaginary)
    return (real, imaginary)
  }

  /// The first d entries of the convolution, or with `adjoint` of the correlation Σ_i v_i w_(i+l), of two spectra.
  private func product(_ v: Spectrum, _ w: Spectrum, adjoint: Bool) -> [Double] {
    let sign = adjoint ? -1.0 : 1.0
    var real = Array(repeating: 0.0, count: transform.count)
    var imaginary = real
    for k in 0..<transform.count {
      let im = sign * v.imaginary[k]
      real[k] = v.real[k] * w.real[k] - im * w.imaginary[k]
      imaginary[k] = v.real[k] * w.imaginary[k] + im * w.real[k]
    }
    transform.backward(real: &real, imaginary: &imaginary)
    let scale = 1 / Double(transform.count)
    return real.prefix(count).map { $0 * scale }
  }

  /// Σ_i v_i w_(i+l) for l = 0 … d−1.
  func correlate(_ v: [Double], _ w: [Double]) -> [Double] {
    product(spectrum(v), spectrum(w), adjoint: true)
  }

  /// The symmetric Toeplitz matrix with this first row times v.
  func toeplitz(firstRow: [Double], times v: [Double]) -> [Double] {
    var circulant = firstRow + Array(repeating: 0.0, count: transform.count - count)
    for lag in 1..<max(count, 1) { circulant[transform.count - lag] = firstRow[lag] }
    return product(spectrum(circulant), spectrum(v), adjoint: false)
  }

  /// The inverse of a symmetric Toeplitz matrix, given by its first column x, times v:
  /// (1/x₀)(L(x)L(x)ᵀ − L(z)L(z)ᵀ)v, L lower triangular Toeplitz, z = (0, x_(d−1), …, x_1).
  func inverseToeplitz(column x: [Double], times v: [Double]) -> [Double] {
    let source = spectrum(v)
    let forward = spectrum(x)
    let reversed = spectrum([0] + x.dropFirst().reversed())
    let first = product(forward, spectrum(product(forward, source, adjoint: true)), adjoint: false)
    let second = product(reversed, spectrum(product(reversed, source, adjoint: true)), adjoint: false)
    return first.indices.map { (first[$0] - second[$0]) / x[0] }
  }
}
