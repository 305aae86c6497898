/// The forward transform of any length as a convolution (Bluestein).
///
/// With jk = (j² + k² − (k−j)²)/2 and the chirp b_j = e^(−πi j²/n),
///
///     X_k = b_k Σ_j (x_j b_j) · conj(b_(k−j)),
///
/// a circular convolution of a smooth length m ≥ 2n − 1. Squares are reduced modulo 2n in whole numbers, so the chirp is
/// accurate at every length.
struct ChirpTransform: Sendable {
  let count: Int
  private let inner: SmoothTransform
  /// b, real and imaginary parts.
  private let chirpReal: [Double]
  private let chirpImaginary: [Double]
  /// Transform of conj(b), wrapped to length m, divided by m.
  private let filterReal: [Double]
  private let filterImaginary: [Double]

  var workspaceCount: Int { 4 * inner.count }

  init(count n: Int) {
    count = n
    let m = Self.smoothLength(atLeast: 2 * n - 1)
    inner = SmoothTransform(count: m)!
    var re = [Double](repeating: 0, count: n)
    var im = re
    var square = 0
    for j in 0..<n {
      (re[j], im[j]) = RootsOfUnity.root(square, of: 2 * n)
      square = (square + 2 * j + 1) % (2 * n)
    }
    chirpReal = re
    chirpImaginary = im
    var filterRe = [Double](repeating: 0, count: m)
    var filterIm = filterRe
    for j in 0..<n {
      for k in [j, (m - j) % m] {
        filterRe[k] = re[j] / Double(m)
        filterIm[k] = -im[j] / Double(m)
      }
    }
    let work = UnsafeMutablePointer<Double>.allocate(capacity: 2 * m)
    defer { work.deallocate() }
    inner.forward(real: &filterRe, imaginary: &filterIm, workspace: work)
    filterReal = filterRe
    filterImaginary = filterIm
  }

  /// The least even length without a prime factor above 5.
  static func smoothLength(atLeast least: Int) -> Int {
    var length = least + least % 2
    while SmoothTransform.radices(of: length) == nil { length += 2 }
    return length
  }

  /// - Parameter workspace: `workspaceCount` numbers.
  func forward(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>,
    workspace: UnsafeMutablePointer<Double>
  ) {
    let m = inner.count
    let re = workspace
    let im = workspace + m
    let scratch = workspace + 2 * m
    for j in 0..<count {
      re[j] = real[j] * chirpReal[j] - imaginary[j] * chirpImaginary[j]
      im[j] = real[j] * chirpImaginary[j] + imaginary[j] * chirpReal[j]
    }
    for j in count..<m {
      re[j] = 0
      im[j] = 0
    }
    inner.forward(real: re, imaginary: im, workspace: scratch)
    for j in 0..<m {
      let a = re[j]
      let b = im[j]
      re[j] = a * filterReal[j] - b * filterImaginary[j]
      im[j] = a * filterImaginary[j] + b * filterReal[j]
    }
    // Backwards: real and imaginary parts exchanged.
    inner.forward(real: im, imaginary: re, workspace: scratch)
    for k in 0..<count {
      real[k] = re[k] * chirpReal[k] - im[k] * chirpImaginary[k]
      imaginary[k] = re[k] * chirpImaginary[k] + im[k] * chirpReal[k]
    }
  }
}
