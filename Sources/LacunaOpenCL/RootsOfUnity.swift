import RealModule

/// Tables for the device's Fourier transforms, made on the host in float64.
enum RootsOfUnity {
  /// e^(−2πi k/n) for k below `count`, real and imaginary parts interleaved.
  static func interleaved(of n: Int, count: Int) -> [Double] {
    (0..<count).flatMap { k in
      let angle = 2 * Double(k) / Double(n)
      return [Double.cos(.pi * angle), -Double.sin(.pi * angle)]
    }
  }
}
