import RealModule

/// E[1/(u + σξ)] over a standard normal ξ, and its derivative in u, for Im u < 0.
///
/// With y = −u/(σ√2) it is i√(π/2)/σ · w(y), w the Faddeeva function, and w′ = −2yw + 2i/√π.
func gaussianResolvent(_ u: Complex, width sigma: Double) -> (value: Complex, derivative: Complex) {
  let y = u * (-1 / (sigma * Double.sqrt(2)))
  let w = faddeeva(y)
  let slope = Complex(0, 2 / Double.sqrt(.pi)) - y * w * 2
  let scale = Complex(0, Double.sqrt(.pi / 2) / sigma)
  return (scale * w, scale * slope * (-1 / (sigma * Double.sqrt(2))))
}

/// w(y) = exp(−y²) erfc(−iy) for Im y ≥ 0, to about 1e-12.
///
/// A rational series in Z = (L + iy)/(L − iy): w = 2 Σ_n a_n Zⁿ⁻¹/(L − iy)² + π^(−½)/(L − iy).
/// Source: J. A. C. Weideman, *Computation of the complex error function*, 1994, doi:10.1137/0731077.
package func faddeeva(real: Double, imaginary: Double) -> (real: Double, imaginary: Double) {
  let w = faddeeva(Complex(real, imaginary))
  return (w.real, w.imaginary)
}

private func faddeeva(_ y: Complex) -> Complex {
  let scale = FaddeevaSeries.scale
  let below = Complex(scale + y.imaginary, -y.real)
  let z = Complex(scale - y.imaginary, y.real) / below
  var sum = Complex(0)
  for coefficient in FaddeevaSeries.coefficients.reversed() { sum = sum * z + Complex(coefficient) }
  return sum * 2 / (below * below) + Complex(1 / Double.sqrt(.pi)) / below
}

private enum FaddeevaSeries {
  static let order = 40
  /// L.
  static let scale = Double.sqrt(Double(order) / Double.sqrt(2))
  /// a_1 … a_N: Fourier coefficients of exp(−t²)(L² + t²), t = L tan(θ/2).
  static let coefficients: [Double] = (1...order).map { n in
    let half = 2 * order
    return ((1 - half)..<half).reduce(0) { sum, k in
      let angle = .pi * Double(k) / Double(half)
      let t = scale * Double.tan(angle / 2)
      return sum + Double.exp(-t * t) * (scale * scale + t * t) * Double.cos(Double(n) * angle)
    } / Double(2 * half)
  }
}
