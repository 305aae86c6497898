/// Several numbers treated alike: one float64 or a SIMD vector of them.
protocol Lanes {
  static func load(_ pointer: UnsafeMutablePointer<Double>) -> Self
  func store(_ pointer: UnsafeMutablePointer<Double>)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Double) -> Self
}

extension Double: Lanes {
  @inline(__always) static func load(_ pointer: UnsafeMutablePointer<Double>) -> Double { pointer.pointee }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Double>) { pointer.pointee = self }
}

extension SIMD4<Double>: Lanes {
  @inline(__always) static func load(_ pointer: UnsafeMutablePointer<Double>) -> Self {
    UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
  }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
  }
}

/// Real and imaginary parts in two arrays.
struct SplitPointer {
  var real: UnsafeMutablePointer<Double>
  var imaginary: UnsafeMutablePointer<Double>

  @inline(__always) static func + (pointer: SplitPointer, offset: Int) -> SplitPointer {
    SplitPointer(real: pointer.real + offset, imaginary: pointer.imaginary + offset)
  }
}

/// One complex number a lane.
struct ComplexLanes<V: Lanes> {
  var re: V
  var im: V

  @inline(__always) init(_ re: V, _ im: V) {
    self.re = re
    self.im = im
  }

  @inline(__always) init(_ pointer: SplitPointer) {
    self.init(V.load(pointer.real), V.load(pointer.imaginary))
  }

  @inline(__always) func store(_ pointer: SplitPointer) {
    re.store(pointer.real)
    im.store(pointer.imaginary)
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
  @inline(__always) static func * (a: Self, b: Double) -> Self { Self(a.re * b, a.im * b) }

  /// Product with the j-th complex factor of a table.
  @inline(__always) func times(_ table: UnsafePointer<Double>, _ j: Int) -> Self {
    let c = table[2 * j]
    let s = table[2 * j + 1]
    return Self(re * c - im * s, re * s + im * c)
  }

  /// a − i·b and a + i·b.
  @inline(__always) static func minusAndPlusI(_ a: Self, _ b: Self) -> (Self, Self) {
    (Self(a.re + b.im, a.im - b.re), Self(a.re - b.im, a.im + b.re))
  }
}

/// A transform of one short length r over strided input, each output but the first times its twiddle factor.
protocol Butterfly {
  static var radix: Int { get }
  static func apply<V: Lanes>(
    _ lanes: V.Type, _ input: SplitPointer, _ inputStep: Int, _ output: SplitPointer, _ outputStep: Int,
    _ twiddles: UnsafePointer<Double>)
}

enum Radix2: Butterfly {
  static var radix: Int { 2 }
  @inline(__always) static func apply<V: Lanes>(
    _ lanes: V.Type, _ input: SplitPointer, _ inputStep: Int, _ output: SplitPointer, _ outputStep: Int,
    _ twiddles: UnsafePointer<Double>
  ) {
    let a = ComplexLanes<V>(input)
    let b = ComplexLanes<V>(input + inputStep)
    (a + b).store(output)
    (a - b).times(twiddles, 0).store(output + outputStep)
  }
}

enum Radix3: Butterfly {
  static var radix: Int { 3 }
  @inline(__always) static func apply<V: Lanes>(
    _ lanes: V.Type, _ input: SplitPointer, _ inputStep: Int, _ output: SplitPointer, _ outputStep: Int,
    _ twiddles: UnsafePointer<Double>
  ) {
    let halfRootOf3 = 0.8660254037844386
    let a = ComplexLanes<V>(input)
    let b = ComplexLanes<V>(input + inputStep)
    let c = ComplexLanes<V>(input + 2 * inputStep)
    let sum = b + c
    let (x1, x2) = ComplexLanes.minusAndPlusI(a - sum * 0.5, (b - c) * halfRootOf3)
    (a + sum).store(output)
    x1.times(twiddles, 0).store(output + outputStep)
    x2.times(twiddles, 1).store(output + 2 * outputStep)
  }
}

enum Radix4: Butterfly {
  static var radix: Int { 4 }
  @inline(__always) static func apply<V: Lanes>(
    _ lanes: V.Type, _ input: SplitPointer, _ inputStep: Int, _ output: SplitPointer, _ outputStep: Int,
    _ twiddles: UnsafePointer<Double>
  ) {
    let a = ComplexLanes<V>(input)
    let b = ComplexLanes<V>(input + inputStep)
    let c = ComplexLanes<V>(input + 2 * inputStep)
    let d = ComplexLanes<V>(input + 3 * inputStep)
    let sumAC = a + c
    let sumBD = b + d
    let (x1, x3) = ComplexLanes.minusAndPlusI(a - c, b - d)
    (sumAC + sumBD).store(output)
    x1.times(twiddles, 0).store(output + outputStep)
    (sumAC - sumBD).times(twiddles, 1).store(output + 2 * outputStep)
    x3.times(twiddles, 2).store(output + 3 * outputStep)
  }
}

enum Radix5: Butterfly {
  static var radix: Int { 5 }
  @inline(__always) static func apply<V: Lanes>(
    _ lanes: V.Type, _ input: SplitPointer, _ inputStep: Int, _ output: SplitPointer, _ outputStep: Int,
    _ twiddles: UnsafePointer<Double>
  ) {
    // Cosine and sine of 2π/5 and 4π/5.
    let c1 = 0.30901699437494745
    let c2 = -0.8090169943749475
    let s1 = 0.9510565162951535
    let s2 = 0.5877852522924731
    let a = ComplexLanes<V>(input)
    let b = ComplexLanes<V>(input + inputStep)
    let c = ComplexLanes<V>(input + 2 * inputStep)
    let d = ComplexLanes<V>(input + 3 * inputStep)
    let e = ComplexLanes<V>(input + 4 * inputStep)
    let sumBE = b + e
    let sumCD = c + d
    let differenceBE = b - e
    let differenceCD = c - d
    let (x1, x4) = ComplexLanes.minusAndPlusI(
      a + sumBE * c1 + sumCD * c2, differenceBE * s1 + differenceCD * s2)
    let (x2, x3) = ComplexLanes.minusAndPlusI(
      a + sumBE * c2 + sumCD * c1, differenceBE * s2 - differenceCD * s1)
    (a + sumBE + sumCD).store(output)
    x1.times(twiddles, 0).store(output + outputStep)
    x2.times(twiddles, 1).store(output + 2 * outputStep)
    x3.times(twiddles, 2).store(output + 3 * outputStep)
    x4.times(twiddles, 3).store(output + 4 * outputStep)
  }
}
