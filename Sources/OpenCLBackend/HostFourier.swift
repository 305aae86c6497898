import RealModule

/// Discrete Fourier transforms of any length on the host, in float64: what the device's filters are prepared with.
enum HostFourier {
  /// e^(−2πi k/n) for k below `count`, real parts and imaginary parts interleaved.
  static func roots(of n: Int, count: Int) -> [Double] {
    (0..<count).flatMap { k in
      let angle = 2 * Double(k) / Double(n)
      return [Double.cos(.pi * angle), -Double.sin(.pi * angle)]
    }
  }

  /// x_k ← Σ_j x_j e^(−2πi jk/n).
  ///
  /// Powers of two by Stockham's radix-2; other lengths by Bluestein's chirp convolution, the chirp's exponent k² taken
  /// modulo 2n in integers so that no angle is large.
  static func transform(_ real: [Double], _ imaginary: [Double]) -> ([Double], [Double]) {
    let n = real.count
    if n & (n - 1) == 0 { return powerOfTwo(real, imaginary) }
    let length = self.length(atLeast: 2 * n - 1)
    let chirp = (0..<n).map { k in
      let angle = Double(k * k % (2 * n)) / Double(n)
      return (cos: Double.cos(.pi * angle), sin: Double.sin(.pi * angle))
    }
    var (re, im) = ([Double](repeating: 0, count: length), [Double](repeating: 0, count: length))
    var (kernelRe, kernelIm) = (re, im)
    for k in 0..<n {
      re[k] = real[k] * chirp[k].cos + imaginary[k] * chirp[k].sin
      im[k] = imaginary[k] * chirp[k].cos - real[k] * chirp[k].sin
      (kernelRe[k], kernelIm[k]) = (chirp[k].cos, chirp[k].sin)
      if k > 0 { (kernelRe[length - k], kernelIm[length - k]) = (chirp[k].cos, chirp[k].sin) }
    }
    (re, im) = powerOfTwo(re, im)
    (kernelRe, kernelIm) = powerOfTwo(kernelRe, kernelIm)
    for k in 0..<length {
      // Conjugated, so that another forward transform inverts.
      let product = (re[k] * kernelRe[k] - im[k] * kernelIm[k], re[k] * kernelIm[k] + im[k] * kernelRe[k])
      (re[k], im[k]) = (product.0, -product.1)
    }
    (re, im) = powerOfTwo(re, im)
    let scale = 1 / Double(length)
    var (outRe, outIm) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
    for k in 0..<n {
      let (x, y) = (re[k] * scale, -im[k] * scale)
      outRe[k] = x * chirp[k].cos + y * chirp[k].sin
      outIm[k] = y * chirp[k].cos - x * chirp[k].sin
    }
    return (outRe, outIm)
  }

  /// The least power of two that is not below a length.
  static func length(atLeast n: Int) -> Int {
    var length = 1
    while length < n { length *= 2 }
    return length
  }

  private static func powerOfTwo(_ real: [Double], _ imaginary: [Double]) -> ([Double], [Double]) {
    let n = real.count
    let half = n / 2
    let roots = self.roots(of: n, count: half)
    var (re, im) = (real, imaginary)
    var (nextRe, nextIm) = (real, imaginary)
    var span = 1
    while span < n {
      for t in 0..<half {
        let k = t & (span - 1)
        let root = k * (half / span)
        let (c, s) = (roots[2 * root], roots[2 * root + 1])
        let (x, y) = (c * re[t + half] - s * im[t + half], c * im[t + half] + s * re[t + half])
        let target = t / span * span * 2 + k
        (nextRe[target], nextIm[target]) = (re[t] + x, im[t] + y)
        (nextRe[target + span], nextIm[target + span]) = (re[t] - x, im[t] - y)
      }
      swap(&re, &nextRe)
      swap(&im, &nextIm)
      span *= 2
    }
    return (re, im)
  }
}
