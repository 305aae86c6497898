/// The forward transform of a length made of the primes 2, 3 and 5: a self-sorting (Stockham) decimation in frequency.
///
/// A pass of radix r takes sub-transforms of length r·m, s of them interleaved, to r times as many of length m:
///
///     y[q + s(rp + j)] = w^(jp) Σ_k x[q + s(p + mk)] e^(−2πi jk/r),   w = e^(−2πi/(rm)),   p < m, q < s
///
/// The passes alternate between the data and the workspace, and the last leaves the values in natural order.
struct SmoothTransform: Sendable {
  let count: Int
  private let passes: [Pass]
  /// For each pass and p, the r − 1 factors w^(jp), real and imaginary part in turn.
  private let twiddles: [Double]

  private struct Pass: Sendable {
    let radix: Int
    let stride: Int
    let length: Int
    let firstTwiddle: Int
  }

  /// Nil where the length has a prime factor above 5.
  init?(count: Int) {
    guard let radices = Self.radices(of: count) else { return nil }
    self.count = count
    let roots = RootsOfUnity(count: max(count, 1))
    var passes: [Pass] = []
    var twiddles: [Double] = []
    var stride = 1
    for radix in radices {
      let length = count / stride / radix
      passes.append(Pass(radix: radix, stride: stride, length: length, firstTwiddle: twiddles.count))
      for p in 0..<length {
        for j in 1..<radix {
          let (re, im) = roots[stride * j * p]
          twiddles.append(re)
          twiddles.append(im)
        }
      }
      stride *= radix
    }
    self.passes = passes
    self.twiddles = twiddles
  }

  /// The radices of the passes in order, or nil.
  static func radices(of count: Int) -> [Int]? {
    guard count > 0 else { return count == 0 ? [] : nil }
    var rest = count
    var radices: [Int] = []
    for radix in [4, 5, 3, 2] {
      while rest % radix == 0 {
        radices.append(radix)
        rest /= radix
      }
    }
    return rest == 1 ? radices : nil
  }

  /// - Parameter workspace: 2n numbers.
  func forward(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>,
    workspace: UnsafeMutablePointer<Double>
  ) {
    var source = SplitPointer(real: real, imaginary: imaginary)
    var target = SplitPointer(real: workspace, imaginary: workspace + count)
    twiddles.withUnsafeBufferPointer { table in
      for pass in passes {
        let factors = table.baseAddress! + pass.firstTwiddle
        switch pass.radix {
        case 2: Self.run(Radix2.self, pass, factors, source, target)
        case 3: Self.run(Radix3.self, pass, factors, source, target)
        case 4: Self.run(Radix4.self, pass, factors, source, target)
        default: Self.run(Radix5.self, pass, factors, source, target)
        }
        swap(&source, &target)
      }
    }
    if passes.count % 2 == 1 {
      real.update(from: source.real, count: count)
      imaginary.update(from: source.imaginary, count: count)
    }
  }

  @inline(__always)
  private static func run<B: Butterfly>(
    _ butterfly: B.Type, _ pass: Pass, _ twiddles: UnsafePointer<Double>, _ source: SplitPointer,
    _ target: SplitPointer
  ) {
    let stride = pass.stride
    let inputStep = stride * pass.length
    for p in 0..<pass.length {
      let factors = twiddles + 2 * (B.radix - 1) * p
      let input = source + stride * p
      let output = target + stride * B.radix * p
      var q = 0
      while q + 4 <= stride {
        B.apply(SIMD4<Double>.self, input + q, inputStep, output + q, stride, factors)
        q += 4
      }
      while q < stride {
        B.apply(Double.self, input + q, inputStep, output + q, stride, factors)
        q += 1
      }
    }
  }
}
